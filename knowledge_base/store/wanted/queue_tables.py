"""The tables behind lists: who takes care of a category, what is searched and shown, and views that people saved."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class CareRow(SQLModel, table=True):
    """Who takes care of a category (nobody where ``owner`` is empty), and until when it is out of sight."""

    __tablename__ = "care"
    __table_args__ = (Index("care_owner", "project", "owner"),)
    project: str = project_key()
    category: int = number_key()
    owner: str = Field(default="", max_length=200)
    snoozed_until: datetime | None = moment(nullable=True)


class QueueTextRow(SQLModel, table=True):
    """What a category says, in lower case: the beginnings of its oldest templates.

    A search that read the templates themselves would walk through all of a project.
    """

    __tablename__ = "queue_text"
    project: str = project_key()
    category: int = number_key()
    text: str = Field(sa_type=Text)


class CategorySumRow(SQLModel, table=True):
    """What lists show of a category, added up over its templates; ``hours`` are pairs of hour and lines.

    Of crowded ones alone: ``services``, pairs of service and lines, and ``frequent``, the templates with most lines.
    """

    __tablename__ = "category_sum"
    project: str = project_key()
    category: int = number_key()
    templates: int = number(0)
    lines: int = number(0)
    asked: int = number(0)
    first_seen: datetime = moment()
    last_seen: datetime = moment()
    oldest: int = number(0)
    hours: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    services: list[list[Any]] = Field(default_factory=list, sa_type=JSON)
    frequent: list[int] = Field(default_factory=list, sa_type=JSON)


class QueueViewRow(SQLModel, table=True):
    """Filters and an order of the queue under a name, for one person or for all; ``address`` is their query string."""

    __tablename__ = "queue_view"
    __table_args__ = (Index("queue_view_name", "project", "owner", "name", unique=True),)
    project: str = project_key()
    id: int = number_key()
    owner: str = Field(max_length=200)
    name: str = Field(max_length=80)
    is_shared: bool = False
    address: str = Field(max_length=1000)
    at: datetime = moment()
