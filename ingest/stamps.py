"""The times of headers: the layouts that most logs have, at once; all others as ``read_time`` reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from knowledge_base.signature import read_time

_WHOLE = (19, 23, 26)
_SHORT_YEAR = 17


def read_stamp(stamp: str, *, now: datetime) -> datetime | None:
    """Read a time as ``read_time`` does.

    >>> read_stamp("2024-06-11 10:22:33,123", now=datetime.now(UTC)).isoformat()
    '2024-06-11T10:22:33.123000+00:00'
    """
    bare = stamp[:-4] if stamp.endswith(" UTC") else stamp[:-1] if stamp.endswith("Z") else stamp
    length = len(bare)
    try:
        if length in _WHOLE and bare[:2] in ("19", "20") and bare[4] == bare[7] == "-" and bare[10] in " T":
            # Anything but digits where digits are expected, and other signs between them, is an error there.
            found = datetime.fromisoformat(f"{bare}Z")
            return found if found.tzinfo is UTC else read_time(stamp, now=now)
        if length == _SHORT_YEAR and bare[2] == bare[5] == "/" and bare[8] == " " and bare[:2] <= "31":
            return datetime.fromisoformat(f"20{bare[:2]}-{bare[3:5]}-{bare[6:8]}T{bare[9:]}Z")
    except ValueError:
        pass
    return read_time(stamp, now=now)
