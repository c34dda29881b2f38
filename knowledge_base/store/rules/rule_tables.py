"""The table of users' rules, and how far the signatures of a project follow them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from knowledge_base.store import columns


class RuleSetRow(SQLModel, table=True):
    """All rules of a project as one change left them; rows are only ever added.

    ``version`` is that of signatures under them. Templates up to ``cursor`` have fingerprints of it, and all that were
    there when ``finished_at`` was set. ``conflicts`` names templates that would have come together and may not.
    """

    __tablename__ = "rule_set"
    project: str = columns.project_key()
    number: int = columns.number_key()
    version: str = Field(max_length=32)
    rules: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    action: str = Field(max_length=32)
    subject: str = Field(default="", max_length=200)
    actor: str = Field(max_length=200)
    at: datetime = columns.moment()
    cursor: int = columns.number(0)
    joined: int = columns.number(0)
    conflicts: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    finished_at: datetime | None = columns.moment(nullable=True)
