"""The header of a raw line as values: when, how bad, who, where, and the message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from knowledge_base.signature.header import header_span
from knowledge_base.signature.json_lines import read_json_line
from knowledge_base.signature.limits import MAX_LINE

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_LEVELS = {
    "I": "INFO",
    "W": "WARN",
    "E": "ERROR",
    "F": "FATAL",
    "WARNING": "WARN",
    "ERR": "ERROR",
    "SEVERE": "ERROR",
    "CRIT": "CRITICAL",
    "LOG": "INFO",
    "NORMAL": "INFO",
}
_NUMERIC = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})[T\s-]\s?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,9}))?")
_NAMED = re.compile(r"([A-Z][a-z]{2})\s{1,2}(\d{1,2})\s(?:(\d{4})\s)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\s(\d{4}))?")
_APACHE = re.compile(r"(\d{1,2})[/\s]([A-Z][a-z]{2})[/\s](\d{4})[:\s](\d{1,2}):(\d{1,2}):(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})-(\d{1,2}):(\d{1,2}):(\d{1,2})(?::(\d{1,3}))?")
_SIX = re.compile(r"(\d{2})(\d{2})(\d{2})\s(\d{2})(\d{2})(\d{2})$")
_GLOG = re.compile(r"(\d{2})(\d{2})\s{1,2}(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,9})")
_EPOCH = re.compile(r"(\d{10}|\d{13})(?:\.\d{1,9})?$")
_OFFSET = re.compile(r":\d{1,2}(?:[.,]\d{1,9})?\s?([+-])(\d{2}):?(\d{2})?$")
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Header:
    """``at`` is in UTC (None: no time, or none that exists); ``level`` in capitals, "" if unknown."""

    at: datetime | None
    level: str
    service: str
    host: str
    message: str


def _year_of(month: int, day: int, now: datetime | None) -> int | None:
    """The year of a date without one: the last such day that is not ahead of ``now``."""
    if now is None:
        return None
    return now.year if (month, day) <= ((now + _A_DAY).month, (now + _A_DAY).day) else now.year - 1


def _numbers(stamp: str, now: datetime | None) -> tuple[int, ...] | None:
    """Year, month, day, hour, minute, second and microsecond of a stamp."""
    if found := _NUMERIC.match(stamp):
        a, b, c, hour, minute, second = (int(group) for group in found.groups()[:6])
        micro = int((found[7] or "0").ljust(6, "0")[:6])
        if a > 31:
            return a, b, c, hour, minute, second, micro
        if c > 31:
            return (
                (c, b, a, hour, minute, second, micro)
                if a > 12 or "." in stamp[:6]
                else (c, a, b, hour, minute, second, micro)
            )
        return 2000 + a, b, c, hour, minute, second, micro
    if found := _COMPACT.match(stamp):
        year, month, day, hour, minute, second = (int(group) for group in found.groups()[:6])
        return year, month, day, hour, minute, second, int(found[7] or 0) * 1000
    if found := _NAMED.match(stamp):
        month, day = _MONTHS.get(found[1].lower(), 0), int(found[2])
        named = found[3] or found[7]
        year_found = int(named) if named else _year_of(month, day, now)
        return None if year_found is None else (year_found, month, day, int(found[4]), int(found[5]), int(found[6]), 0)
    if found := _APACHE.match(stamp):
        month = _MONTHS.get(found[2].lower(), 0)
        return int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), int(found[6]), 0
    if found := _SIX.match(stamp):
        year, month, day, hour, minute, second = (int(group) for group in found.groups())
        return 2000 + year, month, day, hour, minute, second, 0
    if found := _GLOG.match(stamp):
        month, day = int(found[1]), int(found[2])
        year_found = _year_of(month, day, now)
        micro = int(found[6].ljust(6, "0")[:6])
        return (
            None if year_found is None else (year_found, month, day, int(found[3]), int(found[4]), int(found[5]), micro)
        )
    return None


def read_time(stamp: str, *, now: datetime | None = None) -> datetime | None:
    """Read the time of a header as UTC; a time without zone counts as UTC.

    ``now`` gives the year of layouts that have none (syslog, glog); without it they have no time.

    >>> read_time("2024-06-11 18:22:33,123+08:00").isoformat()
    '2024-06-11T10:22:33.123000+00:00'
    """
    stamp = stamp.strip()[:64]
    try:
        if found := _EPOCH.match(stamp):
            seconds = float(stamp) / (1000 if len(found[1]) == 13 else 1)
            return datetime.fromtimestamp(seconds, UTC)
        numbers = _numbers(stamp, now)
        if numbers is None:
            return None
        zone: timezone = UTC
        if found := _OFFSET.search(stamp):
            minutes = int(found[2]) * 60 + int(found[3] or 0)
            zone = timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
        year, month, day, hour, minute, second, micro = numbers
        return datetime(year, month, day, hour, minute, second, micro, zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_header(text: str, *, now: datetime | None = None) -> Header:
    """Read the header of an event's first line; the message keeps its further lines.

    >>> header = read_header("2024-06-11 10:22:33,123 WARN [main] org.acme.Job: slow")
    >>> header.level, header.service, header.message
    ('WARN', 'org.acme.Job', 'slow')
    """
    text = text.strip()
    row = read_json_line(text)
    if row is not None:
        at = read_time(row.stamp, now=now)
        inner = header_span(row.text[:MAX_LINE])
        level = row.level or inner.level
        return Header(at, _LEVELS.get(level, level), row.service or inner.where, row.host, row.text[inner.end :])
    span = header_span(text[:MAX_LINE].split("\n", 1)[0])
    at = read_time(span.stamp, now=now) if span.stamp else None
    level = _LEVELS.get(span.level, span.level)
    return Header(at, level, span.where, span.host, text[span.end :])
