"""How rare terms are: what the stream brought so far, over what is known of English, Chinese and error messages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.features.stop_words import BOILERPLATE, NEGATIONS, STOP
from knowledge_base.store.rarity import term_rows
from knowledge_base.store.rarity.term_tables import TermRow

PRIOR = 300
"""As many templates as what is known beforehand counts for; a stream of thousands outweighs it."""

_SHARES = (
    *((word, 0.25) for word in STOP),
    *((word, 0.06) for word in BOILERPLATE),
    *((word, 0.10) for word in NEGATIONS),
)
_UNKNOWN = 0.5
"""In how many of the ``PRIOR`` templates a word stands of which nothing is known."""


@dataclass(frozen=True, slots=True)
class TermCount:
    """In how many templates and categories a term stands."""

    templates: int
    categories: int


NEVER = TermCount(0, 0)
_PRIOR: Mapping[str, float] = {word: share * PRIOR for word, share in _SHARES}


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """What was counted of some terms at one moment; ``templates`` and ``categories`` are how many there are at all."""

    templates: int
    categories: int
    counts: Mapping[str, TermCount]

    def templates_with(self, term: str) -> int:
        """Tell in how many templates a term stands; 0 for one that was not asked for."""
        return self.counts.get(term, NEVER).templates

    def categories_with(self, term: str) -> int:
        """Tell in how many categories a term stands that may be a keyword."""
        return self.counts.get(term, NEVER).categories

    def rarity(self, term: str) -> float:
        """Tell how rare a term is among templates: 0 for one that stands in all, 1 for one that was never seen.

        This is the inverse document frequency ln(1 + N / n), with ``PRIOR`` templates of known words added to both
        numbers, as a share of what an unknown word has; so it hardly moves while a project grows.

        >>> nothing_yet = TermStatistics(0, 0, {})
        >>> nothing_yet.rarity("the") < nothing_yet.rarity("error") < nothing_yet.rarity("deadlock")
        True
        >>> nothing_yet.rarity("deadlock")
        1.0
        """
        size = self.templates + PRIOR
        held = self.templates_with(term) + _PRIOR.get(term, _UNKNOWN)
        return math.log1p(size / held) / math.log1p(size / _UNKNOWN)


NOTHING = TermStatistics(0, 0, {})


def statistics(db: Connection, project: str, terms: Iterable[str]) -> TermStatistics:
    """Read how often some terms were counted, small letters; a query for 500 of them."""
    corpus = term_rows.corpus(db, project)
    if corpus is None:
        return NOTHING
    wanted = sorted(set(terms))
    found: dict[str, TermCount] = {}
    for start in range(0, len(wanted), term_rows.CHUNK):
        query = select(col(TermRow.term), col(TermRow.templates), col(TermRow.categories)).where(
            col(TermRow.project) == project,
            col(TermRow.epoch) == corpus.epoch,
            col(TermRow.term).in_(wanted[start : start + term_rows.CHUNK]),
        )
        found.update({row[0]: TermCount(row[1], row[2]) for row in db.execute(query)})
    return TermStatistics(corpus.templates, corpus.categories, found)


def widespread(db: Connection, project: str, categories: int) -> set[str]:
    """Name the terms that stand in at least so many categories."""
    corpus = term_rows.corpus(db, project)
    if corpus is None:
        return set()
    query = select(col(TermRow.term)).where(
        col(TermRow.project) == project, col(TermRow.epoch) == corpus.epoch, col(TermRow.categories) >= categories
    )
    return set(db.execute(query).scalars())
