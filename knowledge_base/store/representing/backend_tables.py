"""The tables of back ends: which one a project answers with, vectors of another one, and what texts say by it."""

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import number_key, project_key

NAME = 120
"""Characters of a back end's name at most."""


class BackendRow(SQLModel, table=True):
    """What a project answers with, and what it shall answer with once all is embedded anew.

    ``wanted`` is empty where no roll-over is under way. ``untidy`` tells that vectors are left that nobody asks for.
    """

    __tablename__ = "project_backend"
    project: str = project_key()
    used: str = Field(max_length=NAME)
    wanted: str = Field(default="", max_length=NAME)
    untidy: bool = False


class VectorRow(SQLModel, table=True):
    """The vector of a representative under a back end other than the one that its own row names."""

    __tablename__ = "representative_vector"
    project: str = project_key()
    backend: str = Field(primary_key=True, max_length=NAME)
    representative: int = number_key()
    vector: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ReadingRow(SQLModel, table=True):
    """What the text of a representative says, as its profile puts it; ``version`` tells how it was read."""

    __tablename__ = "representative_reading"
    project: str = project_key()
    representative: int = number_key()
    version: str = Field(max_length=32)
    said: str = Field(sa_type=Text)
