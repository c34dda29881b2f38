"""The tables that pages for watching read: what each hour held, what each source brought, what was refused."""

from datetime import datetime

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class WatchHourRow(SQLModel, table=True):
    """One hour (hours since the epoch) of a project, where ``scope`` is empty, or of a service, ``=`` and its name.

    Computed anew in rounds, for merges and solutions change what an hour of the past held; docs/dashboard.md
    defines each column.
    """

    __tablename__ = "watch_hour"
    project: str = project_key()
    scope: str = Field(primary_key=True, max_length=201)
    slot: int = number_key()
    lines: int = number(0)
    solved: int = number(0)
    asked: int = number(0)
    covered: int = number(0)
    confirmed: int = number(0)
    not_helpful: int = number(0)
    no_word: int = number(0)
    escalated: int = number(0)
    known_unsolved: int = number(0)
    unknown: int = number(0)


class WatchStateRow(SQLModel, table=True):
    """When a project's hours were computed last and for which services; what was there at ``begun_at`` is in them."""

    __tablename__ = "watch_state"
    project: str = project_key()
    begun_at: datetime = moment()
    services: list[str] = Field(default_factory=list, sa_type=JSON)


class SourceMinuteRow(SQLModel, table=True):
    """What a source brought in one minute by the clock: lines, refused rows, newest event time, last batch."""

    __tablename__ = "source_minute"
    __table_args__ = (Index("source_minute_slot", "project", "slot"),)
    project: str = project_key()
    source: str = Field(primary_key=True, max_length=1000)
    slot: int = number_key()
    lines: int = number(0)
    refused: int = number(0)
    newest: datetime | None = moment(nullable=True)
    at: datetime = moment()


class RefusedRow(SQLModel, table=True):
    """A row that could not be used, with its reason and a scrubbed beginning; the newest few are kept."""

    __tablename__ = "refused"
    project: str = project_key()
    id: int = number_key()
    source: str = Field(max_length=1000)
    offset: int = number(0)
    reason: str = Field(sa_type=Text)
    excerpt: str = Field(default="", sa_type=Text)
    at: datetime = moment()
