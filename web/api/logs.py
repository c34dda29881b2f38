"""Log lines by HTTP: JSON, JSON lines or plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.pipeline import Pipeline
from ingest.readers import reader_for
from ingest.reading import Origin, Reading
from ingest.sinks.dead_letters import refused_rows
from ingest.sources.port import RawLine
from knowledge_base.errors import UnreadableInput
from knowledge_base.store.intake import source_log
from knowledge_base.types import Assignment
from web.api.models import Shape
from web.parts import Parts
from web.project import PartsOf, ProjectOf

SOURCE = "api"
EVENTS_LIMIT = 20_000
REFUSED_SHOWN = 100
EXCERPT = 200
JSON = "application/json"
JSON_LINES = frozenset(
    {"application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines"}
)

router = APIRouter(tags=["logs"])


class AssignmentOut(Shape):
    """The template and category of one event at the moment when it was kept."""

    fingerprint: str
    template_id: str = Field(examples=["T-34"])
    category_id: str = Field(examples=["KE-12"])
    similarity: float
    is_new: bool


class RefusedOut(Shape):
    """A row that cannot be used; the others were kept."""

    row: int = Field(description="Its place, from 0.")
    reason: str


class LogsOut(Shape):
    """One assignment for each event, in their order."""

    kept: int
    refused: int
    assignments: list[AssignmentOut]
    problems: list[RefusedOut] = Field(description="The first 100 rows that were refused.")


_ROW = [{"type": "string"}, {"type": "object"}]
_BODY = {
    JSON: {
        "schema": {"anyOf": [*_ROW, {"type": "array", "items": {"anyOf": _ROW}, "minItems": 1}]},
        "example": [{"text": "disk /data1 is full", "service": "hdfs", "level": "ERROR", "at": "2026-11-23T10:00:01Z"}],
    },
    "application/x-ndjson": {"schema": {"type": "string"}, "example": '{"text": "disk /data1 is full"}\n'},
    "text/plain": {"schema": {"type": "string"}, "example": "2026-11-23 10:00:01 ERROR disk /data1 is full\n"},
}


@router.post("/logs", summary="Send log lines", openapi_extra={"requestBody": {"required": True, "content": _BODY}})
async def send_logs(
    request: Request,
    parts: PartsOf,
    project: ProjectOf,
    service: Annotated[str, Query(max_length=200, description="Service of lines that name none.")] = "",
    multiline: Annotated[JoinMode, Query(description="Whether plain lines are joined to events.")] = JoinMode.AUTO,
    content_type: Annotated[str, Header(include_in_schema=False)] = JSON,
) -> LogsOut:
    """Keep events: a JSON list of texts or rows (or one alone), JSON lines, or plain lines, which are joined to events.

    A row needs ``text``, ``message`` or ``msg``, and may have ``service``, ``level`` and ``at``. What can be
    read is kept; the answer names the rest.
    """
    body = await request.body()
    return await run_in_threadpool(_keep, parts, Origin(project, SOURCE, service), multiline, content_type, body)


def _keep(parts: Parts, origin: Origin, mode: JoinMode, content_type: str, body: bytes) -> LogsOut:
    kind = content_type.partition(";")[0].strip().lower()
    form = Format.JSONL if kind == JSON or kind in JSON_LINES else Format.PLAIN
    lines = list(_rows(body) if kind == JSON else _lines(body))
    reading = _read(parts, origin, mode, form, lines)
    if len(reading.records) > EVENTS_LIMIT:
        raise UnreadableInput(
            f"{len(reading.records):,} events at once, {EVENTS_LIMIT:,} are allowed; send them in parts"
        )
    if not reading.records:
        reason = reading.rejected[0].reason if reading.rejected else "the body holds no event"
        raise UnreadableInput(f"nothing was kept: {reason}")
    if reading.rejected:
        listed = refused_rows(reading.rejected)
        with parts.knowledge.store.write() as db:
            source_log.note_refused(db, origin.project, SOURCE, listed, parts.clock(), count=len(reading.rejected))
    pipeline = Pipeline(parts.knowledge, origin.project)
    size = parts.settings.batch_size
    kept: list[Assignment] = []
    for start in range(0, len(reading.records), size):
        kept += pipeline.keep(reading.records[start : start + size])
    if any(each.is_new for each in kept):
        parts.background.clusterer.notify()
    return LogsOut(
        kept=len(kept),
        refused=len(reading.rejected),
        assignments=[AssignmentOut.model_validate(each) for each in kept],
        problems=[RefusedOut(row=each.offset, reason=each.reason) for each in reading.rejected[:REFUSED_SHOWN]],
    )


def _read(parts: Parts, origin: Origin, mode: JoinMode, form: Format, lines: Sequence[RawLine]) -> Reading:
    reader = reader_for(form, origin=origin, mode=mode, max_event_bytes=parts.settings.max_event_bytes)
    now = parts.clock()
    reading, rest = reader.feed(lines, now), reader.flush(now)
    return Reading(reading.records + rest.records, reading.rejected + rest.rejected, reading.lines)


def _lines(body: bytes) -> Iterator[RawLine]:
    """Cut the body into lines; their places are their numbers."""
    for number, raw in enumerate(body.split(b"\n")):
        line = raw.removesuffix(b"\r")
        yield RawLine(number, number + 1, line.decode("utf-8", errors="replace"))


def _rows(body: bytes) -> Iterable[RawLine]:
    """Read a JSON list, or a single row; raises UnreadableInput where it is neither."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"the body is no JSON: {str(error)[:EXCERPT]}") from None
    rows = found if isinstance(found, list) else [found]
    for number, row in enumerate(rows):
        shaped = {"text": row} if isinstance(row, str) else row
        yield RawLine(number, number + 1, json.dumps(shaped))
