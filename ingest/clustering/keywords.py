"""Keywords of categories: what stands in most of their templates and in few other categories."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, update
from sqlmodel import col

from knowledge_base.features.chinese import segmented
from knowledge_base.signature import FAMILY_OF
from knowledge_base.store.rarity import term_rows
from knowledge_base.store.rarity.term_rows import CategoryTerms
from knowledge_base.store.rarity.term_statistics import TermStatistics, statistics
from knowledge_base.store.tables import CategoryRow

KEPT = 5
ENOUGH = 3
"""Keywords that suffice: only for as many are pairs of words taken, or words that are part of another one."""

FEW = 0.04
"""Share of the other categories in which a keyword may stand when it is chosen."""

CONSIDERED = 60
"""Terms of a category that are looked at: those of most of its templates."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    term: str
    form: str
    weight: float
    is_rare: bool

    @property
    def is_placeholder(self) -> bool:
        """Whether it reads like what many templates show in place of a variable: `<pod>`, `<duration>`."""
        return self.term in FAMILY_OF

    @property
    def is_pair(self) -> bool:
        """Whether it is two words, which are shown only where single ones do not tell."""
        return " " in self.term or (not self.term.isascii() and len(segmented(self.term)) > 1)


def write_keywords(db: Connection, project: str, categories: Collection[int]) -> None:
    """Choose keywords of categories by what is counted now. The caller holds the project."""
    corpus = term_rows.corpus(db, project)
    if corpus is None:
        return
    held = term_rows.read(db, project, corpus.epoch, categories)
    known = statistics(db, project, {term for terms in held.values() for term in _considered(terms)})
    rows = [{"number": number, "words": keywords(terms, known)} for number, terms in sorted(held.items())]
    if rows:
        db.execute(
            update(CategoryRow)
            .where(col(CategoryRow.project) == project, col(CategoryRow.id) == bindparam("number"))
            .values(keywords=bindparam("words")),
            rows,
        )
        term_rows.mark_weighed(db, project, dict.fromkeys(held, max(corpus.categories, 1)))


def keywords(held: CategoryTerms, known: TermStatistics) -> list[str]:
    """Name the words that tell a category from the others, best first, as its templates have them.

    A term's weight is the share of the category's templates in which it stands times ln(1 + categories / frequency)
    (class-based TF-IDF; Grootendorst, BERTopic, 2022). What stands in too many other categories is left out, unless
    nothing else is there.
    """
    found = [_candidate(term, held, known) for term in _considered(held)]
    found.sort(key=lambda each: (-each.weight, -len(each.term), each.term))
    rare = [each for each in found if each.is_rare]
    single = [each for each in rare if not (each.is_pair or each.is_placeholder)]
    pairs = [each for each in rare if each.is_pair]
    chosen: list[_Candidate] = []
    _take(single, chosen, KEPT, told=False)
    _take(pairs, chosen, ENOUGH, told=False)
    _take([*single, *pairs, *rare], chosen, ENOUGH, told=True)
    if not chosen:
        _take(found, chosen, ENOUGH, told=False)
    return [each.form for each in chosen]


def is_stale(shown: Iterable[str], widespread: Collection[str]) -> bool:
    """Tell whether a keyword stands in too many categories by now."""
    return any(keyword.lower() in widespread for keyword in shown)


def _considered(held: CategoryTerms) -> list[str]:
    return sorted(held.counts, key=lambda term: -held.counts[term])[:CONSIDERED]


def _candidate(term: str, held: CategoryTerms, known: TermStatistics) -> _Candidate:
    categories = max(known.categories_with(term), 1)
    share = held.counts[term] / max(held.templates, 1)
    weight = share * math.log1p(known.categories / categories)
    others = max(known.categories - 1, 1)
    return _Candidate(term, held.forms.get(term, term), weight, categories - 1 < FEW * others)


def _take(candidates: Iterable[_Candidate], chosen: list[_Candidate], most: int, *, told: bool) -> None:
    """Choose more, up to ``most``; what is part of a chosen one, or has one as its part, only where ``told``."""
    for each in candidates:
        if len(chosen) >= most:
            return
        if each in chosen or (not told and any(each.term in other.term or other.term in each.term for other in chosen)):
            continue
        chosen.append(each)
