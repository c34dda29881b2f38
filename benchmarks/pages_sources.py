"""What sources brought to a large project of late: positions, minutes, refused rows, the newest lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, select
from sqlmodel import SQLModel, col

from benchmarks.pages_lines import DAYS, SERVICES, Project
from knowledge_base.store.tables import PositionRow, RecentRow, TemplateRow
from knowledge_base.store.watching.watch_tables import RefusedRow, SourceMinuteRow

SOURCES, RING = 24, 10_000
Row = dict[str, object]


def sources_of(db: Connection, project: Project, by: np.random.Generator) -> list[tuple[type[SQLModel], Iterator[Row]]]:
    """Give the rows of each table."""
    return [
        (PositionRow, _positions(project)),
        (SourceMinuteRow, _source_minutes(project, by)),
        (RefusedRow, _refused(project, by)),
        (RecentRow, _ring(db, project, by)),
    ]


def ago(project: Project, by: np.random.Generator, days: float = DAYS) -> datetime:
    """Give a time within the last days."""
    return project.now - timedelta(days=float(by.uniform(0, days)))


def _source(number: int) -> str:
    return f"kafka:logs/{number}" if number % 2 else f"/var/log/{SERVICES[number]}.log"


def _positions(project: Project) -> Iterator[Row]:
    for number in range(SOURCES):
        yield {
            "project": project.name,
            "source": _source(number),
            "offset": number * 1_000_000,
            "epoch": 1,
            "state": {},
            "finished": False,
            "size": 0,
            "head": "",
            "at": project.now,
        }


def _source_minutes(project: Project, by: np.random.Generator) -> Iterator[Row]:
    for number in range(SOURCES):
        for past in range(180):
            at = project.now - timedelta(minutes=past)
            yield {
                "project": project.name,
                "source": _source(number),
                "slot": project.minute - past,
                "lines": int(by.poisson(4_000)),
                "refused": int(by.poisson(0.2)),
                "newest": at,
                "at": at,
            }


def _refused(project: Project, by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, 501):
        yield {
            "project": project.name,
            "id": number,
            "source": _source(number % SOURCES),
            "offset": number,
            "reason": "the row is no JSON object",
            "excerpt": '{"message": "cut off',
            "at": ago(project, by, 1),
        }


def _ring(db: Connection, project: Project, by: np.random.Generator) -> Iterator[Row]:
    query = select(col(TemplateRow.id), col(TemplateRow.text), col(TemplateRow.service)).where(
        col(TemplateRow.project) == project.name, col(TemplateRow.id) <= RING
    )
    for slot, (number, text, service) in enumerate(db.execute(query).all()):
        at = project.now - timedelta(seconds=slot * 3)
        value = str(int(by.integers(0, 10_000)))
        line = text.replace("<num>", value)
        yield {"project": project.name, "slot": slot, "at": at, "template": number, "service": service, "text": line}
