"""The tables of people who sign in, what they may do, their sessions, and how often somebody tried."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key


class PersonRow(SQLModel, table=True):
    """Somebody who signs in. ``subject`` is the OpenID provider's name of a person who comes from there.

    ``name_key`` and ``email`` are folded, so that nobody passes for somebody else by a capital letter. The password
    is an argon2 hash; without one there is no sign-in by password.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("person_name", "name_key", unique=True),
        Index("person_email", "email", unique=True),
        Index("person_subject", "subject", unique=True),
    )
    id: int = number_key()
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=400)
    email: str | None = Field(default=None, max_length=254)
    password: str | None = Field(default=None, max_length=200)
    subject: str | None = Field(default=None, max_length=64)
    created_at: datetime = moment()
    seen_at: datetime | None = moment(nullable=True)


class PersonRoleRow(SQLModel, table=True):
    """What a person may do in a project; the project ``*`` stands for all of them."""

    __tablename__ = "person_role"
    __table_args__ = (Index("person_role_person", "person"),)
    project: str = Field(primary_key=True, max_length=64)
    person: int = number_key()
    role: str = Field(max_length=16)


class SessionRow(SQLModel, table=True):
    """A browser that has signed in, by the hash of what its cookie says; without a person it came by a link."""

    __tablename__ = "session"
    __table_args__ = (Index("session_person", "person"), Index("session_expires", "expires_at"))
    key: str = Field(primary_key=True, max_length=64)
    person: int | None = number()
    name: str = Field(max_length=200)
    created_at: datetime = moment()
    expires_at: datetime = moment()


class TrialRow(SQLModel, table=True):
    """How often something was done until ``expires_at``: failed sign-ins of a name, requests of somebody."""

    __tablename__ = "trial"
    __table_args__ = (Index("trial_expires", "expires_at"),)
    key: str = Field(primary_key=True, max_length=64)
    count: int = number(0)
    expires_at: datetime = moment()
