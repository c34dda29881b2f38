"""The table of what people taught: which category a question is about, and which it is not."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class LearntRow(SQLModel, table=True):
    """What was said of all questions with one form. ``template`` lets it follow merges and splits, as questions do.

    ``people`` is how many said it, 0 where an engineer did; ``actor`` is that engineer. ``text`` is the scrubbed
    question without its variables, ``version`` that of the rules which ``form`` and ``text`` were made under.
    ``question`` is empty for what was imported. ``act`` is the audit entry.
    """

    __tablename__ = "learnt"
    __table_args__ = (
        Index("learnt_form", "project", "form"),
        Index("learnt_template", "project", "template"),
        Index("learnt_state", "project", "state"),
    )
    project: str = project_key()
    id: int = number_key()
    kind: str = Field(max_length=16)
    form: str = Field(max_length=32)
    version: str = Field(max_length=32)
    question: int | None = number()
    template: int = number(0)
    text: str = Field(sa_type=Text)
    people: int = number(0)
    actor: str = Field(max_length=200)
    state: str = Field(max_length=16)
    representative: int | None = number()
    act: int | None = number()
    at: datetime = moment()
    undone_at: datetime | None = moment(nullable=True)
