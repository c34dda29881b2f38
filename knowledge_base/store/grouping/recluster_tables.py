"""The tables of what reclusterings moved, from which they are taken back."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import number, number_key, project_key


class ReclusterMoveRow(SQLModel, table=True):
    """A template that a step of a reclustering moved; ``reason`` is why it was in ``source``, ``act`` the entry."""

    __tablename__ = "recluster_move"
    project: str = project_key()
    act: int = number_key()
    step: int = number_key()
    template: int = number_key()
    source: int = number(0)
    target: int = number(0)
    reason: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ReclusterAliasRow(SQLModel, table=True):
    """A category that became an alias of ``target`` by it; ``former`` is what it was one of before, if anything."""

    __tablename__ = "recluster_alias"
    project: str = project_key()
    act: int = number_key()
    step: int = number_key()
    category: int = number_key()
    former: int | None = number()
    target: int = number(0)
