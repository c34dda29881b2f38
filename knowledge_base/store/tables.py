"""The tables, and nothing else: they stay inside the store.

Every key starts with the project. Numbers of categories, templates, solutions and questions come
from ``numbers``, are unique over all projects and are never used again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class ProjectRow(SQLModel, table=True):
    """A product or a team; ``generation`` numbers the states of its index, ``templates`` counts the living ones.

    ``solutions`` numbers the states of its solutions. It has both thresholds of its own, or neither.
    """

    __tablename__ = "project"
    id: str = project_key()
    created_at: datetime = moment()
    generation: int = number(0)
    change: int = number(0)
    ring: int = number(0)
    templates: int = number(0)
    solutions: int = number(0)
    answer_threshold: float | None = None
    suggest_threshold: float | None = None


class SequenceRow(SQLModel, table=True):
    """The last number that was given out, by kind; unused on PostgreSQL, see ``numbers``."""

    __tablename__ = "sequence"
    name: str = Field(primary_key=True, max_length=32)
    value: int = number(0)


class CategoryRow(SQLModel, table=True):
    """A set of templates. A merged or evicted one stays as a tombstone that still resolves."""

    __tablename__ = "category"
    __table_args__ = (
        Index("category_merged", "project", "merged_into"),
        Index("category_solution", "project", "solution"),
    )
    project: str = project_key()
    id: int = number_key()
    label: str | None = Field(default=None, max_length=200)
    state: str = Field(default="active", max_length=16)
    merged_into: int | None = number()
    keywords: list[str] = Field(default_factory=list, sa_type=JSON)
    solution: int | None = number()
    ignored: bool = False
    created_at: datetime = moment()


class TemplateRow(SQLModel, table=True):
    """A text without variables, the category it is in, and why. An evicted one keeps its id, counts and category.

    ``counted`` is the epoch in which its terms were counted; 0 where they never were.
    """

    __tablename__ = "template"
    __table_args__ = (
        Index("template_category", "category", "project", "evicted_at", "id"),
        Index("template_pending", "project", "clustered", "id"),
    )
    project: str = project_key()
    id: int = number_key()
    category: int = number(0)
    text: str = Field(sa_type=Text)
    codes: list[str] = Field(default_factory=list, sa_type=JSON)
    service: str = Field(default="", max_length=200)
    level: str = Field(default="", max_length=16)
    reason: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    clustered: bool = False
    count: int = number(0)
    first_seen: datetime = moment()
    last_seen: datetime = moment()
    evicted_at: datetime | None = moment(nullable=True)
    counted: int = number(0)


class FingerprintRow(SQLModel, table=True):
    """Which template a fingerprint of a signature version stands for; several may share one."""

    __tablename__ = "fingerprint"
    __table_args__ = (Index("fingerprint_template", "project", "template"),)
    project: str = project_key()
    version: str = Field(primary_key=True, max_length=32)
    fingerprint: str = Field(primary_key=True, max_length=64)
    template: int = number(0)


class MinuteCountRow(SQLModel, table=True):
    """Lines of a template and service in one minute (minutes since the epoch)."""

    __tablename__ = "count_minute"
    project: str = project_key()
    template: int = number_key()
    service: str = Field(primary_key=True, max_length=200)
    slot: int = number_key()
    lines: int = number(0)


class HourCountRow(SQLModel, table=True):
    """The same in one hour; a line is counted in one of the three tables only."""

    __tablename__ = "count_hour"
    project: str = project_key()
    template: int = number_key()
    service: str = Field(primary_key=True, max_length=200)
    slot: int = number_key()
    lines: int = number(0)


class DayCountRow(SQLModel, table=True):
    """The same in one day."""

    __tablename__ = "count_day"
    project: str = project_key()
    template: int = number_key()
    service: str = Field(primary_key=True, max_length=200)
    slot: int = number_key()
    lines: int = number(0)


class SampleRow(SQLModel, table=True):
    """One of at most 20 scrubbed events of a template."""

    __tablename__ = "sample"
    project: str = project_key()
    template: int = number_key()
    slot: int = number_key()
    at: datetime = moment()
    service: str = Field(default="", max_length=200)
    text: str = Field(sa_type=Text)


class RecentRow(SQLModel, table=True):
    """The ring of the last scrubbed lines of a project; ``slot`` is the line's number modulo its size."""

    __tablename__ = "recent"
    project: str = project_key()
    slot: int = number_key()
    at: datetime = moment()
    template: int = number(0)
    service: str = Field(default="", max_length=200)
    text: str = Field(sa_type=Text)


class RepresentativeRow(SQLModel, table=True):
    """A text that stands for a category, and its vector with the back end; ``learnt`` where it is a question's."""

    __tablename__ = "representative"
    __table_args__ = (
        Index("representative_generation", "project", "generation"),
        Index("representative_category", "project", "category"),
    )
    project: str = project_key()
    id: int = number_key()
    category: int = number(0)
    template: int | None = number()
    text: str = Field(sa_type=Text)
    codes: list[str] = Field(default_factory=list, sa_type=JSON)
    vector: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    backend: str = Field(max_length=120)
    generation: int = number(0)
    removed: bool = False
    learnt: int | None = number()


class SolutionRow(SQLModel, table=True):
    """A solution; its words are in its versions. ``external`` is the id that an import gave it.

    What is a draft by its ``state`` is no category's solution: which ones it is for is in another table.
    ``generation`` numbers the state of the project's solutions in which it was last changed; ``published_minute``
    is when people first got its newest version (minutes since the epoch), None for a draft;
    ``first_published_minute`` is when they first got any, None where they never did.
    """

    __tablename__ = "solution"
    __table_args__ = (
        Index("solution_external", "project", "external", unique=True),
        Index("solution_generation", "project", "generation"),
    )
    project: str = project_key()
    id: int = number_key()
    version: int = number(0)
    external: str | None = Field(default=None, max_length=200)
    state: str = Field(default="published", max_length=16)
    generation: int = number(0)
    created_at: datetime = moment()
    published_minute: int | None = number()
    first_published_minute: int | None = number()


class SolutionVersionRow(SQLModel, table=True):
    """One version of a solution; versions are only ever added. ``details`` is a ``solution_details.Details``."""

    __tablename__ = "solution_version"
    project: str = project_key()
    solution: int = number_key()
    version: int = number_key()
    title: str = Field(sa_type=Text)
    cause: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    author: str = Field(max_length=200)
    at: datetime = moment()
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class FactRow(SQLModel, table=True):
    """What a person said of two templates; ``undone_at`` takes it back."""

    __tablename__ = "fact"
    project: str = project_key()
    id: int = number_key()
    kind: str = Field(max_length=16)
    left: int = number(0, index=True)
    right: int = number(0, index=True)
    actor: str = Field(max_length=200)
    at: datetime = moment()
    undone_at: datetime | None = moment(nullable=True)


class ProposalRow(SQLModel, table=True):
    """What the machine would do if a person agreed; ``id`` is its number, the key is what it is about now.

    ``scored_left`` and ``scored_right`` are the categories that the score was made for; they may be merged since.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index("proposal_number", "project", "id", unique=True),
        Index("proposal_left", "project", "left", "state"),
        Index("proposal_right", "project", "right", "state"),
        Index("proposal_state", "project", "state", "score"),
    )
    project: str = project_key()
    kind: str = Field(primary_key=True, max_length=16)
    left: int = number_key()
    right: int = number_key()
    id: int = number(0)
    scored_left: int = number(0)
    scored_right: int = number(0)
    score: float = 0.0
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: str = Field(default="open", max_length=16)
    at: datetime = moment()


class ChangeRow(SQLModel, table=True):
    """The numbered change feed that workers, pages and sinks follow."""

    __tablename__ = "change"
    project: str = project_key()
    number: int = number_key()
    kind: str = Field(max_length=32)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = moment()


class AuditRow(SQLModel, table=True):
    """Who did what; ``undo`` holds what is needed to take it back, ``imported_by`` who brought it from another home."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_category", "project", "category", "id"),)
    project: str = project_key()
    id: int = number_key()
    actor: str = Field(max_length=200)
    action: str = Field(max_length=32)
    category: int | None = number()
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    undo: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    at: datetime = moment()
    undone_at: datetime | None = moment(nullable=True)
    imported_by: str = Field(default="", max_length=200)


class PositionRow(SQLModel, table=True):
    """How far a source was read; it commits together with the counts of what was read."""

    __tablename__ = "position"
    project: str = project_key()
    source: str = Field(primary_key=True, max_length=1000)
    offset: int = number(0)
    epoch: int = number(0)
    state: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    finished: bool = False
    size: int = number(0)
    head: str = Field(default="", max_length=64)
    at: datetime = moment()


class LeaseRow(SQLModel, table=True):
    """The epoch of the one who may cluster; each of its writes checks it."""

    __tablename__ = "lease"
    project: str = project_key()
    role: str = Field(primary_key=True, max_length=32)
    epoch: int = number(0)
    holder: str = Field(default="", max_length=200)
    at: datetime = moment()


class AccountRow(SQLModel, table=True):
    """A program that calls the API, what it may do, and the hash of its token."""

    __tablename__ = "account"
    __table_args__ = (Index("account_token", "token_hash", unique=True),)
    project: str = project_key()
    name: str = Field(primary_key=True, max_length=200)
    role: str = Field(default="engineer", max_length=16)
    token_hash: str | None = Field(default=None, max_length=64)
    created_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)
    expires_at: datetime | None = moment(nullable=True)
    made_by: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
