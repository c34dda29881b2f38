"""Which services the lines of a category came from, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select, union_all
from sqlmodel import col

from knowledge_base.store.tables import DayCountRow, HourCountRow, MinuteCountRow, TemplateRow


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """A service and its lines."""

    name: str
    lines: int


def services_of(db: Connection, project: str, category: int) -> list[ServiceCount]:
    """Count the lines of a category by service, most lines first; lines without a service are left out."""
    inside = select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project, col(TemplateRow.category) == category
    )
    parts: list[Select[str, int]] = [
        select(col(table.service).label("service"), func.sum(col(table.lines)).label("lines"))
        .where(col(table.project) == project, col(table.template).in_(inside), col(table.service) != "")
        .group_by(col(table.service))
        for table in (MinuteCountRow, HourCountRow, DayCountRow)
    ]
    found: dict[str, int] = {}
    for service, lines in db.execute(union_all(*parts)):
        found[service] = found.get(service, 0) + int(lines)
    return [ServiceCount(*pair) for pair in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
