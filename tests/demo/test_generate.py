"""The events of the sample: number, order, repeatability, rhythm, incident, new errors."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest

from knowledge_base.errors import InputError
from web.demo.catalog import Catalog, load_catalog
from web.demo.generate import DemoEvent, generate_lines

END = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def events() -> list[DemoEvent]:
    return list(generate_lines(seed=1, end=END))


def test_exactly_as_many_as_asked_for_sorted_and_in_the_period(events: list[DemoEvent]) -> None:
    assert len(events) == 20_000
    times = [event.at for event in events]
    assert times == sorted(times)
    assert times[0] >= END - timedelta(days=14)
    assert times[-1] < END
    assert {event.at.tzinfo for event in events} == {UTC}


@pytest.mark.parametrize("lines", [0, 1, 7, 239, 1000])
@pytest.mark.parametrize("days", [1, 2, 3])
def test_any_number_of_lines(lines: int, days: int) -> None:
    events = list(generate_lines(seed=3, end=END, lines=lines, days=days))
    assert len(events) == lines
    assert all(END - timedelta(days=days) <= event.at < END for event in events)


def test_the_same_seed_and_end_give_the_same_events(events: list[DemoEvent]) -> None:
    assert list(generate_lines(seed=1, end=END)) == events
    elsewhere = END.astimezone(timezone(timedelta(hours=8)))
    assert list(generate_lines(seed=1, end=elsewhere)) == events
    assert list(generate_lines(seed=2, end=END)) != events
    assert list(generate_lines(seed=1, end=END + timedelta(hours=1))) != events


def test_every_template_is_seen_with_many_values(events: list[DemoEvent], catalog: Catalog) -> None:
    seen = Counter(event.template_name for event in events)
    assert set(seen) == {template.name for template in catalog.templates}
    assert len({event.text for event in events}) > 0.98 * len(events)
    templates = {template.name: template for template in catalog.templates}
    for event in events[::50]:
        template = templates[event.template_name]
        assert (event.system, event.service, event.level) == (template.system, template.service, template.level)


def test_no_variable_is_left(events: list[DemoEvent]) -> None:
    assert [event.template_name for event in events if "{" in event.text or "}" in event.text] == []


def test_few_templates_make_most_of_the_lines(events: list[DemoEvent]) -> None:
    counts = sorted(Counter(event.template_name for event in events).values(), reverse=True)
    tenth = len(counts) // 10
    assert sum(counts[:tenth]) > 0.4 * len(events)
    assert counts[0] > 20 * counts[len(counts) // 2]


def test_days_and_nights_and_weekends(events: list[DemoEvent]) -> None:
    hours = Counter(event.at.hour for event in events)
    assert min(hours[hour] for hour in (9, 10, 11, 14, 15)) > 1.5 * max(hours[hour] for hour in (5, 6, 21, 22, 23))
    assert min(hours[hour] for hour in (1, 2, 3)) > 1.5 * max(hours[hour] for hour in (5, 6, 22, 23))
    days = Counter(event.at.date() for event in events)
    whole = [day for day in days if END.date() - timedelta(days=14) < day < END.date()]
    weekend = [days[day] for day in whole if day.weekday() >= 5]
    working = [days[day] for day in whole if day.weekday() < 5]
    assert len(weekend) == 4
    assert max(weekend) < 0.75 * min(working)


@pytest.mark.parametrize("end", [END, END + timedelta(days=3, hours=9)])
def test_one_incident_on_the_day_before_the_end(catalog: Catalog, end: datetime) -> None:
    names = {template.name for template in catalog.templates if template.problem == catalog.incident}
    start = (end - timedelta(days=1)).replace(hour=14, minute=0)
    times = [event.at for event in generate_lines(seed=5, end=end) if event.template_name in names]
    inside = sum(start <= at < start + timedelta(hours=3) for at in times)
    before = {
        start - timedelta(days=back): sum(
            start - timedelta(days=back) <= at < start - timedelta(days=back) + timedelta(hours=3) for at in times
        )
        for back in range(1, 13)
    }
    working = [count for day, count in before.items() if day.weekday() < 5]
    assert 6 < inside / (sum(working) / len(working)) < 16
    assert inside > 3 * max(before.values())


def test_new_errors_first_appear_in_the_last_two_days(events: list[DemoEvent], catalog: Catalog) -> None:
    new = {template.name for template in catalog.templates if template.new}
    first: dict[str, datetime] = {}
    for event in events:
        first.setdefault(event.template_name, event.at)
    assert 3 <= len(new) <= 12
    assert all(first[name] >= END - timedelta(days=2) for name in new)
    assert all(at < END - timedelta(days=2) for name, at in first.items() if name not in new)
    seen = Counter(event.template_name for event in events)
    assert all(seen[name] >= 5 for name in new)


def test_refuses_numbers_and_times_that_make_no_sense() -> None:
    with pytest.raises(InputError, match="not -1 and 14"):
        list(generate_lines(seed=1, end=END, lines=-1))
    with pytest.raises(InputError, match="not 10 and 0"):
        list(generate_lines(seed=1, end=END, lines=10, days=0))
    with pytest.raises(InputError, match="time zone"):
        list(generate_lines(seed=1, end=END.replace(tzinfo=None)))
