"""The volume of a category over time, as a chart, a sentence and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import Connection

from knowledge_base.store.grouping import categories, category_sums
from knowledge_base.store.intake import counts
from knowledge_base.types import Solution
from web.drawing.charts import NARROW, WIDE, Chart, chart
from web.drawing.sparkline import spike_run
from web.showing.formats import Formats

HOUR = timedelta(hours=1)
RANGES = {
    "hour": (timedelta(hours=1), timedelta(minutes=1)),
    "day": (timedelta(hours=24), timedelta(minutes=15)),
    "week": (timedelta(days=7), timedelta(hours=2)),
    "14d": (timedelta(days=14), timedelta(hours=4)),
}
DEFAULT_RANGE = "14d"


@dataclass(frozen=True, slots=True)
class Volume:
    """Everything that the card shows; ``spike_text`` is empty where nothing stands out.

    ``peak`` is the summary without the total, for where that stands beside it already.
    """

    charts: tuple[Chart, ...]
    summary: Markup
    peak: Markup
    spike_text: Markup
    step_shown: Markup
    rows: tuple[tuple[datetime, int], ...]


def read_volume(
    db: Connection,
    project: str,
    category: int,
    *,
    range_name: str,
    versions: Sequence[Solution],
    formats: Formats,
) -> Volume:
    """Count a category's lines over a range and draw them; those of a crowded one by the hour at least."""
    span, step = RANGES[range_name]
    hours = category_sums.crowded_hours(db, project, [category]).get(category) if span > HOUR else None
    step = step if hours is None else max(step, HOUR)
    seconds = step.total_seconds()
    end = formats.now + timedelta(seconds=seconds - formats.now.timestamp() % seconds)
    start = end - span
    if hours is None:
        templates = categories.active_templates_of(db, project, category, start)
        values = counts.series(db, project, templates, start=start, end=end, step=step)
    else:
        values = category_sums.steps_of(hours, start=start, end=end, step=step)
    starts = [start + step * place for place in range(len(values))]
    texts = [_tick(formats, each, span) for each in starts[:-1]] + [str(formats.translator.text("now"))]
    marks = [((each.at - start) / span, each.version) for each in reversed(versions) if start < each.at <= end]
    return Volume(
        charts=tuple(chart(values, frame=frame, tick_texts=texts, marks=marks[-6:]) for frame in (WIDE, NARROW)),
        summary=_summary(values, starts, formats),
        peak=_peak(values, starts, formats),
        spike_text=_spike_text(values, starts, formats),
        step_shown=_step_shown(step, formats),
        rows=tuple((at, value) for at, value in zip(starts, values, strict=True) if value)[::-1],
    )


def _tick(formats: Formats, at: datetime, span: timedelta) -> str:
    return f"{at.astimezone(formats.zone):%H:%M}" if span <= timedelta(days=1) else formats.day(at)


def _step_shown(step: timedelta, formats: Formats) -> Markup:
    minutes = int(step.total_seconds() // 60)
    _ = formats.translator.text
    return _("lines in %(n)s min", n=minutes) if minutes < 60 else _("lines in %(n)s h", n=minutes // 60)


def _summary(values: Sequence[int], starts: Sequence[datetime], formats: Formats) -> Markup:
    if not any(values):
        return formats.translator.text("No lines in this range.")
    place = max(range(len(values)), key=values.__getitem__)
    return formats.translator.text(
        "%(total)s lines, most %(most)s from %(time)s",
        total=formats.number(sum(values)),
        most=formats.number(values[place]),
        time=formats.moment(starts[place]),
    )


def _peak(values: Sequence[int], starts: Sequence[datetime], formats: Formats) -> Markup:
    if not any(values):
        return formats.translator.text("No lines in this range.")
    place = max(range(len(values)), key=values.__getitem__)
    return formats.translator.text(
        "most %(most)s from %(time)s", most=formats.number(values[place]), time=formats.moment(starts[place])
    )


def _spike_text(values: Sequence[int], starts: Sequence[datetime], formats: Formats) -> Markup:
    run = spike_run(values)
    if run is None:
        return Markup("")
    ordinary = sorted(value for place, value in enumerate(values) if value and not run[0] <= place <= run[1])
    usual = ordinary[len(ordinary) // 2] if ordinary else 1
    times = max(values) / max(1, usual)
    return formats.translator.text(
        "Spike from %(time)s · %(times)s× usual", time=formats.moment(starts[run[0]]), times=f"{times:.1f}"
    )
