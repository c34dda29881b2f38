"""Writes the representatives of categories that a window, a merge or a move has changed."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select
from sqlmodel import col

from ingest.clustering.items import Item
from ingest.clustering.representing import MOST, chosen
from knowledge_base.embedding.port import Vectors
from knowledge_base.store.rarity import term_rows
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import NewRepresentative, StoredRepresentative
from knowledge_base.store.tables import TemplateRow

CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Weighing:
    """How many lines templates have, and how many templates categories hold."""

    lines: Mapping[int, int]
    templates: Mapping[int, int]

    def weights(self, category: int, present: Sequence[StoredRepresentative], new: Sequence[Item]) -> list[float]:
        """Weigh texts by how often they come; what stands for the category already stands for its other templates."""
        others = max(self.templates.get(category, 0) - len(present) - len(new), 0)
        behind = others / max(len(present), 1)
        return [self._weight(each.template) + behind for each in present] + [
            self._weight(item.template) for item in new
        ]

    def _weight(self, template: int | None) -> float:
        return 1.0 + math.log1p(self.lines.get(template or 0, 0))


def write_representatives(
    db: Connection,
    project: str,
    new_items: Sequence[tuple[Item, Vectors]],
    home: Mapping[int, int],
    touched: Collection[int],
    backend: str,
) -> None:
    """Give each touched category few and spread representatives, 5 at most, those that it has where they do.

    What was learnt from questions is never removed and does not count.
    """
    old: dict[int, list[StoredRepresentative]] = {}
    for each in representatives.of_categories(db, project, sorted(touched), backend=backend):
        if each.template is not None and each.learnt is None:
            old.setdefault(each.category, []).append(each)
    arrived: dict[int, list[tuple[Item, Vectors]]] = {}
    for item, vector in new_items:
        if home.get(item.category) in touched:
            arrived.setdefault(home[item.category], []).append((item, vector))
    full = {number: rows for number, rows in old.items() if number in arrived or len(rows) > MOST}
    known = {each.template for rows in old.values() for each in rows}
    vectors = _vectors(db, project, [each.id for rows in full.values() for each in rows])
    weighing = _weighing(db, project, full, arrived)
    added: list[NewRepresentative] = []
    removed: list[int] = []
    for category in sorted(full.keys() | arrived.keys()):
        present = full.get(category, [])
        new = [(item, vector) for item, vector in arrived.get(category, ()) if item.template not in known]
        rows = [vectors[each.id] for each in present] + [vector for _, vector in new]
        if not rows:
            continue
        weights = weighing.weights(category, present, [item for item, _ in new])
        kept = set(chosen(np.stack(rows), weights, held=len(present)))
        removed += [each.id for place, each in enumerate(present) if place not in kept]
        added += [_new(category, *each) for place, each in enumerate(new, start=len(present)) if place in kept]
    representatives.add(db, project, added, backend)
    representatives.remove(db, project, removed)


def _new(category: int, item: Item, vector: Vectors) -> NewRepresentative:
    return NewRepresentative(category, item.template, item.text, item.codes, np.asarray(vector, np.float32).tobytes())


def _vectors(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, Vectors]:
    raw = representatives.vectors(db, project, numbers)
    return {number: np.frombuffer(vector, np.float32) for number, vector in zip(numbers, raw, strict=True)}


def _weighing(
    db: Connection,
    project: str,
    full: Mapping[int, Sequence[StoredRepresentative]],
    arrived: Mapping[int, Sequence[tuple[Item, Vectors]]],
) -> _Weighing:
    wanted = {each.template or 0 for rows in full.values() for each in rows}
    wanted |= {item.template or 0 for items in arrived.values() for item, _ in items}
    numbers = sorted(wanted)
    lines: dict[int, int] = {}
    for start in range(0, len(numbers), CHUNK):
        query = select(col(TemplateRow.id), col(TemplateRow.count)).where(
            col(TemplateRow.project) == project, col(TemplateRow.id).in_(numbers[start : start + CHUNK])
        )
        lines.update({row[0]: row[1] for row in db.execute(query)})
    return _Weighing(lines, term_rows.templates_of(db, project, full.keys() | arrived.keys()))
