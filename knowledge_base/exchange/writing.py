"""Writes projects as lines from which another home, or the same one once it is empty, comes to hold the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, String, false, select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from knowledge_base.exchange.contents import KEPT, Kept
from knowledge_base.exchange.lines import FORMAT, End, Head, ProjectLine, columns_of, write_row
from knowledge_base.store.projects import list_projects, no_project
from knowledge_base.store.schema import HEAD
from knowledge_base.store.store import Store
from knowledge_base.store.tables import ProjectRow

CHUNK = 1000


def export_lines(store: Store, projects: Sequence[str] | None) -> Iterator[str]:
    """Yield the lines of projects, or of all for None, as they were when the export began.

    The same knowledge gives the same lines. Only ``CHUNK`` rows are held at a time. Raises NotFound.
    """
    with store.read() as db:
        chosen = list_projects(db) if projects is None else list(projects)
        written = 1
        yield Head(format=FORMAT, schema=HEAD, projects=chosen).model_dump_json(by_alias=True) + "\n"
        for project in chosen:
            for line in _project_lines(db, project):
                written += 1
                yield line
        yield End(lines=written).model_dump_json() + "\n"


def _project_lines(db: Connection, project: str) -> Iterator[str]:
    table: Any = ProjectRow.__table__  # type: ignore[attr-defined]
    found = db.execute(select(table).where(col(ProjectRow.id) == project)).mappings().first()
    if found is None:
        raise no_project(project)
    values = {name: found[name] for name in ProjectLine.model_fields if name != "type"}
    yield ProjectLine.model_construct(**values).model_dump_json() + "\n"
    for kept in KEPT:
        for row in _rows(db, kept, project):
            yield write_row(kept, row)


def _rows(db: Connection, kept: Kept, project: str) -> Iterator[dict[str, Any]]:
    table = kept.table
    query = select(*(table.c[name] for name in columns_of(kept))).where(table.c.project == project)
    if "removed" in kept.derived:
        query = query.where(table.c.removed == false())
    order = [_ordered(db, each) for each in table.primary_key.columns if each.name != "project"]
    rows = db.execute(query.order_by(*order).execution_options(yield_per=CHUNK))
    try:
        for row in rows.mappings():
            yield dict(row)
    finally:
        rows.close()


def _ordered(db: Connection, column: Any) -> ColumnElement[Any]:
    """Order texts by their code points in PostgreSQL too, whatever language it was set up for."""
    is_text = isinstance(column.type, String) and db.dialect.name == "postgresql"
    ordered: ColumnElement[Any] = column.collate("C") if is_text else column
    return ordered
