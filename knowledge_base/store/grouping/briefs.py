"""The little that a list or a card tells of a category, read for several at once and without counting anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.tables import CategoryRow, TemplateRow

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Brief:
    """A category by its number: what people said of it, and the text of its oldest living template."""

    number: int
    label: str | None
    solution: int | None
    template: str

    @property
    def id(self) -> str:
        """The id that people see."""
        return public_id(Prefix.CATEGORY, self.number)


def briefs(db: Connection, project: str, numbers: Collection[int]) -> dict[int, Brief]:
    """Read categories by their numbers, without following aliases; those that are not there are left out."""
    wanted = sorted(set(numbers))
    found = {}
    for start in range(0, len(wanted), CHUNK):
        sought = {"project": project, "wanted": wanted[start : start + CHUNK]}
        text_of = {row[0]: row[1] for row in db.execute(_texts(), sought)}
        for number, label, solution in db.execute(_said(), sought):
            found[number] = Brief(number, label, solution, text_of.get(number, ""))
    return found


@cache
def _texts() -> Any:
    project: BindParameter[str] = bindparam("project")
    oldest = (
        select(col(TemplateRow.category), func.min(col(TemplateRow.id)).label("id"))
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category).in_(bindparam("wanted", expanding=True)),
            col(TemplateRow.evicted_at).is_(None),
        )
        .group_by(col(TemplateRow.category))
        .subquery()
    )
    return select(col(TemplateRow.category), col(TemplateRow.text)).join(
        oldest, (col(TemplateRow.project) == project) & (col(TemplateRow.id) == oldest.c.id)
    )


@cache
def _said() -> Any:
    return select(col(CategoryRow.id), col(CategoryRow.label), col(CategoryRow.solution)).where(
        col(CategoryRow.project) == bindparam("project"),
        col(CategoryRow.id).in_(bindparam("wanted", expanding=True)),
    )
