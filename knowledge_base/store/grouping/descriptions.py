"""What an enriched record tells of its template: ids, why it is in its category, the category's keywords."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping.templates import LOOKUP_CHUNK, TemplateRef
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import Why


@dataclass(frozen=True, slots=True)
class Description:
    """A template as others are told of it; ``why`` is one of :class:`knowledge_base.types.Why`.

    ``counted`` tells whether any line of it was counted yet: the first one is still to come where not.
    """

    ref: TemplateRef
    template_id: str
    category_id: str
    template: str
    why: str
    keywords: tuple[str, ...]
    counted: bool = True


def describe(db: Connection, project: str, templates: Iterable[int]) -> dict[int, Description]:
    """Describe templates by their numbers, as they are now; unknown ones are left out."""
    wanted = list(dict.fromkeys(templates))
    found: dict[int, Description] = {}
    for start in range(0, len(wanted), LOOKUP_CHUNK):
        query = (
            select(
                col(TemplateRow.id),
                col(TemplateRow.category),
                col(TemplateRow.text),
                col(TemplateRow.reason),
                col(CategoryRow.keywords),
                col(TemplateRow.count),
            )
            .join(
                CategoryRow,
                (col(CategoryRow.project) == col(TemplateRow.project))
                & (col(CategoryRow.id) == col(TemplateRow.category)),
            )
            .where(
                col(TemplateRow.project) == project,
                col(TemplateRow.id).in_(wanted[start : start + LOOKUP_CHUNK]),
            )
        )
        for number, category, text, reason, keywords, count in db.execute(query):
            found[number] = Description(
                ref=TemplateRef(number, category),
                template_id=public_id(Prefix.TEMPLATE, number),
                category_id=public_id(Prefix.CATEGORY, category),
                template=text,
                why=str(reason.get("why", Why.FIRST)),
                keywords=tuple(keywords),
                counted=count > 0,
            )
    return found
