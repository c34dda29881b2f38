"""The tables of what people say to Kea in chats and tickets, and of what Kea says to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class InboxRow(SQLModel, table=True):
    """What somebody said in a chat or a ticket, scrubbed; kept before it is acknowledged, worked on afterwards."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_due", "state", "next_at"),
        Index("inbox_question", "project", "question"),
        Index("inbox_received", "received_at"),
    )
    project: str = project_key()
    channel: str = Field(primary_key=True, max_length=64)
    event: str = Field(primary_key=True, max_length=200)
    user: str = Field(max_length=200)
    thread: str = Field(default="", max_length=400)
    text: str = Field(sa_type=Text)
    address: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    question: int | None = number()
    state: str = Field(default="waiting", max_length=16)
    attempts: int = number(0)
    error: str = Field(default="", sa_type=Text)
    received_at: datetime = moment()
    next_at: datetime = moment()


class OutboxRow(SQLModel, table=True):
    """What has to reach people; ``key`` makes each delivery unique, ``lane`` is what the platform counts by."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_due", "channel", "state", "next_at"),
        Index("outbox_key", "project", "key", unique=True),
        Index("outbox_lane", "channel", "lane", "claimed_at"),
        Index("outbox_created", "created_at"),
        Index("outbox_state", "project", "state", "id"),
        Index("outbox_sent", "project", "state", "created_at"),
    )
    project: str = project_key()
    id: int = number_key()
    key: str = Field(max_length=300)
    channel: str = Field(max_length=64)
    kind: str = Field(max_length=16)
    lane: str = Field(default="", max_length=400)
    address: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    question: int | None = number()
    solution: int | None = number()
    stands_for: list[int] = Field(default_factory=list, sa_type=JSON)
    state: str = Field(default="waiting", max_length=16)
    attempts: int = number(0)
    looks: int = number(0)
    misses: int = number(0)
    receipt: str = Field(default="", max_length=400)
    error: str = Field(default="", sa_type=Text)
    created_at: datetime = moment()
    next_at: datetime = moment()
    claimed_at: datetime | None = moment(nullable=True)
    sent_at: datetime | None = moment(nullable=True)
