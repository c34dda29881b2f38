"""Bringing a category back that was merged into another one; its templates are moved by whoever asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from knowledge_base.curation.acts import Act
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import drafts
from knowledge_base.store.tables import CategoryRow


def revive(this: Act, merged: Mapping[str, Any], target: int) -> None:
    """Make an alias a category again, with its own aliases; the target gives back what it took over from it."""
    for name in ("label", "solution"):
        for number in {target, merged["target"]}:
            if merged[name] is not None and getattr(this.state(number), name) == merged[name]:
                categories.set_fields(this.db, this.project, number, **{name: None})
    if merged["solution"] is not None:
        # What was taken over may have become a draft meanwhile.
        drafts.unlink(this.db, this.project, merged["solution"], {target, merged["target"]})
    categories.set_fields(this.db, this.project, merged["source"], state="active", merged_into=None)
    this.db.execute(
        update(CategoryRow)
        .where(
            col(CategoryRow.project) == this.project,
            col(CategoryRow.id).in_(merged["aliases"]),
            col(CategoryRow.merged_into) == target,
        )
        .values(merged_into=merged["source"])
    )
