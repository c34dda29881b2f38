"""Couriers keep to the platform's pace together, give up in the end, and send nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from assistant.memory import MemoryChannel
from assistant.outbox import Courier
from assistant.ports import Address, Delivered, Delivery, Doubtful, Pace, Postponed
from assistant.reply import Reply
from knowledge_base.store.messages import outbox
from tests.assistant.chatting import courier, queue_replies
from tests.assistant.conformance.world import World

MINUTE = timedelta(minutes=1)


def work_for(world: World, time: timedelta, *couriers: Courier) -> None:
    """Let couriers work for a time; what nobody has to do anything in is skipped."""
    end = world.clock() + time
    while world.clock() < end:
        if not sum(each.work() for each in couriers):
            world.clock.shift += max(timedelta(), min(world.next_due() or end, end) - world.clock())
            world.clock.shift += timedelta(milliseconds=1)


class Failing(MemoryChannel):
    """A platform that answers each message with the same failure; nothing arrives."""

    failure: Delivery = Doubtful("500")
    sent = 0

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        self.sent += 1
        return self.failure


def test_a_platform_that_fails_for_ever_is_left_in_peace_and_then_given_up(world: World) -> None:
    failing = Failing()
    queue_replies(world, 1)
    work_for(world, timedelta(hours=1), courier(world, failing))
    assert 3 < failing.sent < 25
    work_for(world, timedelta(hours=5), courier(world, failing))
    assert world.states() == ["dead"]
    assert failing.sent == world.deliveries()[0].attempts == 30
    assert "500" in world.deliveries()[0].error


def test_two_couriers_keep_to_the_pace_together(world: World) -> None:
    paced = MemoryChannel(pace=Pace(5, 60.0))
    queue_replies(world, 16)
    together = threading.Barrier(2)

    def work() -> None:
        mine = courier(world, paced)
        together.wait()
        while mine.work():
            pass

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(paced.notes) == 5


def test_a_restart_does_not_forget_the_pace(world: World) -> None:
    paced = MemoryChannel(pace=Pace(5, 60.0))
    queue_replies(world, 16)

    class Killed(MemoryChannel):
        left = 0

        def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
            result = paced.send(address, reply, marker)
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt
            return result

    for _ in range(3):
        dying = Killed(pace=paced.pace)
        dying.left = 5
        with suppress(KeyboardInterrupt):
            courier(world, dying).work()
    assert len(paced.notes) == 5


def test_the_pace_of_one_lane_holds_up_no_other(world: World) -> None:
    paced = MemoryChannel(pace=Pace(2, 60.0))
    queue_replies(world, 5)
    queue_replies(world, 2, lane="other")
    courier(world, paced).work()
    assert sorted(str(note.address["thread"]) for note in paced.notes) == ["other", "other", "t", "t"]


def test_attempts_count_against_the_pace_too(world: World) -> None:
    failing = Failing(pace=Pace(2, 600.0))
    failing.failure = Postponed("nobody listens")
    queue_replies(world, 1)
    work_for(world, timedelta(minutes=5), courier(world, failing))
    assert failing.sent == 2


def test_a_claim_from_a_clock_that_was_far_ahead_blocks_nothing(world: World) -> None:
    paced = MemoryChannel(pace=Pace(1, 60.0))
    queue_replies(world, 2)
    world.clock.shift += timedelta(days=2)
    courier(world, paced).work()
    world.clock.shift -= timedelta(days=2)
    with world.knowledge.store.write() as db:
        [waiting] = [each for each in world.deliveries() if each.state == "waiting"]
        outbox.move(db, waiting, "waiting", next_at=world.clock())
    courier(world, paced).work()
    assert len(paced.notes) == 2


class Interrupting(MemoryChannel):
    """Calls something while the first message is under way."""

    def meanwhile(self, act: Callable[[], None]) -> None:
        self._act: Callable[[], None] | None = act

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        act, self._act = self._act, None
        if act is not None:
            act()
        return MemoryChannel.send(self, address, reply, marker)


def test_a_clock_that_is_ahead_by_more_than_the_lease_sends_nothing_twice(world: World) -> None:
    slow = Interrupting()
    queue_replies(world, 1)

    def other_process() -> None:
        world.clock.shift += MINUTE
        other = courier(world, slow)
        for _ in range(5):
            other.work()
        world.clock.shift -= MINUTE

    slow.meanwhile(other_process)
    courier(world, slow).work()
    assert len(slow.notes) == 1
    work_for(world, 10 * MINUTE, courier(world, slow))
    assert len(slow.notes) == 1
    assert world.states() == ["sent"]


@pytest.mark.parametrize("readable", [True, False])
def test_who_claimed_a_delivery_may_still_say_that_it_is_there(world: World, readable: bool) -> None:
    slow = Interrupting(readable=readable)
    slow.results = [(Delivered("1700.5"), True)]
    queue_replies(world, 1)
    states: list[str] = []

    def asleep() -> None:
        # The other one looks, to the end where nobody can look.
        other = courier(world, MemoryChannel(readable=readable))
        work_for(world, timedelta(seconds=95) if readable else 10 * MINUTE, other)
        states.extend(world.states())

    slow.meanwhile(asleep)
    courier(world, slow).work()
    assert states == (["doubtful"] if readable else ["uncertain"])
    assert world.states() == ["sent"]
    with world.knowledge.store.read() as db:
        assert db.exec_driver_sql("SELECT receipt FROM outbox").scalar_one() == "1700.5"


def test_a_late_word_about_an_earlier_attempt_changes_nothing_about_the_next(world: World) -> None:
    slow = Interrupting()
    queue_replies(world, 1)
    failing = Failing()

    def other_process() -> None:
        work_for(world, 5 * MINUTE, courier(world, failing))

    slow.meanwhile(other_process)
    courier(world, slow).work()
    assert failing.sent > 0
    assert world.states() != ["sent"]


class Lagging(MemoryChannel):
    """A platform whose search shows a message some seconds after it was posted."""

    lag = timedelta(seconds=15)
    posted_at: datetime

    def bind(self, clock: Callable[[], datetime]) -> Lagging:
        self._clock = clock
        return self

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        self.posted_at = self._clock()
        return MemoryChannel.send(self, address, reply, marker)

    def find(self, address: Address, marker: str) -> bool | None:
        return MemoryChannel.find(self, address, marker) and self._clock() > self.posted_at + self.lag


def test_what_shows_up_late_is_not_sent_again(world: World) -> None:
    lagging = Lagging().bind(world.clock)
    lagging.results = [(Doubtful("no answer"), True)]
    queue_replies(world, 1)
    work_for(world, 5 * MINUTE, courier(world, lagging))
    assert len(lagging.notes) == 1
    assert world.states() == ["sent"]


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([False, False], "waiting"),
        ([None, False, False], "waiting"),
        ([False, None, False, True], "sent"),
        ([None, None, None, None], "uncertain"),
        ([False, None, False, None, None, False, None], "uncertain"),
    ],
)
def test_only_two_misses_in_a_row_mean_that_it_is_not_there(
    world: World, answers: Sequence[bool | None], state: str
) -> None:
    looks = list(answers)

    class Wavering(Failing):
        def find(self, address: Address, marker: str) -> bool | None:
            return looks.pop(0)

    wavering = Wavering()
    queue_replies(world, 1)
    mine = courier(world, wavering)
    for _ in range(1 + len(looks)):
        assert mine.work()
        world.clock.shift += MINUTE
    assert world.states() == [state]
    assert looks == []
    assert wavering.sent == 1


def test_a_courier_that_is_told_to_stop_ends_after_the_message_under_way(world: World) -> None:
    counted = MemoryChannel()
    queue_replies(world, 5)
    courier(world, counted).work(stopping=lambda: len(counted.notes) >= 2)
    assert world.states() == ["sent", "sent", "waiting", "waiting", "waiting"]
