"""The tables of words as variables: what was seen at which place of templates, and which places are variables."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from knowledge_base.store.columns import number, number_key, project_key


class WildcardRow(SQLModel, table=True):
    """A key with a place where any word may stand, by its hash, and the template that it leads to.

    ``depth`` tells how many places of the key were found to be variables, this one included.
    """

    __tablename__ = "wildcard"
    __table_args__ = (Index("wildcard_template", "project", "template"),)
    project: str = project_key()
    place: int = number_key()
    template: int = number(0)
    depth: int = number(1)


class SightingRow(SQLModel, table=True):
    """A word that was seen at a place of a template; both are hashes. The oldest go when there are too many."""

    __tablename__ = "wildcard_sighting"
    __table_args__ = (Index("wildcard_sighting_template", "project", "template"),)
    project: str = project_key()
    place: int = number_key()
    word: int = number_key()
    template: int = number(0)
