"""The tables of questions, and of what people said of the answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class QuestionRow(SQLModel, table=True):
    """A scrubbed question and how it ended. ``template`` lets it follow later merges and splits.

    ``form`` is alike for questions that differ in nothing but variables (``matching.form_of``), ``asked`` what
    was taken for the error in it, empty where that is all of it. ``escalated_at`` is
    when it was handed over to a person, ``closed_at`` when that person was done with it.
    """

    __tablename__ = "question"
    __table_args__ = (
        Index("question_template", "project", "template"),
        Index("question_user", "project", "user", "id"),
        Index("question_waiting", "project", "outcome", "solution", "template"),
        Index("question_escalated", "project", "escalated_at"),
        Index("question_form", "project", "form"),
        Index("question_at", "project", "at"),
    )
    project: str = project_key()
    id: int = number_key()
    channel: str = Field(max_length=64)
    thread: str = Field(default="", max_length=400)
    user: str = Field(max_length=200)
    text: str = Field(sa_type=Text)
    form: str = Field(default="", max_length=32)
    asked: str = Field(default="", sa_type=Text)
    outcome: str = Field(max_length=16)
    confidence: float = 0.0
    category: int | None = number()
    template: int | None = number()
    solution: int | None = number()
    solution_version: int | None = number()
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = moment()
    escalated_at: datetime | None = moment(nullable=True)
    escalated_by: str = Field(default="", max_length=200)
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = Field(default="", max_length=200)


class FeedbackRow(SQLModel, table=True):
    """What one person said of one answer; saying it again replaces it."""

    __tablename__ = "feedback"
    project: str = project_key()
    question: int = number_key()
    user: str = Field(primary_key=True, max_length=200)
    verdict: str = Field(max_length=16)
    comment: str = Field(default="", sa_type=Text)
    at: datetime = moment()
