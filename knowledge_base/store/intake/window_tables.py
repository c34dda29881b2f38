"""The tables of windows by event time."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, project_key


class EventTimeRow(SQLModel, table=True):
    """How far event time has come in a project, and how many templates came after their window was closed."""

    __tablename__ = "event_time"
    project: str = project_key()
    watermark: datetime | None = moment(nullable=True)
    delayed: int = number(0)
    late: int = number(0)


class EventSourceRow(SQLModel, table=True):
    """The newest event time that a source brought, and when it was heard of; one that fell silent has no row."""

    __tablename__ = "event_source"
    project: str = project_key()
    source: str = Field(primary_key=True, max_length=1000)
    newest: datetime = moment()
    heard: datetime = moment()
