"""Writes a part of a plan: merges, representatives, keywords, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, update
from sqlmodel import col

from ingest.clustering.keywords import write_keywords
from ingest.clustering.plan import Merge, Part
from ingest.clustering.representing_writing import write_representatives
from knowledge_base.curation.grouping.merging import merge_categories
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories
from knowledge_base.store.rarity import terms
from knowledge_base.store.tables import TemplateRow


def write_part(
    db: Connection,
    project: str,
    part: Part,
    home: Mapping[int, int],
    *,
    backend: str,
    now: datetime,
) -> None:
    """Make a part of a plan true; the caller holds the write transaction and has checked that it still fits."""
    for merge in part.merges:
        _write_merge(db, project, merge, now)
    touched = {home[item.category] for item, _ in part.new if item.category in home}
    db.execute(
        update(TemplateRow)
        .where(col(TemplateRow.project) == project, col(TemplateRow.id) == bindparam("number"))
        .values(clustered=True),
        [{"number": item.template} for item, _ in part.new],
    )
    terms.count(db, project, [item.template for item, _ in part.new if item.template is not None])
    write_representatives(db, project, part.new, home, touched, backend)
    write_keywords(db, project, touched)


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
