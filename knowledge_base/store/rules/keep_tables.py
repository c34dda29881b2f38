"""The table of the rules that keep templates in a category."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from knowledge_base.store.columns import moment, number, number_key, project_key


class KeepRuleRow(SQLModel, table=True):
    """One rule: what its conditions hold for belongs to ``category``, whatever that was merged into since.

    An empty condition asks for nothing, and a ``template`` of 0 neither. The lowest ``position`` is tried first.
    ``actor`` changed it last, at ``at``.
    """

    __tablename__ = "keep_rule"
    project: str = project_key()
    id: int = number_key()
    position: int = number(0)
    code: str = Field(default="", max_length=200)
    template: int = number(0)
    pattern: str = Field(default="", max_length=500)
    service: str = Field(default="", max_length=200)
    category: int = number(0)
    enabled: bool = True
    actor: str = Field(max_length=200)
    at: datetime = moment()
    reason: str = Field(default="", max_length=500)
