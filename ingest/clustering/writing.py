"""Writes a part of a plan: merges, representatives, keywords, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, bindparam, update
from sqlmodel import col

from ingest.clustering.items import Item
from ingest.clustering.keywords import Vocabulary, keywords
from ingest.clustering.plan import Merge, Part
from ingest.clustering.representing import spread
from knowledge_base.curation.merging import merge_categories
from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit, categories, representatives
from knowledge_base.store.representatives import NewRepresentative, StoredRepresentative
from knowledge_base.store.tables import CategoryRow, TemplateRow


def write_part(
    db: Connection,
    project: str,
    part: Part,
    home: Mapping[int, int],
    vocabulary: Vocabulary,
    *,
    backend: str,
    now: datetime,
) -> None:
    """Make a part of a plan true; the caller holds the write transaction and has checked that it still fits."""
    for merge in part.merges:
        _write_merge(db, project, merge, now)
    touched = {home[item.category] for item, _ in part.new if item.category in home}
    _write_representatives(db, project, part.new, home, touched, backend)
    _write_keywords(db, project, touched, vocabulary)
    db.execute(
        update(TemplateRow)
        .where(col(TemplateRow.project) == project, col(TemplateRow.id) == bindparam("number"))
        .values(clustered=True),
        [{"number": item.template} for item, _ in part.new],
    )


def _write_merge(db: Connection, project: str, merge: Merge, now: datetime) -> None:
    anchor = categories.templates_of(db, project, merge.target)[0]
    merges = merge_categories(db, project, merge.target, merge.sources, merge.reasons, now=now)
    audit.write(
        db,
        project,
        actor=audit.MACHINE,
        action="merge",
        category=merge.target,
        detail={"merged": [public_id(Prefix.CATEGORY, each) for each in merge.sources]},
        undo={"merges": merges, "facts": [], "withdrawn": [], "anchor": anchor},
        now=now,
    )


def _write_representatives(
    db: Connection,
    project: str,
    new_items: Sequence[tuple[Item, Vectors]],
    home: Mapping[int, int],
    touched: set[int],
    backend: str,
) -> None:
    """Give each touched category few and spread representatives, the oldest one always."""
    old: dict[int, list[StoredRepresentative]] = {}
    for each in representatives.of_categories(db, project, sorted(touched)):
        if each.backend == backend:
            old.setdefault(each.category, []).append(each)
    added: list[NewRepresentative] = []
    removed: list[int] = []
    for category in sorted(touched):
        present = old.get(category, [])
        new = [
            NewRepresentative(category, item.template, item.text, item.codes, np.asarray(vector, np.float32).tobytes())
            for item, vector in new_items
            if home.get(item.category) == category
        ]
        kept = set(spread(_vectors(db, project, present, new)))
        removed += [each.id for place, each in enumerate(present) if place not in kept and each.template is not None]
        added += [each for place, each in enumerate(new, start=len(present)) if place in kept]
    representatives.add(db, project, added, backend)
    representatives.remove(db, project, removed)


def _vectors(
    db: Connection, project: str, present: Sequence[StoredRepresentative], new: Sequence[NewRepresentative]
) -> Vectors:
    raw = representatives.vectors(db, project, [each.id for each in present]) + [each.vector for each in new]
    return np.stack([np.frombuffer(vector, np.float32) for vector in raw])


def _write_keywords(db: Connection, project: str, touched: set[int], vocabulary: Vocabulary) -> None:
    texts: dict[int, list[str]] = {category: [] for category in touched}
    for each in representatives.of_categories(db, project, sorted(touched)):
        texts[each.category].append(cleaned(each.text))
    rows = [{"number": category, "words": keywords(texts[category], vocabulary)} for category in sorted(touched)]
    if rows:
        db.execute(
            update(CategoryRow)
            .where(col(CategoryRow.project) == project, col(CategoryRow.id) == bindparam("number"))
            .values(keywords=bindparam("words")),
            rows,
        )
