"""The tables of what is counted: in how many templates and categories terms stand."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import number, number_key, project_key


class TermRow(SQLModel, table=True):
    """A term, and in how many counted templates and categories of the project it stands.

    The rarest are forgotten where there are too many; a forgotten one that comes again begins at 1.
    """

    __tablename__ = "term"
    project: str = project_key()
    epoch: int = number_key()
    term: str = Field(primary_key=True, max_length=160)
    templates: int = number(0)
    categories: int = number(0)


class CategoryTermsRow(SQLModel, table=True):
    """In how many of a category's counted templates each of its telling terms stands, and in which form.

    ``weighed`` is how many categories there were when keywords were chosen last; 0 asks for it to be done.
    """

    __tablename__ = "category_terms"
    __table_args__ = (Index("category_terms_weighed", "project", "weighed"),)
    project: str = project_key()
    category: int = number_key()
    epoch: int = number(0)
    templates: int = number(0)
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    weighed: int = number(0)


class TermStateRow(SQLModel, table=True):
    """How much of a project is counted, and by which version of the terms.

    A new epoch begins where that version changes: what was counted before is counted anew, up to ``cursor``.
    """

    __tablename__ = "term_state"
    project: str = project_key()
    epoch: int = number(1)
    version: str = Field(max_length=32)
    cursor: int = number(0)
    finished: bool = False
    templates: int = number(0)
    categories: int = number(0)
