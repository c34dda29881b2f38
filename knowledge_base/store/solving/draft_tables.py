"""The table of the categories that drafts of solutions are for."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from knowledge_base.store.columns import number_key, project_key


class DraftRow(SQLModel, table=True):
    """A category that a draft will solve once it is published.

    Where the category was merged into another one the draft is for that one now; a split or an undo brings it back
    by itself. ``category.solution`` never names a draft: whatever answers reads that column alone.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("draft_category", "project", "category"),)
    project: str = project_key()
    solution: int = number_key()
    category: int = number_key()
