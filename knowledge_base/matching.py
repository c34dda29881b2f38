"""Text to ranked categories with evidence: exact fingerprint first, then codes and likeness."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from knowledge_base.absorbing import known_as
from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.ngrams import common_words, cosine, grams, similarity
from knowledge_base.index.replica import Indexed
from knowledge_base.signature.codes import error_codes
from knowledge_base.signature.custom.project_signer import sign_under
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import Signing, signatures_of
from knowledge_base.store import templates
from knowledge_base.types import Evidence, Signature

NEIGHBOURS = 200
SAME_CODE = 50
SEGMENTS = 40
QUESTION_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Match:
    """A category that a text may mean; numbers as in the store, ``score`` in 0..1."""

    category: int
    template: int | None
    score: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: what may be an error, signed, and forms to compare with their vectors.

    ``signed`` has the signatures of each text under all rules that it may be known by; ``vectors`` has one row for
    each of ``forms``.
    """

    signed: tuple[tuple[Signature, ...], ...]
    codes: frozenset[str]
    forms: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Found:
    """What a question may mean, best first, one match for each solution; ``form`` names what was asked."""

    form: str
    matches: tuple[Match, ...]


class Near(Protocol):
    """Finds representatives: the project's index, what stands in for it, or one of those as it would be."""

    def search(self, db: Connection, vectors: Vectors, limit: int) -> list[list[tuple[Indexed, float]]]:
        """For each row find the nearest representatives with their cosine."""
        ...

    def with_code(self, db: Connection, code: str, limit: int) -> list[Indexed]:
        """Give representatives that hold an error code."""
        ...


def prepare(text: str, embedder: Embedder, signing: Signing) -> Query:
    """Read a question; this is the slow part and needs no database."""
    text = text[:QUESTION_LIMIT]
    forms = _forms(text, signing.rules)
    return Query(
        signed=tuple(dict.fromkeys(signatures_of(signing, segment) for segment in segments(text))),
        codes=frozenset(error_codes(text)),
        forms=tuple(forms),
        vectors=embedder.embed(forms),
    )


def form_of(text: str, rules: RuleSet) -> str:
    """Name what a question says but for its variables, in 32 hexadecimal digits."""
    clean = cleaned(sign_under(rules, text[:QUESTION_LIMIT]).template)
    return hashlib.sha256(clean.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def match(db: Connection, project: str, query: Query, replica: Near, *, limit: int = 10) -> tuple[Match, ...]:
    """Rank the categories that a question may mean, best first, one entry for each category.

    The database is asked for exact fingerprints, and those but for a variable word; everything else is in the replica.
    """
    return best_of([*exact(db, project, query), *alike(db, query, replica)], limit=limit)


def best_of(found: Iterable[Match], *, limit: int) -> tuple[Match, ...]:
    """Keep the best match of each category, best first; of equal ones the first."""
    best: dict[int, Match] = {}
    for each in found:
        known = best.get(each.category)
        if known is None or known.score < each.score:
            best[each.category] = each
    return tuple(sorted(best.values(), key=lambda each: (-each.score, each.category))[:limit])


def segments(text: str) -> list[str]:
    r"""Cut a question into what may be an error by itself: the whole, then its lines.

    >>> segments("hi all\nE: disk full")
    ['hi all\nE: disk full', 'hi all', 'E: disk full']
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()][:SEGMENTS]
    return list(dict.fromkeys([text.strip(), *lines]))


def exact(db: Connection, project: str, query: Query) -> list[Match]:
    """Name what a question or a line of it is exactly, or but for a variable word; the last line first."""
    refs = [ref for ref in reversed(known_as(db, project, query.signed)) if ref is not None]
    texts = templates.texts(db, project, [ref.template for ref in refs])
    codes = tuple(sorted(query.codes))
    return [
        Match(ref.category, ref.template, 1.0, Evidence("exact", (), codes, texts[ref.template]))
        for ref in refs
        # A line without words (a number, a time) is no error, whatever was ingested.
        if cleaned(texts[ref.template])
    ]


def alike(db: Connection, query: Query, replica: Near) -> Iterable[Match]:
    """Give the representatives near a question and those with its error codes, several of a category."""
    found = replica.search(db, query.vectors, NEIGHBOURS)
    for form, near in zip(query.forms, found, strict=True):
        own = grams(form)
        scores = dict(near)
        for code in query.codes:
            for each in replica.with_code(db, code, SAME_CODE):
                scores.setdefault(each, near[-1][1] if near else 0.0)
        for each, dense in scores.items():
            shared = query.codes & each.codes
            score = min(0.99, similarity(dense, cosine(own, grams(each.clean))))
            yield _match(each, form, score, tuple(sorted(shared)))


def _match(each: Indexed, form: str, score: float, shared: tuple[str, ...]) -> Match:
    kind = "code" if shared else "similarity"
    return Match(each.category, each.template, score, Evidence(kind, common_words(form, each.clean), shared, each.text))


def _forms(text: str, rules: RuleSet) -> list[str]:
    """Give the cleaned forms to compare: of the whole question and of the line that says most."""
    whole = cleaned(sign_under(rules, text).template)
    lines = [cleaned(sign_under(rules, line).template) for line in segments(text)[1:6]]
    longest = max(lines, key=len, default="")
    return [each for each in dict.fromkeys((whole, longest)) if each]


def one_for_each_solution(matches: Sequence[Match], solutions: dict[int, int]) -> list[Match]:
    """Keep the best category of each solution; a category without one stands for itself."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for each in matches:
        solution = solutions.get(each.category)
        key = ("category", each.category) if solution is None else ("solution", solution)
        if key not in seen:
            seen.add(key)
            kept.append(each)
    return kept
