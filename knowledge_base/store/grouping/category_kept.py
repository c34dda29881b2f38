"""The query of a large project's list of categories: from sums that were added up ahead, not from templates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import col

from knowledge_base.store.solving import solutions
from knowledge_base.store.tables import CategoryRow, SolutionRow, SolutionVersionRow, TemplateRow
from knowledge_base.store.text import storable
from knowledge_base.store.wanted.demand_tables import DemandServiceRow
from knowledge_base.store.wanted.queue_tables import CategorySumRow, QueueTextRow

WORDS, WORD_LENGTH = 10, 200


class KeptView:
    """One query that joins what a list shows, as ``CategoryView`` does, but for the text of the oldest template."""

    def __init__(self, project: str) -> None:
        s = CategorySumRow
        self.project = project
        self.seen = col(s.lines)
        self.asked_count = col(s.asked)
        self.first_seen = col(s.first_seen)
        self.last_seen = col(s.last_seen)
        self.query: Any = (
            select(
                col(CategoryRow.id),
                col(CategoryRow.label),
                col(CategoryRow.ignored),
                col(CategoryRow.keywords),
                col(CategoryRow.solution),
                col(s.oldest),
                col(s.templates),
                col(s.lines).label("seen"),
                col(s.asked),
                col(s.first_seen),
                col(s.last_seen),
            )
            .select_from(s)
            .join(CategoryRow, and_(col(CategoryRow.project) == project, col(CategoryRow.id) == col(s.category)))
            .where(col(s.project) == project, col(CategoryRow.state) == "active")
        )

    def with_text(self, rows: Select[Any]) -> Select[Any]:
        """Add text and service to the rows of one page, in their order: texts take long to sort."""
        page, oldest = rows.subquery("page"), TemplateRow.__table__.alias("oldest")  # type: ignore[attr-defined]
        return (
            select(page, oldest.c.text, oldest.c.service)
            .join(oldest, and_(oldest.c.project == self.project, oldest.c.id == page.c.oldest))
            .order_by(page.c.sort_key.desc(), page.c.id)
        )

    def one(self, number: int) -> Select[Any]:
        """Give the query of one category, with its text."""
        own = self.query.where(col(CategoryRow.id) == number)
        return self.with_text(own.add_columns(col(CategorySumRow.lines).label("sort_key")))

    def of_service(self, service: str) -> ColumnElement[bool]:
        """Say in SQL that lines of a category came from a service."""
        return col(CategoryRow.id).in_(
            select(col(DemandServiceRow.category)).where(
                col(DemandServiceRow.project) == self.project, col(DemandServiceRow.service) == storable(service)
            )
        )

    def says(self, text: str) -> ColumnElement[bool]:
        """Match each word in the beginnings of a category's oldest templates, in its label or its solution."""
        words = []
        for word in storable(text).split()[:WORDS]:
            word = word[:WORD_LENGTH]
            in_text = select(col(QueueTextRow.category)).where(
                col(QueueTextRow.project) == self.project,
                col(QueueTextRow.text).contains(word.lower(), autoescape=True),
            )
            in_solution = (
                select(col(SolutionRow.id))
                .join(SolutionVersionRow, solutions.is_newest())
                .where(
                    col(SolutionRow.project) == self.project,
                    col(SolutionVersionRow.title).icontains(word, autoescape=True),
                )
            )
            words.append(
                or_(
                    col(CategoryRow.label).icontains(word, autoescape=True),
                    col(CategoryRow.id).in_(in_text),
                    col(CategoryRow.solution).in_(in_solution),
                )
            )
        return and_(*words)
