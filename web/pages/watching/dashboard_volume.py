"""Error lines over time, with and without a solution: a chart, a sentence and a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from knowledge_base.store.watching.dashboard_hours import Hour, hour_of, time_of
from web.drawing.charts_stacked import NARROW, WIDE, StackedChart, stacked
from web.showing.formats import Formats

HOURS_SHOWN = 48
DAYS_SHOWN = 28


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: an hour or a day of the reader's; ``tick`` is what the axis says in place of the name."""

    name: str
    solved: int
    unsolved: int
    tick: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """Everything that the card shows."""

    is_hourly: bool
    charts: tuple[StackedChart, ...]
    steps: tuple[Step, ...]
    summary: Markup


def draw_volume(hours: Mapping[int, Hour], formats: Formats, *, is_hourly: bool) -> Volume:
    """Draw the last 48 hours or 28 days, whichever the period asks for; the last bar is still growing."""
    steps = _by_hour(hours, formats) if is_hourly else _by_day(hours, formats)
    values = [(each.solved, each.unsolved) for each in steps]
    names = [each.tick or each.name for each in steps[:-1]]
    names.append(str(formats.translator.text("now") if is_hourly else formats.translator.text("today")))
    charts = tuple(stacked(values, frame=frame, rule_text=None, tick_texts=names) for frame in (WIDE, NARROW))
    return Volume(is_hourly, charts, steps, _summary(steps, formats))


def _by_hour(hours: Mapping[int, Hour], formats: Formats) -> tuple[Step, ...]:
    last = hour_of(formats.now)
    return tuple(
        _step(
            formats.moment(time_of(slot)),  # with its day: 48 hours have each time of day twice
            [hours[slot]] if slot in hours else [],
            tick=f"{time_of(slot).astimezone(formats.zone):%H:%M}",
        )
        for slot in range(last - HOURS_SHOWN + 1, last + 1)
    )


def _by_day(hours: Mapping[int, Hour], formats: Formats) -> tuple[Step, ...]:
    of_day: dict[object, list[Hour]] = {}
    for slot, hour in hours.items():
        of_day.setdefault(time_of(slot).astimezone(formats.zone).date(), []).append(hour)
    today = formats.now.astimezone(formats.zone)
    days = [today - timedelta(days=back) for back in range(DAYS_SHOWN - 1, -1, -1)]
    return tuple(_step(_day(formats, each), of_day.get(each.date(), [])) for each in days)


def _day(formats: Formats, at: datetime) -> str:
    return formats.day(at)


def _step(name: str, hours: list[Hour], *, tick: str = "") -> Step:
    lines, solved = sum(each.lines for each in hours), sum(each.solved for each in hours)
    return Step(name, solved, lines - solved, tick)


def _summary(steps: tuple[Step, ...], formats: Formats) -> Markup:
    solved, unsolved = sum(each.solved for each in steps), sum(each.unsolved for each in steps)
    if not solved + unsolved:
        return formats.translator.text("No lines in this time.")
    most = max(steps, key=lambda each: each.solved + each.unsolved)
    return formats.translator.text(
        "%(total)s lines, %(share)s of them with a solution; most on %(when)s: %(most)s",
        total=formats.number(solved + unsolved),
        share=formats.percent(solved / (solved + unsolved)),
        when=most.name,
        most=formats.number(most.solved + most.unsolved),
    )
