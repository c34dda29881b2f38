"""The two confidences from which a project answers and suggests: its own, or those that are set for all projects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import col

from knowledge_base.errors import InputError
from knowledge_base.settings import Settings
from knowledge_base.store.projects import no_project
from knowledge_base.store.tables import ProjectRow
from knowledge_base.store.text import storable


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidences in 0..1; raises InputError where they are not, or where it would suggest later than it answers."""

    answer: float
    suggest: float

    def __post_init__(self) -> None:
        for name, value in (("answer", self.answer), ("suggest", self.suggest)):
            if not 0.0 <= value <= 1.0:
                raise InputError(f"the {name} threshold is {value}; give a number from 0 to 1")
        if self.suggest > self.answer:
            raise InputError(
                f"the suggest threshold, {self.suggest}, is above the answer threshold, {self.answer}: "
                "what is sure enough to answer with is sure enough to suggest"
            )


def from_settings(settings: Settings) -> Thresholds:
    """Give the thresholds of all projects that have none of their own; what is answered from is suggested from too."""
    answer = settings.answer_threshold
    return Thresholds(answer, min(answer, settings.suggest_threshold))


def own_of(db: Connection, project: str) -> Thresholds | None:
    """Read a project's own thresholds; None where those of the settings hold. Raises NotFound."""
    row = db.execute(_own_of(), {"project": storable(project)}).first()
    if row is None:
        raise no_project(project)
    answer, suggest = row
    return None if answer is None or suggest is None else Thresholds(answer, suggest)


@cache
def _own_of() -> Any:
    query = select(col(ProjectRow.answer_threshold), col(ProjectRow.suggest_threshold))
    return query.where(col(ProjectRow.id) == bindparam("project"))


def of_project(db: Connection, project: str, settings: Settings) -> Thresholds:
    """Give the thresholds that hold for a project; raises NotFound."""
    return own_of(db, project) or from_settings(settings)


def put(db: Connection, project: str, wanted: Thresholds | None) -> None:
    """Give a project thresholds of its own; None lets those of the settings hold again."""
    values = {
        "answer_threshold": None if wanted is None else wanted.answer,
        "suggest_threshold": None if wanted is None else wanted.suggest,
    }
    db.execute(update(ProjectRow).where(col(ProjectRow.id) == project).values(**values))
