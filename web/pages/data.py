"""The page of a project's data: what goes out, what comes in, what is forgotten."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from assistant.retention import forget_person
from knowledge_base.errors import InputError, NotFound
from knowledge_base.exchange.backups import back_up
from knowledge_base.exchange.tabulating import solutions_csv
from knowledge_base.exchange.writing import export_lines
from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.store.projects import require_project
from web.exchanging import receive
from web.jobs import Job, Jobs, Tick
from web.pages.opening import Opened, PageOf
from web.project import WhoOf

BACKUPS = "backups"
BACKUPS_SHOWN = 10
BACKUP_JOB = "backup"
LEFT_SECONDS = 3600.0
"""How old the file of an upload is before it counts as left."""

router = APIRouter(include_in_schema=False, prefix="/settings/data")


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in the data folder."""

    name: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage:
    """Jobs are None where there never was one; backups are told to who is admin of all projects."""

    import_job: Job | None
    backup_job: Job | None
    backups: tuple[Kept, ...]
    folder: str
    rules_all: bool
    question_days: int | None
    line_days: int | None
    person: str = ""
    forgotten: int | None = None
    problem: str = ""
    import_problem: str = ""
    which: str = ""

    def about(self, which: str) -> DataPage:
        """Give it for the part of the page that shows one of the jobs."""
        return replace(self, which=which)

    @property
    def shown_job(self) -> Job | None:
        """The job that such a part shows."""
        return self.backup_job if self.which == BACKUP_JOB else self.import_job


@router.get("")
def show(page: PageOf, who: WhoOf) -> Response:
    """Show all of it."""
    return _show(page, who.may(Role.ADMIN, EVERYWHERE))


@router.get("/jobs")
def show_job(page: PageOf, who: WhoOf, which: Annotated[str, Query(max_length=10)] = "import") -> Response:
    """Show how the import or the backup fares, as often as a page asks."""
    wanted = BACKUP_JOB if which == BACKUP_JOB else "import"
    return page.show("data_job.html", _context(page, who.may(Role.ADMIN, EVERYWHERE)).about(wanted))


@router.get("/export")
def export(page: PageOf) -> Response:
    """Give all of the project as JSON lines."""
    return _download(export_lines(page.parts.knowledge.store, [page.project]), page, "jsonl", "application/x-ndjson")


@router.get("/solutions.csv")
def table(page: PageOf) -> Response:
    """Give the solutions as CSV."""
    return _download(solutions_csv(page.parts.knowledge.store, page.project), page, "csv", "text/csv")


async def upload_of(request: Request) -> AsyncIterator[UploadFile | None]:
    """Take the file of a form; what a route declares itself is read before anybody asks who sends it."""
    async with request.form(max_files=1, max_fields=5) as form:
        file = form.get("file")
        yield file if isinstance(file, UploadFile) else None


@router.post("/import")
def import_(page: PageOf, who: WhoOf, file: Annotated[UploadFile | None, Depends(upload_of)]) -> Response:
    """Begin to import a file."""
    if file is None or not file.filename or not file.size:
        _ = page.visit.formats.translator.text
        return _show(page, who.may(Role.ADMIN, EVERYWHERE), import_problem=str(_("Choose a file first.")), status=400)
    jobs, store, actor, project = _jobs(page), page.parts.knowledge.store, page.actor, page.project
    _sweep(jobs.folder())
    kept, name = jobs.folder() / f"{_import_job(project)}.{secrets.token_hex(8)}.upload", file.filename[:200]
    with kept.open("xb") as out:
        shutil.copyfileobj(file.file, out)

    def work(tick: Tick) -> dict[str, int | str | bool]:
        try:
            with kept.open("rb") as opened:
                done = receive(store, opened, name=name, project=project, actor=actor, tick=tick)
        finally:
            kept.unlink(missing_ok=True)
        page.parts.background.clusterer.notify()
        numbers = (
            {}
            if done.merged is None
            else {
                "solutions": done.merged.solutions,
                "categories": done.merged.categories,
                "links": done.merged.links,
                "left_out": done.merged.left_out,
            }
        )
        return {"rows": done.rows, "is_exact": done.merged is None, **numbers}

    try:
        jobs.begin(_import_job(project), work, actor=actor, subject=name)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    return page.go("/settings/data")


@router.post("/backup")
def begin_backup(page: PageOf) -> Response:
    """Begin to write a backup into the data folder."""
    parts = page.parts
    folder = parts.settings.home_path / BACKUPS
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    now = parts.clock()
    file = folder / f"kea-{now:%Y%m%d-%H%M%S}.backup"

    def work(tick: Tick) -> dict[str, int | str | bool]:
        back_up(parts.knowledge.store, parts.settings, file, now, tick)
        return {"file": file.name}

    _jobs(page).begin(BACKUP_JOB, work, actor=page.actor, subject=file.name)
    return page.go("/settings/data")


@router.post("/forget")
def forget(
    page: PageOf,
    who: WhoOf,
    person: Annotated[str, Form(max_length=400)] = "",
    sure: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Forget what a person asked, once who does it has said that they are sure."""
    rules_all = who.may(Role.ADMIN, EVERYWHERE)
    if not sure:
        _ = page.visit.formats.translator.text
        return _show(
            page, rules_all, person=person, problem=str(_("Say that you are sure: it cannot be undone.")), status=400
        )
    try:
        done = forget_person(page.parts.knowledge.store, page.project, person, actor=page.actor)
    except (InputError, NotFound) as error:
        return _show(page, rules_all, person=person, problem=str(error), status=400)
    return _show(page, rules_all, forgotten=done)


def _show(
    page: Opened,
    rules_all: bool,
    *,
    person: str = "",
    forgotten: int | None = None,
    problem: str = "",
    import_problem: str = "",
    status: int = 200,
) -> Response:
    context = _context(
        page, rules_all, person=person, forgotten=forgotten, problem=problem, import_problem=import_problem
    )
    return page.show("data.html", context, status=status)


def _context(
    page: Opened,
    rules_all: bool,
    *,
    person: str = "",
    forgotten: int | None = None,
    problem: str = "",
    import_problem: str = "",
) -> DataPage:
    settings, jobs = page.parts.settings, _jobs(page)
    folder = settings.home_path / BACKUPS
    return DataPage(
        import_job=jobs.read(_import_job(page.project)),
        backup_job=jobs.read(BACKUP_JOB) if rules_all else None,
        backups=tuple(_backups(folder)) if rules_all else (),
        folder=str(folder),
        rules_all=rules_all,
        question_days=settings.question_days,
        line_days=settings.line_days,
        person=person,
        forgotten=forgotten,
        problem=problem,
        import_problem=import_problem,
    )


def _backups(folder: Path) -> Iterator[Kept]:
    files = sorted(folder.glob("kea-*.backup"), reverse=True)[:BACKUPS_SHOWN] if folder.is_dir() else []
    for file in files:
        stat = file.stat()
        yield Kept(file.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


def _sweep(folder: Path) -> None:
    """Delete the files of imports whose process ended before it could; a job that runs has its file open."""
    for file in folder.glob("*.upload"):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - LEFT_SECONDS:
                file.unlink()


def _download(lines: Iterator[str], page: Opened, ending: str, kind: str) -> Response:
    with page.parts.knowledge.store.read() as db:
        require_project(db, page.project)  # an error within a stream could tell nobody
    name = f"kea-{page.project}-{page.parts.clock():%Y%m%d}.{ending}"
    return StreamingResponse(lines, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _jobs(page: Opened) -> Jobs:
    return Jobs(page.parts.settings.home_path)


def _import_job(project: str) -> str:
    return f"import-{project}"
