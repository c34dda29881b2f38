"""Hours of a project, counted in rounds; times that people waited; what sources brought."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from knowledge_base.store.asking import question_pages
from knowledge_base.store.asking.question_pages import QuestionFilter, Standing
from knowledge_base.store.intake import source_log, source_sums
from knowledge_base.store.intake.source_log import Brought
from knowledge_base.store.messages import outbox, outbox_pages
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow
from knowledge_base.store.watching import dashboard_counting
from knowledge_base.store.watching.dashboard_counting import Round, count_some
from knowledge_base.store.watching.dashboard_failing import failing_solutions
from knowledge_base.store.watching.dashboard_hours import Hour, hour_of, read_hours, read_services, replace_hours
from knowledge_base.store.watching.dashboard_times import replied_since, solved_since
from knowledge_base.types import Outcome, SolutionState
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import keep_lines, lines_of
from tests.store.test_demand import ask

HOUR = timedelta(hours=1)


def count(store: Store, project: str = MINE) -> int:
    """Take a whole round; tell how many rows changed."""
    this, goes_on = Round(START + HOUR), True
    while goes_on:
        with store.read() as db:
            goes_on = count_some(db, project, this)
    return replace_hours(store, project, this.hours, this.begun_at)


def hours(store: Store, service: str = "") -> dict[int, Hour]:
    with store.read() as db:
        return read_hours(db, MINE, service=service, since=START - HOUR)


def solve(store: Store, category: int) -> None:
    with store.write() as db:
        number = solutions.create(db, MINE, SolutionText("It is full", "", "Wait"), author="Ana", now=START + HOUR)
        solved = (col(CategoryRow.project) == MINE, col(CategoryRow.id) == category)
        db.execute(update(CategoryRow).where(*solved).values(solution=number))


def test_a_round_writes_what_differs_and_nothing_else(store: Store) -> None:
    with store.write() as db:
        refs = keep_lines(db, lines_of("a", 60) + lines_of("b", 10, service="web"))
        keep_lines(db, lines_of("z", 5), project=OTHER)
    assert count(store) == 5
    assert count(store) == 0
    first = hour_of(START)
    assert {slot: each.lines for slot, each in hours(store).items()} == {first: 40, first + 1: 30}
    assert {slot: each.lines for slot, each in hours(store, "web").items()} == {first: 10}
    with store.read() as db:
        assert read_services(db, MINE) == ["etl", "web"]
    solve(store, refs["a"].category)
    assert count(store) == 4
    assert {slot: each.solved for slot, each in hours(store).items()} == {first: 30, first + 1: 30}
    with store.read() as db:
        (solved,) = solved_since(db, MINE, START)
        assert (solved.at, solved.waited) == (START + HOUR, HOUR)
        assert solved_since(db, MINE, START, service="web") == []
        assert failing_solutions(db, MINE, limit=5) == ([], 0)


def test_a_round_holds_few_services_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SERVICES", 1), ("HELD", 2), ("MOST_HELD", 3), ("TEMPLATES", 1)):
        monkeypatch.setattr(dashboard_counting, name, value, raising=False)
    with store.write() as db:
        for number, lines in enumerate((9, 30, 1, 2, 3, 4, 5)):
            keep_lines(db, lines_of(f"form {number}", lines, service=f"service {number}"))
    this, goes_on, most = Round(START + HOUR), True, 0
    while goes_on:
        with store.read() as db:
            goes_on = count_some(db, MINE, this)
        most = max(most, len({scope for scope, _ in this.hours}))
    assert most == 3, "the project and two services"
    assert {scope for scope, _ in this.hours} == {"", "=service 1"}
    assert sum(hour.lines for (scope, _), hour in this.hours.items() if not scope) == 54


def test_a_solution_is_dated_by_its_first_publication(store: Store) -> None:
    with store.write() as db:
        category = keep_lines(db, lines_of("a", 2))["a"].category
        text = SolutionText("It is full", "", "Wait")
        number = solutions.create(db, MINE, text, author="Ana", now=START, state=SolutionState.DRAFT)
        solutions.revise(db, MINE, number, SolutionText("Full", "", "Go"), author="Ana", now=START + HOUR, based_on=1)
        solutions.set_state(db, MINE, number, SolutionState.PUBLISHED, now=START + 3 * HOUR)
        solutions.revise(db, MINE, number, text, author="Ana", now=START + 5 * HOUR, based_on=2)
        solved = (col(CategoryRow.project) == MINE, col(CategoryRow.id) == category)
        db.execute(update(CategoryRow).where(*solved).values(solution=number))
        for state in (SolutionState.DRAFT, SolutionState.PUBLISHED):
            solutions.set_state(db, MINE, number, state, now=START + 9 * HOUR)
        (found,) = solved_since(db, MINE, START)
        assert (found.at, found.waited) == (START + 3 * HOUR, 3 * HOUR)
        assert solved_since(db, MINE, START + 4 * HOUR) == []


def test_each_question_is_in_one_part(store: Store) -> None:
    with store.write() as db:
        refs = keep_lines(db, lines_of("a", 1))
    asked = [ask(store, "ana", about=refs["a"]), ask(store, "bo"), ask(store, "cy", at=START - timedelta(days=90))]
    count(store)
    (hour,) = hours(store).values()
    assert (hour.asked, hour.covered, hour.known_unsolved, hour.unknown) == (2, 0, 1, 1)
    with store.read() as db:
        assert question_pages.open_counts(db, MINE) == {
            Standing.ESCALATED: 0, Standing.UNKNOWN: 2, Standing.KNOWN_UNSOLVED: 1
        }  # fmt: skip
        for standing in Standing:
            wanted = QuestionFilter(standing=standing)
            found = [each.id for each in question_pages.find_questions(db, MINE, wanted, limit=9)]
            expected = {Standing.UNKNOWN: asked[:0:-1], Standing.KNOWN_UNSOLVED: asked[:1]}
            assert found == expected.get(standing, []), standing
            assert question_pages.find_questions(db, OTHER, wanted, limit=9) == []


def test_answers_are_timed_by_when_they_arrived(store: Store) -> None:
    asked = ask(store, "ana", outcome=Outcome.ANSWERED)
    with store.write() as db:
        for kind in ("reply", "later"):
            new = NewDelivery(kind, "chat", kind, "lane", {}, {}, int(asked[2:]))
            outbox.queue(db, MINE, new, START)
        for number, each in enumerate(outbox.list_deliveries(db, MINE)[::-1], 1):
            outbox.move(db, each, outbox.SENT, sent_at=START + number * HOUR)
    with store.read() as db:
        assert [each.waited for each in replied_since(db, MINE, START, kind="reply")] == [HOUR]
        assert [each.waited for each in replied_since(db, MINE, START, kind="later")] == [2 * HOUR]
        assert replied_since(db, MINE, START + HOUR, kind="later") == []
        assert outbox_pages.sent_by_channel(db, MINE, START) == {"chat": 2}
        assert outbox_pages.channels(db, OTHER) == []


def test_the_newest_refused_rows_are_kept(store: Store) -> None:
    with store.write() as db:
        for start in range(0, source_log.REFUSED_KEPT + 50, 50):
            rows = [(start + place, "no text", "") for place in range(50)]
            source_log.note_refused(db, MINE, "logs/0", rows, START, count=80)
        source_log.note_lines(db, MINE, {"logs/0": Brought(5, START)}, START)
        source_log.tidy(db, MINE, START)
    with store.read() as db:
        listed = source_log.list_refused(db, MINE, limit=1000)
        assert (len(listed), listed[0].offset, listed[-1].offset) == (500, 549, 50)
        assert source_log.count_refused(db, MINE, START) == 880
        (found,) = source_sums.read_sums(db, MINE, recent=0, day=0)
        assert (found.lines, found.refused, found.newest) == (5, 880, START)
        assert source_log.list_refused(db, OTHER) == []
