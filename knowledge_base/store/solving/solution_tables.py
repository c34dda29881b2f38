"""The tables of what is worked out of solutions: their vectors, and what they say."""

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import number, number_key, project_key
from knowledge_base.store.representing.backend_tables import NAME


class SolutionVectorRow(SQLModel, table=True):
    """The vectors of a solution's parts under a back end, one after the other, for one version of it.

    ``digest`` names the text that was embedded: a version that says the same keeps the vectors.
    ``generation`` numbers the state of the project's solutions in which it was written.
    """

    __tablename__ = "solution_vector"
    __table_args__ = (Index("solution_vector_generation", "project", "backend", "generation"),)
    project: str = project_key()
    backend: str = Field(primary_key=True, max_length=NAME)
    solution: int = number_key()
    version: int = number(0)
    digest: str = Field(max_length=64)
    vector: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    generation: int = number(0)


class SolutionReadingRow(SQLModel, table=True):
    """What a version of a solution says, as JSON; ``reader`` names what decides how it is read."""

    __tablename__ = "solution_reading"
    project: str = project_key()
    solution: int = number_key()
    version: int = number(0)
    reader: str = Field(max_length=32)
    said: str = Field(sa_type=Text)
