"""A project as it would be: how questions are signed, what they match, and what solves it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection, select
from sqlmodel import col

from assistant.what_if.moving import Tried
from knowledge_base.absorbing import known_as
from knowledge_base.curation.foreseeing.foreseeing import Foreseen
from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index.replica import Indexed
from knowledge_base.matching import Signed
from knowledge_base.matching.exact import Known
from knowledge_base.matching.near import Near, Terms
from knowledge_base.signing import Signing
from knowledge_base.store.asking import learnt
from knowledge_base.store.grouping import templates
from knowledge_base.store.representing import representatives
from knowledge_base.store.store import Store
from knowledge_base.store.tables import TemplateRow

MOST_NEW = 20
"""Texts at most that are taken to represent a category which nothing represents any more until its next window."""

MOST_CATEGORIES, MOST_TEXTS = 500, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What would be otherwise.

    ``signing`` and ``owners`` (the templates that new fingerprints would belong to) are None where rules stay.
    """

    foreseen: Foreseen
    added: tuple[Indexed, ...]
    vectors: Vectors
    signing: Signing | None = None
    owners: Mapping[str, int] | None = None

    def near(self, present: Near) -> Near:
        """Give the index as it would be."""
        return _Foreseen(present, self)


def world_of(store: Store, project: str, tried: Tried, embedder: Embedder) -> World:
    """Give a project as it would be after an act that was tried. Raises ModelUnavailable."""
    if tried.rules is not None:
        return World(
            foreseen=tried.foreseen,
            added=(),
            vectors=np.zeros((0, embedder.dimension), np.float32),
            signing=Signing(0, tried.rules.behind, (), is_outdated=False),
            owners=tried.rules.owners,
        )
    with store.read() as db:
        added = _newly_represented(db, project, tried.foreseen, embedder)
    vectors = embedder.embed([cleaned(each.text) for each in added])
    return World(foreseen=tried.foreseen, added=tuple(added), vectors=vectors)


class _Foreseen:
    """An index seen through what would be otherwise."""

    def __init__(self, present: Near, world: World) -> None:
        self._present = present
        self._world = world

    def nearest(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """Find what would be near, also texts that would represent a category then."""
        added = self._world.added
        more = vectors @ self._world.vectors.T if added else np.zeros((len(vectors), 0), np.float32)
        rows = []
        for found, scores in zip(self._present.nearest(vectors, limit), more, strict=True):
            row = [*found, *((each.id, float(score)) for each, score in zip(added, scores, strict=True))]
            rows.append(sorted(row, key=lambda pair: -pair[1])[:limit])
        return rows

    def worded(self, terms: Terms, limit: int) -> list[int]:
        """Find what would be found by words; texts that would be new are found by what they mean."""
        return self._present.worded(terms, limit)

    def with_code(self, code: str, limit: int) -> list[int]:
        """Find what would hold an error code."""
        found = self._present.with_code(code, limit)
        return [*found, *(each.id for each in self._world.added if code in each.codes)][:limit]

    def read(self, db: Connection, numbers: Collection[int]) -> dict[int, Indexed]:
        """Read what was found, each in the category where it would be."""
        added = {each.id: each for each in self._world.added if each.id in numbers}
        present = self._present.read(db, [number for number in numbers if number not in added])
        return {number: self._moved(each) for number, each in present.items()} | added

    def standing_for(self, db: Connection, categories: Sequence[int], limit: int) -> list[Indexed]:
        """Give what stands for categories now, each in the category where it would be."""
        return [self._moved(each) for each in self._present.standing_for(db, categories, limit)]

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Give the vectors of representatives, also of those that there would be, in the order of the numbers."""
        added = dict(zip((each.id for each in self._world.added), self._world.vectors, strict=True))
        there = self._present.vectors([number for number in numbers if number not in added]) | added
        return {number: there[number] for number in numbers if number in there}

    def _moved(self, each: Indexed) -> Indexed:
        return replace(each, category=self._world.foreseen.category(each.template, each.category))


def known_then(db: Connection, project: str, signed: Signed, world: World, *, form: str) -> list[Known]:
    """Name what a question would be exactly under other rules; it was signed under them.

    ``form`` is the present one, by which is found what was learnt of it: that follows to the new form.
    """
    owners = world.owners or {}
    refs = known_as(db, project, signed.signatures)
    named = [
        next(
            (owners[each.fingerprint] for each in signatures if each.fingerprint in owners),
            None if ref is None else ref.template,
        )
        for signatures, ref in zip(signed.signatures, refs, strict=True)
    ]
    home = world.foreseen.category
    taught = learnt.by_form(db, project, form, home=home)
    refused = learnt.refused(db, project, form, home=home)
    numbers = [number for number in reversed(named) if number is not None]
    wanted = [*numbers, taught[1]] if taught else numbers
    homes, texts = templates.homes(db, project, wanted), templates.texts(db, project, wanted)
    found = [Known(taught[0], taught[1], texts.get(taught[1], ""), is_learnt=True)] if taught else []
    for number in numbers:
        if number in homes and cleaned(texts[number]) and home(number, homes[number]) not in refused:
            found.append(Known(home(number, homes[number]), number, texts[number]))
    return found


def _newly_represented(db: Connection, project: str, foreseen: Foreseen, embedder: Embedder) -> list[Indexed]:
    """Give texts for categories that would have templates and nothing that represents them."""
    if not foreseen.homes:
        return []
    concerned = sorted(foreseen.concerned)
    rows = _texts(db, project, concerned)
    standing = representatives.of_categories(db, project, concerned)
    represented = {
        foreseen.category(each.template, each.category)
        for each in standing
        if each.backend == embedder.backend and each.learnt is None
    }
    found: dict[int, list[Indexed]] = {}
    for number, category, text, codes in rows:
        home = foreseen.category(number, category)
        held = found.setdefault(home, [])
        if home not in represented and len(held) < MOST_NEW:
            held.append(Indexed(-number, home, number, text, frozenset(codes)))
    return [each for held in found.values() for each in held]


def _texts(db: Connection, project: str, concerned: Sequence[int]) -> list[tuple[int, int, str, list[str]]]:
    query = (
        select(col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.text), col(TemplateRow.codes))
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category).in_(list(concerned[:MOST_CATEGORIES])),
            col(TemplateRow.evicted_at).is_(None),
        )
        .order_by(col(TemplateRow.id))
        .limit(MOST_TEXTS)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.execute(query)]
