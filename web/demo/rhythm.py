"""When sample errors happen: hours with their weights, and the window of the incident.

All hours are UTC: people work from 8 to 18, batch jobs run from 1 to 4 at night.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

HOUR = timedelta(hours=1)
INCIDENT_HOURS = 3
_INCIDENT_START = time(14)
_SATURDAY = 5
_BATCH_END = 5
_WEEKEND = 0.45
_BY_HOUR = (
    *(0.8, 1.7, 1.9, 1.6, 0.9, 0.5, 0.5, 0.8),  # the batch bump
    *(1.4, 2.1, 2.3, 2.1, 1.5, 1.9, 2.3, 2.2, 2.0, 1.7),  # working hours, with lunch
    *(1.1, 0.8, 0.7, 0.6, 0.5, 0.5),
)


def hour_weight(at: datetime, *, weekend: bool | None = None) -> float:
    """How busy the hour is in which this moment lies; the night batch does not know weekends.

    ``weekend`` says what kind of day it is, where the date shall not.
    """
    quiet = at.weekday() >= _SATURDAY if weekend is None else weekend
    weight = _BY_HOUR[at.hour]
    return weight * _WEEKEND if quiet and at.hour >= _BATCH_END else weight


def slots(*, end: datetime, days: int) -> list[datetime]:
    """The starts of the hours of the period; the last one ends at ``end``."""
    return [end - HOUR * back for back in range(days * 24, 0, -1)]


def incident_start(*, end: datetime) -> datetime:
    """The start of the incident: 14:00 UTC on the calendar day before the end."""
    return datetime.combine(end.date() - timedelta(days=1), _INCIDENT_START, tzinfo=end.tzinfo)
