"""What happens between a group, a database and a runner: every line counts once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka.errors import KafkaTimeoutError

from ingest.runners import kafka
from ingest.sources.kafka import holdings
from knowledge_base.errors import StorageUnavailable
from knowledge_base.store.intake import positions
from knowledge_base.store.store import utc_now
from tests.ingest.kafka_twin import FIRST, SECOND, Reading, Sent, TwinMembership, rows
from tests.ingest.support import knowledge_in


@contextmanager
def reading_of(home: Path, twin: TwinMembership, *, batch: int = 20) -> Iterator[Reading]:
    with knowledge_in(home, clock=utc_now, batch_size=batch) as knowledge:
        yield Reading(home, knowledge, twin, batch=batch)


@pytest.fixture
def reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    """Two partitions of 100 rows; short pauses."""
    monkeypatch.setattr(holdings, "RETAKE_SECONDS", 0.2)
    twin = TwinMembership({FIRST: rows(100), SECOND: rows(100)})
    with reading_of(tmp_path / "home", twin) as reading:
        yield reading


def failing(times: int, error: Exception) -> Callable[..., None]:
    """Raise an error so many times."""
    left = [error] * times

    def fail(*_: object) -> None:
        if left:
            raise left.pop()

    return fail


def when(true: Callable[[], bool], action: Callable[[], None]) -> Callable[[], None]:
    """Do something once, as soon as something is so."""
    done: list[bool] = []

    def happens() -> None:
        if not done and true():
            done.append(True)
            action()

    return happens


def test_where_the_group_stands_in_kafka_changes_nothing(reading: Reading) -> None:
    reading.twin.give(FIRST, at=70)
    reading.twin.give(SECOND, at=0)
    reading.until(reading.has_counted(200))
    assert reading.held.counted == 200


def test_a_partition_that_goes_and_comes_back_at_once_loses_nothing(reading: Reading) -> None:
    twin = reading.twin
    twin.give(FIRST)
    twin.give(SECOND)

    def shuffle() -> None:
        twin.take_away(FIRST)
        twin.give(FIRST, at=90)

    twin.before_poll = [when(reading.has_counted(40), shuffle)]
    reading.until(reading.has_counted(200))
    assert reading.held.counted == 200


def test_a_database_that_is_away_when_partitions_come_loses_nothing(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_over, fail = reading.partitions.take_over, failing(3, StorageUnavailable("away"))

    def unsteady(spans, ids):  # type: ignore[no-untyped-def]
        if SECOND in spans:
            fail()
        return take_over(spans, ids)

    monkeypatch.setattr(reading.partitions, "take_over", unsteady)
    reading.twin.give(FIRST)
    reading.twin.before_poll = [when(reading.has_counted(20), lambda: reading.twin.give(SECOND, at=50))]
    reading.until(reading.has_counted(200))
    assert reading.held.counted == 200


@pytest.mark.parametrize("texts", ["rows", "lines"])
def test_a_commit_whose_answer_is_lost_is_not_made_twice(reading: Reading, texts: str) -> None:
    if texts == "lines":  # the last line of each is closed without any offset that moves
        for place in (FIRST, SECOND):
            reading.twin.logs[place] = [Sent(n, b"2026-03-01 10:00:00 ERROR disk %d is full" % n) for n in range(100)]
    reading.twin.give(FIRST)
    reading.twin.give(SECOND)
    answers = iter([True, False, False, True] * 100)

    def lose_the_answer() -> None:
        if not next(answers):
            raise StorageUnavailable("the connection broke")

    reading.committer.after = lose_the_answer
    reading.until(reading.has_counted(200), seconds=40)
    time.sleep(0.5)
    assert reading.held.counted == 200


def test_a_rebalance_while_the_database_is_away_goes_on_by_itself(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = reading.twin
    twin.give(FIRST)
    twin.give(SECOND)
    away = failing(2, StorageUnavailable("away"))
    reading.committer.before = failing(2, StorageUnavailable("away"))
    read_again = reading.partitions.read_again

    def unsteady(place, partition):  # type: ignore[no-untyped-def]
        away()
        return read_again(place, partition)

    monkeypatch.setattr(reading.partitions, "read_again", unsteady)

    def shuffle() -> None:
        twin.take_away(SECOND)
        twin.give(SECOND, at=3)

    twin.before_poll = [when(lambda: bool(twin.paused), shuffle)]
    reading.until(reading.has_counted(200))
    assert reading.held.counted == 200


def test_a_client_that_fails_while_reading_is_paused_is_asked_again(reading: Reading) -> None:
    twin = reading.twin
    twin.give(FIRST)
    twin.give(SECOND)
    reading.committer.before = failing(2, StorageUnavailable("away"))
    fail = failing(1, KafkaTimeoutError("away"))
    twin.before_poll = [lambda: fail() if twin.paused else None]
    reading.until(reading.has_counted(200))
    assert reading.held.counted == 200


def test_a_partition_that_a_former_owner_took_by_mistake_is_taken_back(reading: Reading) -> None:
    twin = reading.twin
    twin.give(FIRST)
    twin.give(SECOND)

    def too_late() -> None:
        with reading.store.write() as db:
            positions.take(db, "default", reading.partitions.position_name(FIRST), reading.partitions._clock())

    twin.before_poll = [when(reading.has_counted(40), too_late)]
    reading.until(reading.has_counted(200))
    assert reading.held.counted == 200


def test_a_partition_that_is_gone_is_not_taken_back(reading: Reading) -> None:
    twin = reading.twin
    twin.give(FIRST)
    twin.give(SECOND)

    def another() -> None:
        with reading.store.write() as db:
            positions.take(db, "default", reading.partitions.position_name(FIRST), reading.partitions._clock())
        twin.take_away(FIRST)

    twin.before_poll = [when(reading.has_counted(40), another)]
    reading.until(lambda: reading.partitions.is_done(SECOND, 100))
    assert reading.held.counted < 200


def test_a_topic_made_anew_while_it_is_read_counts_from_its_start(reading: Reading) -> None:
    twin = reading.twin
    twin.give(FIRST)

    def anew() -> None:
        twin.ids = {"t": "second"}
        twin.logs[FIRST] = rows(150)
        # The client goes on where it stood, for there are messages.

    twin.before_poll = [when(reading.has_counted(100), anew)]
    reading.until(reading.has_counted(250))
    time.sleep(0.3)
    assert reading.held.counted == 250


def test_a_shorter_topic_made_anew_counts_from_its_start(reading: Reading) -> None:
    twin = reading.twin
    twin.give(FIRST)

    def anew() -> None:
        twin.ids = {"t": "second"}
        twin.logs[FIRST] = rows(30)
        twin.stands[FIRST] = 0  # the client's own reset

    twin.before_poll = [when(reading.has_counted(100), anew)]
    reading.until(reading.has_counted(130))
    assert reading.held.counted == 130


def test_traces_in_a_backlog_are_not_torn_by_slow_commits(tmp_path: Path) -> None:
    trace = (b"2026-03-01 10:00:00 ERROR job failed", b"java.io.IOException: disk full", b"\tat a.B.c(B.java:1)")
    log = [Sent(number, trace[number % 3]) for number in range(300)]
    twin = TwinMembership({FIRST: list(log), SECOND: list(log)}, at_once=10)
    with reading_of(tmp_path / "home", twin) as reading:
        reading.committer.before = lambda: time.sleep(0.35)
        twin.give(FIRST)
        twin.give(SECOND)
        reading.until(reading.has_counted(200), seconds=60)
        assert list(reading.held.templates.values()) == [200]


def test_a_batch_is_bounded_by_its_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "MAX_CHARACTERS", 10_000)
    twin = TwinMembership({FIRST: [Sent(n, b'{"text": "%s"}' % (b"disk full " * 100)) for n in range(50)]}, at_once=2)
    with reading_of(tmp_path / "home", twin, batch=10_000) as reading:
        twin.give(FIRST)
        reading.until(reading.has_counted(50))
        assert max(reading.committer.sizes) <= 12_000


def test_stopping_while_the_database_is_away_is_quick(reading: Reading) -> None:
    reading.twin.give(FIRST)
    reading.committer.before = failing(1000, StorageUnavailable("away"))
    begun = time.monotonic()
    reading.until(lambda: bool(reading.twin.paused))
    assert time.monotonic() - begun < 15  # the pauses grow to half a minute
    assert reading.held.counted == 0
