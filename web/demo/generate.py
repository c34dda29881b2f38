"""Make the events of the sample: the same ones for the same seed and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from knowledge_base.errors import InputError
from web.demo.catalog import Catalog, DemoTemplate, load_catalog
from web.demo.rhythm import HOUR, INCIDENT_HOURS, hour_weight, incident_start, slots
from web.demo.values import draw_values

DEFAULT_LINES = 20_000
DEFAULT_DAYS = 14
NEW_SINCE = timedelta(days=2)
INCIDENT_FACTOR = 10


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One event of the sample; ``text`` begins with its header and may span lines, ``at`` is in UTC."""

    at: datetime
    service: str
    level: str
    system: str
    template_name: str
    text: str


def generate_lines(
    *,
    end: datetime,
    seed: int = 1,
    lines: int = DEFAULT_LINES,
    days: int = DEFAULT_DAYS,
    catalog: Catalog | None = None,
) -> Iterator[DemoEvent]:
    """Yield exactly ``lines`` events of the ``days`` before ``end``, sorted by time.

    With at least as many lines as templates each template is seen. The catalogue's incident
    happens where its window lies in the period. Raises :class:`InputError` on bad numbers, a time
    without a zone, or a catalogue that cannot be read.
    """
    if lines < 0 or days < 1:
        raise InputError(f"A sample needs 0 or more lines and 1 or more days, not {lines} and {days}")
    if end.tzinfo is None:
        raise InputError("The end of the sample needs a time zone")
    catalog = catalog or load_catalog()
    end = end.astimezone(UTC)
    rng = Random(seed)  # noqa: S311 - a sample, nothing secret
    for at, template in _schedule(catalog, rng=rng, lines=lines, days=days, end=end):
        yield DemoEvent(
            at=at,
            service=template.service,
            level=template.level,
            system=template.system,
            template_name=template.name,
            text=render(template, rng=rng, at=at),
        )


def render(template: DemoTemplate, *, rng: Random, at: datetime) -> str:
    """Fill the variables of a template; a variable that is used twice has one value."""
    # the reader has checked that every brace belongs to a variable
    return template.text.format_map(draw_values(template.variables, rng=rng, at=at))


def _schedule(
    catalog: Catalog, *, rng: Random, lines: int, days: int, end: datetime
) -> list[tuple[datetime, DemoTemplate]]:
    """Choose the time and template of each event."""
    hours = slots(end=end, days=days)
    busy = [hour_weight(hour + HOUR / 2) for hour in hours]
    recent = [index for index, hour in enumerate(hours) if hour >= end - NEW_SINCE]
    old = [template for template in catalog.templates if not template.new]
    planned: list[tuple[int | None, DemoTemplate]] = []
    if lines >= len(catalog.templates):
        planned += [(None, template) for template in catalog.templates]
    struck = [template for template in old if template.problem == catalog.incident]
    extra = _incident_lines(struck, old, hours=hours, busy=busy, lines=lines, end=end)
    extra = min(extra, lines - len(planned))
    calm = lines - len(planned) - extra
    before, after = _pool(old), _pool(catalog.templates)
    first_recent = recent[0]
    for slot in rng.choices(range(len(hours)), cum_weights=list(accumulate(busy)), k=calm):
        templates, weights = after if slot >= first_recent else before
        planned.append((slot, rng.choices(templates, cum_weights=weights)[0]))

    timed: list[tuple[datetime, DemoTemplate]] = []
    for fixed, template in planned:
        if fixed is None:
            among = recent if template.new else range(len(hours))
            fixed = rng.choices(among, weights=[busy[index] for index in among])[0]
        timed.append((_moment(hours[fixed], rng=rng, span=HOUR), template))
    if extra:
        start = incident_start(end=end)
        hit = _pool(struck)
        for template in rng.choices(hit[0], cum_weights=hit[1], k=extra):
            timed.append((_moment(start, rng=rng, span=HOUR * INCIDENT_HOURS), template))
    timed.sort(key=lambda item: (item[0], item[1].name))
    return timed


def _incident_lines(
    struck: Sequence[DemoTemplate],
    old: Sequence[DemoTemplate],
    *,
    hours: Sequence[datetime],
    busy: Sequence[float],
    lines: int,
    end: datetime,
) -> int:
    """How many lines the incident adds: its problem is seen ten times as often as on a working day at that time."""
    start = incident_start(end=end)
    if not struck or start < hours[0] or start + HOUR * INCIDENT_HOURS > end:
        return 0
    usual = INCIDENT_HOURS * hour_weight(start + HOUR, weekend=False)
    share_of_lines = sum(template.weight for template in struck) / sum(template.weight for template in old)
    added = (INCIDENT_FACTOR - 1) * usual / sum(busy) * share_of_lines
    return round(lines * added / (1 + added))


def _pool(templates: Sequence[DemoTemplate]) -> tuple[Sequence[DemoTemplate], list[float]]:
    """Templates with their cumulative weights."""
    return templates, list(accumulate(template.weight for template in templates))


def _moment(start: datetime, *, rng: Random, span: timedelta) -> datetime:
    """A moment in a span, in whole milliseconds."""
    return start + timedelta(milliseconds=int(rng.random() * span.total_seconds() * 1000))
