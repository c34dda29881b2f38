"""The header of a raw line as values: when, how bad, who, where, and the message."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from knowledge_base.signature.headers.header import header_span
from knowledge_base.signature.headers.json_lines import JsonLine, read_json_line
from knowledge_base.signature.headers.levels import level_name as level_name
from knowledge_base.signature.headers.times import read_time
from knowledge_base.signature.headers.unwrapping import unwrap
from knowledge_base.signature.limits import MAX_LINE


@dataclass(frozen=True, slots=True)
class Header:
    """``at`` is in UTC (None: no time, or none that exists); ``level`` in capitals, "" if unknown."""

    at: datetime | None
    level: str
    service: str
    host: str
    message: str


def read_header(text: str, *, now: datetime | None = None) -> Header:
    """Read the header of an event's first line; the message keeps its further lines.

    >>> header = read_header("2024-06-11 10:22:33,123 WARN [main] org.acme.Job: slow")
    >>> header.level, header.service, header.message
    ('WARN', 'org.acme.Job', 'slow')
    """
    text = text.strip()
    row = read_json_line(text)
    if row is not None:
        return _of_row(row, now=now)
    if text.startswith("{") and (row := read_json_line(text.split("\n", 1)[0])):
        return replace(_of_row(row, now=now), message=unwrap(text))
    span = header_span(text[:MAX_LINE])
    at = read_time(span.stamp, now=now) if span.stamp else None
    header = Header(at, level_name(span.level), span.where, span.host, text[span.end :])
    if header.message.startswith("{") and (row := read_json_line(header.message)):
        inner = _of_row(row, now=now)
        return Header(
            inner.at or at,
            inner.level or header.level,
            inner.service or header.service,
            inner.host or header.host,
            inner.message,
        )
    return replace(header, message=unwrap(header.message))


def _of_row(row: JsonLine, *, now: datetime | None) -> Header:
    inner = header_span(row.text[:MAX_LINE])
    at = read_time(row.stamp, now=now) or (read_time(inner.stamp, now=now) if inner.stamp else None)
    level = level_name(row.level or inner.level)
    return Header(at, level, row.service or inner.where, row.host or inner.host, row.text[inner.end :])
