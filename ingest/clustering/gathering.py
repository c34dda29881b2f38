"""What a window is clustered with: its new templates, and the representatives of the categories near them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from ingest.clustering.items import Comparison, Item
from ingest.clustering.linking import Pair
from ingest.clustering.snapshot import PendingTemplate
from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.features.cleaning import cleaned, words
from knowledge_base.index.replica import Indexed, Replica
from knowledge_base.pairs.judge import Judge, Profiles
from knowledge_base.store.rarity.term_statistics import statistics
from knowledge_base.store.representing import representatives

NEAR = 24
"""Representatives that are looked up for each new template."""

READ = 10
"""So many of them are compared in full, those that are most like it by meaning and words: reading costs the most."""

CODES = 8
"""And so many that hold one of its error codes."""

MOST_CATEGORIES = 10
"""Categories that a new template is compared with, the nearest ones."""

NEAR_NEW = 64
"""New templates of the same window that each is compared with: that costs less, for all of them are read anyway."""

WORDS = 1.4
"""What the share of words in common counts beside the cosine, as the model of pairs weighs them."""

LIKELY = 0.1
"""Cosine from which texts are compared, where no error code is in both."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Items in a fixed order, ready to be compared, and the pairs of places that may be the same error."""

    compared: Comparison
    near: frozenset[Pair]


def embedded(pending: Sequence[PendingTemplate], embedder: Embedder) -> Vectors:
    """Embed the texts of templates; equal texts once. Shape (templates, dimension)."""
    clean = [cleaned(each.text) for each in pending]
    distinct = {text: row for row, text in enumerate(dict.fromkeys(clean))}
    vectors = embedder.embed(list(distinct))
    return vectors[[distinct[text] for text in clean]]


def gather(
    db: Connection,
    project: str,
    pending: Sequence[PendingTemplate],
    vectors: Vectors,
    replica: Replica,
    judge: Judge,
    profiles: Profiles,
) -> Gathered:
    """Put the new templates and the representatives of the categories near them together."""
    new = {each.id for each in pending}
    found = [
        [(each, dense) for each, dense in row if dense >= LIKELY and each.template not in new and not each.is_learnt]
        for row in replica.search(db, vectors, NEAR)
    ]
    for row, each in zip(found, pending, strict=True):
        met = {other.id for other, _ in row}
        for code in each.codes:
            held = replica.with_code(db, code, CODES)
            row += [
                (other, 0.0)
                for other in held
                if other.id not in met and other.template not in new and not other.is_learnt
            ]
            met.update(other.id for other in held)
    old = _representatives(db, project, found, replica, new)
    rows = np.stack([*vectors, *(replica.vector(each.id) for each in old)]) if old else vectors
    items = [Item(each.id, each.category, each.text, each.codes, True) for each in pending]
    items += [Item(each.template, each.category, each.text, tuple(sorted(each.codes)), False) for each in old]
    places = {each.id: len(pending) + place for place, each in enumerate(old)}
    near = _near_pairs(vectors, [each.codes for each in pending])
    for place, row in enumerate(found):
        here = [(each, dense) for each, dense in row if each.id in places]
        near |= {(place, places[each.id]) for each in _likeliest(pending[place], here)}
    seen = statistics(db, project, {word for item in items for word in judge.words(item.text)})
    weighing = judge.following(seen.templates_with, seen.templates)
    return Gathered(Comparison(items, rows, weighing, profiles), frozenset(near))


def _likeliest(new: PendingTemplate, found: Sequence[tuple[Indexed, float]]) -> list[Indexed]:
    """Choose what is compared in full: the most alike by meaning and words, and all with an error code in common."""
    said, codes = set(words(cleaned(new.text))), set(new.codes)

    def likeness(entry: tuple[Indexed, float]) -> float:
        other = set(words(entry[0].clean))
        return entry[1] + WORDS * len(said & other) / max(len(said | other), 1)

    ordered = [each for each, _ in sorted(found, key=likeness, reverse=True)]
    return ordered[:READ] + [each for each in ordered[READ:] if codes & each.codes]


def _representatives(
    db: Connection,
    project: str,
    found: Sequence[Sequence[tuple[Indexed, float]]],
    replica: Replica,
    new: Collection[int],
) -> list[Indexed]:
    """Take all representatives of the nearest categories: those that are far speak against a merge.

    What people ask says nothing of which lines are one error: what was learnt from questions is left out.
    """
    wanted: set[int] = set()
    for row in found:
        wanted.update(list(dict.fromkeys(each.category for each, _ in row))[:MOST_CATEGORIES])
    held = {each.id: each for row in found for each, _ in row if each.category in wanted}
    for each in representatives.of_categories(db, project, sorted(wanted), backend=replica.backend):
        if each.id in replica and each.learnt is None and (each.template is None or each.template not in new):
            held.setdefault(each.id, Indexed(each.id, each.category, each.template, each.text, frozenset(each.codes)))
    return [held[number] for number in sorted(held)]


def _near_pairs(vectors: Vectors, codes: Sequence[Sequence[str]]) -> set[Pair]:
    """Name the pairs of new templates that are near by meaning or share an error code."""
    found: set[Pair] = set()
    holders: dict[str, list[int]] = {}
    for place in range(len(vectors)):
        for code in codes[place]:
            held = holders.setdefault(code, [])
            found.update((other, place) for other in held[-CODES:])
            held.append(place)
        if not place:
            continue
        dense = vectors[:place] @ vectors[place]
        few = min(NEAR_NEW, place)
        for other in np.argpartition(-dense, few - 1)[:few]:
            if dense[other] >= LIKELY:
                found.add((int(other), place))
    return found
