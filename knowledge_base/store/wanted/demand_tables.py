"""The tables of the demand queue: what its order is made of, computed ahead so that a page is read in one go."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class DemandRow(SQLModel, table=True):
    """How much one category, or one group of unknown questions, is wanted.

    ``key`` is the category's number or the questions' form; ``number`` the category or the newest question.
    ``score`` is in thousandths. All else is what it was made of (``demand_values.Counted``).
    """

    __tablename__ = "demand"
    __table_args__ = (
        Index("demand_score", "project", "score", "kind", "number"),
        Index("demand_number", "project", "kind", "number"),
    )
    project: str = project_key()
    kind: str = Field(primary_key=True, max_length=16)
    key: str = Field(primary_key=True, max_length=32)
    score: int = number(0)
    people: int = number(0)
    seen: int = number(0)
    day: int = number(0)
    handed_over: int = number(0)
    asked_at: datetime | None = moment(nullable=True)
    number: int = number(0)


class DemandServiceRow(SQLModel, table=True):
    """Which services a category's lines come from."""

    __tablename__ = "demand_service"
    __table_args__ = (Index("demand_service_name", "project", "service", "category"),)
    project: str = project_key()
    category: int = number_key()
    service: str = Field(primary_key=True, max_length=200)


class DemandStateRow(SQLModel, table=True):
    """How far the rows follow: the last change and question that were looked at, and where the round is.

    A round computes every row anew, for time alone changes counts; categories first, then groups of questions.
    """

    __tablename__ = "demand_state"
    project: str = project_key()
    change: int = number(0)
    question: int = number(0)
    kind: str = Field(default="", max_length=16)
    behind: str = Field(default="", max_length=32)
    round_at: datetime | None = moment(nullable=True)
