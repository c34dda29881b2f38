"""The tables of work on solutions: where they apply, changes for review, unsaved text, how well they help."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class SolutionServiceRow(SQLModel, table=True):
    """A service that the newest version of a solution applies to, so that lists can be narrowed by it."""

    __tablename__ = "solution_service"
    __table_args__ = (Index("solution_service_name", "project", "service", "solution"),)
    project: str = project_key()
    solution: int = number_key()
    service: str = Field(primary_key=True, max_length=200)


class SolutionReviewRow(SQLModel, table=True):
    """A text that somebody shall look at before it becomes the next version behind ``based_on``."""

    __tablename__ = "solution_review"
    project: str = project_key()
    solution: int = number_key()
    based_on: int = number(0)
    words: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    author: str = Field(max_length=200)
    at: datetime = moment()


class SolutionAutosaveRow(SQLModel, table=True):
    """What a person typed and has not saved.

    ``solution`` is 0 for one that is not there yet, and below 0 where it is kept by a category: its number for the
    editor on its page, ``slot_of_new`` for a new one that was begun for it.
    """

    __tablename__ = "solution_autosave"
    project: str = project_key()
    solution: int = number_key()
    person: str = Field(primary_key=True, max_length=200)
    based_on: int = number(0)
    words: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = moment()


class SolutionHealthRow(SQLModel, table=True):
    """How well a published solution helps, worked out ahead (``solution_health.Measured``)."""

    __tablename__ = "solution_health"
    __table_args__ = (
        Index("solution_health_mark", "project", "mark", "solution"),
        Index("solution_health_at", "project", "at"),
    )
    project: str = project_key()
    solution: int = number_key()
    mark: str = Field(default="", max_length=16)
    helpful: int = number(0)
    not_helpful: int = number(0)
    recent_helpful: int = number(0)
    recent_not_helpful: int = number(0)
    before: int = number(0)
    after: int = number(0)
    at: datetime = moment()
