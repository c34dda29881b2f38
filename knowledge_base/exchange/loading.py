"""Imports an export: exactly as it was where the project is empty and its ids are free, else as what it knows.

The file is read twice: once to its end before anything is written, so that a wrong line costs nobody the
database's lock, and once to write. All of it is one transaction.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from knowledge_base.errors import InputError
from knowledge_base.exchange.contents import KEPT, Kept
from knowledge_base.exchange.exporting import export_rows
from knowledge_base.exchange.importing import Imported, import_within
from knowledge_base.exchange.keeping import joining
from knowledge_base.exchange.lines import ProjectLine
from knowledge_base.exchange.pointing import require_whole
from knowledge_base.exchange.reading import Export, Row, Section, Tick
from knowledge_base.exchange.undo_pointing import require_named
from knowledge_base.store import audit, numbers, projects
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.store import Store
from knowledge_base.store.tables import AuditRow, ProjectRow, TemplateRow
from knowledge_base.store.text import clip
from knowledge_base.store.wanted.demand_tables import DemandRow, DemandServiceRow, DemandStateRow

CHUNK = 500
FAR = 10**9
"""How far beyond the present numbers ids may lie where others use the numbers too.

A home takes fewer in years, and nobody uses them up for others.
"""
LAST = 2**52
"""The highest id that stays as it is; as many are left behind it until 2**53, where programs begin to round."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a project of the file. ``merged`` is None where it is exactly as it was exported.

    What was merged has other ids, and nothing but knowledge: no questions, counts, samples and acts.
    """

    project: str
    rows: int
    merged: Imported | None


@dataclass(frozen=True, slots=True)
class _Importing:
    """What all projects of an import share; ``reach`` is the highest id that stays as it is, by sequence, if any."""

    db: Connection
    export: Export
    actor: str
    now: datetime
    tick: Tick
    reach: Mapping[str, int] | None


class _Taken(Exception):
    """An id of the file stands for something else here, or lies too far ahead."""


def import_export(store: Store, export: Export, *, project: str | None, actor: str, tick: Tick) -> list[Loaded]:
    """Import all projects of a file under their names, or the only one of it under another name.

    ``tick`` is told of each line's bytes; each line is read twice. Raises InputError naming what is wrong; then
    nothing was imported.
    """
    names = export.head().projects
    if project is not None and len(names) > 1:
        raise InputError(f"{export.name} holds {len(names)} projects: import them with --all")
    sections = export.check(tick)
    now = store.clock()
    with joining(store, [project or each.project.id for each in sections]), store.write() as db:
        numbers.begin_raising(db)
        importing = _Importing(db, export, actor, now, tick, _reach(db))
        return [_import(importing, each, project or each.project.id) for each in sections]


def _reach(db: Connection) -> Mapping[str, int]:
    """Tell up to which id rows of a file stay as they are, by sequence: whoever is alone may go far."""
    numbered = [kept for kept in KEPT if kept.numbered]
    is_new = all(db.execute(select(kept.table.c.id).where(*_known(kept)).limit(1)).first() is None for kept in numbered)
    last = numbers.last_numbers(db)
    return {kept.numbered: LAST if is_new else min(LAST, last.get(kept.numbered, 0) + FAR) for kept in numbered}


def _import(this: _Importing, section: Section, target: str) -> Loaded:
    projects.ensure_project(this.db, target, this.now)
    projects.lock(this.db, target)
    if _is_empty(this.db, target):
        try:
            with this.db.begin_nested():
                return Loaded(target, _load(this, section, target), None)
        except _Taken:
            pass  # the savepoint took back what was written
    return _merge(this, section, target)


def _is_empty(db: Connection, project: str) -> bool:
    """Tell whether nothing is known in a project; who may come in does not matter."""
    return all(
        db.execute(select(kept.table.c.project).where(kept.table.c.project == project, *_known(kept)).limit(1)).first()
        is None
        for kept in KEPT
        if not kept.is_alone
    )


def _known(kept: Kept) -> list[ColumnElement[bool]]:
    return [kept.table.c.action.not_in(audit.OF_ACCOUNTS)] if kept.name == "audit" else []


def _load(this: _Importing, section: Section, project: str) -> int:
    """Write the rows as they are.

    Raises _Taken where another project has one of their ids or it is out of reach, and InputError.
    """
    db, export = this.db, this.export
    for kept in KEPT:
        if kept.is_alone:
            db.execute(delete(kept.table).where(kept.table.c.project == project))
    acts = _take_acts(db, project)
    others = [name for name in projects.list_projects(db) if name != project]
    derived: Mapping[str, Mapping[str, object]] = {
        "representative": {"generation": projects.next_generation(db, project)},
        "solution": {"generation": projects.next_solutions(db, project)},
        "audit": {"imported_by": clip(this.actor, 200)},
    }
    written, highest = 0, dict[str, int]()
    for kept, rows in groupby(export.rows(section, this.tick), key=lambda row: row.kept):
        more = {"project": project, **kept.derived, **derived.get(kept.name, {})}
        while batch := list(islice(rows, CHUNK)):
            if kept.numbered:
                ids = [row.values["id"] for row in batch]
                highest[kept.numbered] = max(highest.get(kept.numbered, 0), *ids)
                if this.reach is not None and highest[kept.numbered] > this.reach[kept.numbered]:
                    raise _Taken
                _require_free(db, kept, others, ids)
            if kept.name == "audit":
                _require_named(db, export, project, batch)
            _insert(db, export, kept, batch, more)
            written += len(batch)
    try:
        require_whole(db, project)
    except InputError as error:
        raise InputError(f"{export.name}: {error}; nothing was imported") from None
    numbers.raise_numbers(db, highest)
    _put_acts(db, acts)
    _begin(db, project, section.project)
    return written


def _require_named(db: Connection, export: Export, project: str, batch: Sequence[Row]) -> None:
    try:
        require_named(db, project, [row.values for row in batch])
    except InputError as error:
        raise export.wrong(batch[0].line, f"in one of the acts up to line {batch[-1].line}, {error}") from None


def _insert(db: Connection, export: Export, kept: Kept, batch: Sequence[Row], more: Mapping[str, object]) -> None:
    try:
        db.execute(insert(kept.table), [{**row.values, **more} for row in batch])
    except IntegrityError:
        where = f"one of the rows up to line {batch[-1].line} is there twice"
        raise export.wrong(batch[0].line, f"{where} ({kept.name})") from None


def _require_free(db: Connection, kept: Kept, others: Sequence[str], ids: Sequence[int]) -> None:
    table = kept.table
    for start in range(0, len(others), CHUNK):
        some = others[start : start + CHUNK]
        taken = select(table.c.id).where(table.c.project.in_(some), table.c.id.in_(ids)).limit(1)
        if db.execute(taken).first() is not None:
            raise _Taken


def _take_acts(db: Connection, project: str) -> list[dict[str, object]]:
    """Take out what an empty project keeps of its accounts: the file may have the same numbers."""
    table = METADATA.tables["audit"]
    rows = db.execute(select(table).where(table.c.project == project).order_by(table.c.id)).mappings()
    taken = [dict(row) for row in rows]
    db.execute(delete(AuditRow).where(col(AuditRow.project) == project))
    return taken


def _put_acts(db: Connection, acts: Sequence[Mapping[str, object]]) -> None:
    """Put it back, numbered behind what came."""
    if acts:
        taken = numbers.take_numbers(db, "audit", len(acts))
        db.execute(insert(AuditRow), [{**act, "id": number} for act, number in zip(acts, taken, strict=True)])


def _begin(db: Connection, project: str, line: ProjectLine) -> None:
    """Keep what the project's own line says, and let what is worked out of it begin anew."""
    living = select(func.count()).where(col(TemplateRow.project) == project, col(TemplateRow.evicted_at).is_(None))
    values = line.model_dump(exclude={"type", "id"}) | {"templates": db.execute(living).scalar_one()}
    db.execute(update(ProjectRow).where(col(ProjectRow.id) == project).values(**values))
    for table in (DemandRow, DemandServiceRow, DemandStateRow):
        db.execute(delete(table).where(col(table.project) == project))


def _merge(this: _Importing, section: Section, target: str) -> Loaded:
    """Import what a project knows beside what is known here, by way of a database that holds it alone."""
    with (
        tempfile.TemporaryDirectory(prefix="kea-import-") as folder,
        Store(f"sqlite:///{Path(folder) / 'staged.db'}") as staged,
    ):
        with staged.write() as beside:
            projects.ensure_project(beside, target, this.now)
            written = _load(replace(this, db=beside, reach=None), section, target)
        rows = list(enumerate(export_rows(staged, target), 1))
    merged = import_within(this.db, target, rows, actor=this.actor, name=this.export.name, now=this.now)
    return Loaded(target, written, merged)
