"""The time of a header as a value."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE_MONTHS = ("一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月")
_MONTHS = {name: number for names in (_MONTH_NAMES, _CHINESE_MONTHS) for number, name in enumerate(names, 1)}
_HMS = r"(?P<h>\d{1,2}):(?P<m>\d{1,2}):(?P<s>\d{1,2})(?:[.,:](?P<f>\d{1,9}))?(?:\s?(?P<half>[AP]M|[上下]午))?"
_MON = r"(?P<mon>[A-Z][a-z]{2}|[一二三四五六七八九十]{1,2}月)"
# Tried in this order; a, b and c are numbers of a date whose order is found out.
_FORMS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?P<a>\d{{1,4}})[-/.](?P<b>\d{{1,2}})[-/.](?P<c>\d{{1,4}})(?:T|,?\s{{1,2}}(?:-\s)?|-\s?|:)\s?{_HMS}"),
    re.compile(
        r"(?P<y>\d{4})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})-(?P<h>\d{1,2})\.(?P<m>\d{1,2})\.(?P<s>\d{1,2})(?:\.(?P<f>\d{1,9}))?(?P<half>)"
    ),
    re.compile(
        rf"{_MON}\s{{1,2}}(?P<d>\d{{1,2}})(?:,\s(?P<y>\d{{4}}))?\s(?:(?P<y2>\d{{4}})\s)?{_HMS}(?:\s[A-Z]{{3,4}})?(?:\s(?P<y3>\d{{4}}))?"
    ),
    re.compile(rf"(?P<d>\d{{1,2}})[-/\s]{_MON}[-/\s](?:(?P<y>\d{{4}})(?:::?|\s))?{_HMS}"),
    re.compile(rf"(?P<y>\d{{4}})年(?P<mo>\d{{1,2}})月(?P<d>\d{{1,2}})日\s?{_HMS}"),
    re.compile(rf"(?P<y>\d{{4}})(?P<mo>\d{{2}})(?P<d>\d{{2}})[-\s]\s?{_HMS}"),
    re.compile(rf"(?P<yy>\d{{2}})(?P<mo>\d{{2}})(?P<d>\d{{2}})\s{{1,2}}{_HMS}"),
    re.compile(
        r"(?P<y>\d{4})(?P<mo>\d{2})(?P<d>\d{2})T(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?(?P<half>)"
    ),
    re.compile(r"(?P<yy>\d{2})(?P<mo>\d{2})(?P<d>\d{2})\s(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})(?P<f>)(?P<half>)$"),
    re.compile(rf"(?P<mo>\d{{2}})(?P<d>\d{{2}})\s{{1,2}}{_HMS}"),
    re.compile(rf"(?P<mo>\d{{1,2}})[-./](?P<d>\d{{1,2}})\s{_HMS}"),
)
_EPOCH = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d{1,9})?$")
_OFFSET = re.compile(r":\d{1,2}(?:[.,]\d{1,9})?\s?([+-])(\d{2}):?(\d{2})?$")
_NAMED_ZONE = re.compile(r"\s([A-Z]{3,4})(?:\s\d{4})?$")
# Names that mean one zone only; CST, BST and IST have several.
_ZONES = {"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}
_ZONES |= {"MSK": 3, "JST": 9, "KST": 9}
_A_DAY = timedelta(days=1)
_LAST_DAY, _LAST_MONTH = 31, 12


class _Date(NamedTuple):
    year: int | None
    month: int
    day: int


def _date_of(found: dict[str, str | None], stamp: str) -> _Date:
    if "a" in found:
        a, b, c = (int(found[name] or 0) for name in "abc")
        if a > _LAST_DAY:
            return _Date(a, b, c)
        if c <= _LAST_DAY:
            return _Date(2000 + a, b, c)
        day_first = a > _LAST_MONTH or "." in stamp[:6]
        return _Date(c, b, a) if day_first else _Date(c, a, b)
    year = next((int(text) for name in ("y", "y2", "y3") if (text := found.get(name))), None)
    if short := found.get("yy"):
        year = 2000 + int(short)
    name = found.get("mon")
    return _Date(year, _MONTHS.get(name.lower(), 0) if name else int(found.get("mo") or 0), int(found["d"] or 0))


def _year_of(date: _Date, now: datetime | None) -> int | None:
    """The year of a date without one: the last such day that is not ahead of ``now``."""
    if date.year is not None or now is None:
        return date.year
    ahead = now + _A_DAY
    return now.year if (date.month, date.day) <= (ahead.month, ahead.day) else now.year - 1


def _zone_of(stamp: str) -> timezone:
    if found := _OFFSET.search(stamp):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    if found := _NAMED_ZONE.search(stamp):
        return timezone(timedelta(hours=_ZONES.get(found[1], 0)))
    return UTC


def _hour_of(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half in ("PM", "下午") else 0)


def read_time(stamp: str, *, now: datetime | None = None) -> datetime | None:
    """Read the time of a header as UTC; a time without zone counts as UTC.

    ``now`` gives the year of layouts that have none (syslog, glog); without it they have no time.

    >>> read_time("2024-06-11 18:22:33,123+08:00").isoformat()
    '2024-06-11T10:22:33.123000+00:00'
    """
    stamp = stamp.strip()[:64]
    try:
        if found := _EPOCH.match(stamp):
            return datetime.fromtimestamp(float(stamp) / 10 ** (len(found[1]) - 10), UTC)
        match = next((match for form in _FORMS if (match := form.match(stamp))), None)
        if match is None:
            return None
        parts = match.groupdict()
        date = _date_of(parts, stamp)
        year = _year_of(date, now)
        if year is None:
            return None
        hour, minute, second = _hour_of(int(parts["h"]), parts["half"]), int(parts["m"]), int(parts["s"])
        micro = int((parts["f"] or "0").ljust(6, "0")[:6])
        zone = _zone_of(stamp)
        return datetime(year, date.month, date.day, hour, minute, second, micro, zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
