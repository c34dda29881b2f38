"""Counts: whatever is rolled up or written at the same time, sums stay right."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.store.intake import counts
from knowledge_base.store.intake.counts import HOURS_KEPT, MINUTES_KEPT, CountKey, minute_of
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER, START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def add(store: Store, *entries: tuple[int, datetime, int], project: str = MINE, service: str = "etl") -> None:
    with store.write() as db:
        for template, at, lines in entries:
            counts.add(db, project, {CountKey(template, service, minute_of(at)): lines})


def series(
    store: Store, templates: list[int], start: datetime, end: datetime, step: timedelta, project: str = MINE
) -> list[int]:
    with store.read() as db:
        return counts.series(db, project, templates, start=start, end=end, step=step)


def test_lines_of_a_minute_add_up_over_services_and_templates(store: Store) -> None:
    add(store, (1, START, 2), (1, START + timedelta(seconds=30), 3), (2, START, 10), (3, START, 100))
    add(store, (1, START, 1), service="api")
    minute = timedelta(minutes=1)
    assert series(store, [1, 2], START, START + 2 * minute, minute) == [16, 0]
    assert series(store, [3], START, START + minute, minute) == [100]
    with store.read() as db:
        assert counts.total(db, MINE) == 116


def test_a_series_has_its_start_and_not_its_end(store: Store) -> None:
    add(store, (1, START - timedelta(minutes=1), 1), (1, START, 2), (1, START + HOUR, 4), (1, START + 2 * HOUR, 8))
    assert series(store, [1], START, START + 2 * HOUR, HOUR) == [2, 4]
    assert series(store, [1], START, START + 1.5 * HOUR, HOUR) == [2, 4]


def test_a_series_may_be_of_very_many_templates(store: Store) -> None:
    add(store, (3, START, 100), (99_999, START, 5))
    assert series(store, [*range(30_000, 100_000), 3], START, START + HOUR, HOUR) == [105]


def test_a_series_of_nothing_is_empty(store: Store) -> None:
    add(store, (1, START, 1))
    assert series(store, [], START, START + HOUR, HOUR) == [0]
    assert series(store, [9], START, START + HOUR, HOUR) == [0]
    assert series(store, [1], START, START, HOUR) == []
    assert series(store, [1], START, START - HOUR, HOUR) == []


def test_another_projects_templates_count_nothing(store: Store) -> None:
    add(store, (1, START, 5))
    assert series(store, [1], START, START + HOUR, HOUR, project=OTHER) == [0]
    with store.write() as db:
        assert counts.total(db, OTHER) == 0
        assert counts.roll_up(db, OTHER, START + timedelta(days=400)) == 0
        assert counts.total(db, MINE) == 5


def test_old_minutes_become_hours_and_old_hours_become_days(store: Store) -> None:
    midnight = START.replace(hour=0, minute=0)
    for hour in range(24):
        add(store, (1, midnight + hour * HOUR, 1), (1, midnight + hour * HOUR + timedelta(minutes=59), 1))
    before = series(store, [1], midnight, midnight + DAY, HOUR)
    assert before == [2] * 24
    with store.write() as db:
        assert counts.roll_up(db, MINE, midnight + DAY + MINUTES_KEPT) == 48
        assert counts.roll_up(db, MINE, midnight + DAY + MINUTES_KEPT) == 0
    assert series(store, [1], midnight, midnight + DAY, HOUR) == before
    with store.write() as db:
        assert counts.roll_up(db, MINE, midnight + DAY + HOURS_KEPT) == 24
    assert series(store, [1], midnight, midnight + DAY, DAY) == [48]
    add(store, (1, midnight + HOUR, 7))
    assert series(store, [1], midnight, midnight + DAY, DAY) == [55], "a late line is counted beside"
    with store.write() as db:
        assert counts.roll_up(db, MINE, midnight + DAY + HOURS_KEPT) == 2
    assert series(store, [1], midnight, midnight + DAY, DAY) == [55]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 200 * 1440), st.integers(1, 50)), min_size=1, max_size=30
    ),
    roll_ups=st.lists(st.integers(0, 300), max_size=4),
)
def test_rolling_up_keeps_every_sum(store: Store, entries: list[tuple[int, int, int]], roll_ups: list[int]) -> None:
    base = START.replace(hour=0, minute=0)

    def daily() -> list[list[int]]:
        return [series(store, [template], base, base + 201 * DAY, DAY) for template in (1, 2, 3)]

    start = daily()
    add(store, *[(template, base + timedelta(minutes=minute), lines) for template, minute, lines in entries])
    expected = [list(row) for row in start]
    for template, minute, lines in entries:
        expected[template - 1][minute // 1440] += lines
    assert daily() == expected
    for day in sorted(roll_ups):
        with store.write() as db:
            before = counts.total(db, MINE)
            counts.roll_up(db, MINE, base + day * DAY)
            assert counts.total(db, MINE) == before
        assert daily() == expected


def test_writers_and_a_roll_up_at_the_same_time_lose_nothing(store: Store) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(5)

    def write(service: str) -> None:
        try:
            start.wait(20)
            for number in range(20):
                add(store, (1 + number % 3, START + timedelta(minutes=number % 4), 1), service=service)
        except BaseException as error:
            failures.append(error)

    def roll() -> None:
        try:
            start.wait(20)
            for _ in range(15):
                with store.write() as db:
                    counts.roll_up(db, MINE, START + DAY + MINUTES_KEPT)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "a", "b", "c")]
    threads.append(threading.Thread(target=roll))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with store.read() as db:
        assert counts.total(db, MINE) == 80


def test_some_templates_are_rolled_up_at_a_time(store: Store) -> None:
    midnight = START.replace(hour=0, minute=0)
    add(store, (1, midnight, 1), (7, midnight, 2), (7, midnight + timedelta(minutes=5), 3))
    now = midnight + DAY + MINUTES_KEPT
    with store.write() as db:
        assert [counts.next_counted(db, MINE, behind) for behind in (0, 1, 7)] == [1, 7, None]
        assert counts.roll_up(db, MINE, now, templates=range(2, 8)) == 2
        assert not counts.is_to_roll_up(db, MINE, now, templates=range(2, 8))
        assert counts.is_to_roll_up(db, MINE, now, templates=range(1, 2))
    assert series(store, [1, 7], midnight, midnight + HOUR, HOUR) == [6]
