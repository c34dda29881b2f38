"""A message with several errors: each answered by itself, in order, all of it kept together."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from assistant.answering import Assistant
from assistant.several import MOST
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.errors import InputError
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord, Outcome, Question
from tests.assistant.chatting import channel, headlines, said, say_to
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, STRANGE, UNSOLVED, World

BOTH = f"hi team, two errors:\n1. {SOLVED}\n2. {UNSOLVED}\nany idea?"
STRANGER = "java.io.IOException: the kettle is not found on the stove"


def asked(world: World, text: str) -> Question:
    return Question(PROJECT, "memory", "ana", text, "thread-ana")


def test_each_error_is_answered_in_order(world: World) -> None:
    said(world, BOTH)
    first, second = headlines(world)
    assert SOLUTION.title in first
    assert "no solution yet" in second
    assert [note.reply.question_id for note in channel(world).notes] == ["Q-1", "Q-2"]
    assert [each.key for each in world.deliveries()] == ["reply:memory:e", "reply:memory:e:2"]
    assert [dict(note.reply.facts)["Taken for the error"] for note in channel(world).notes] == [SOLVED, UNSOLVED]


def test_a_message_that_comes_again_is_not_answered_again(world: World) -> None:
    said(world, BOTH)
    said(world, BOTH)
    assert len(headlines(world)) == 2
    assert world.count("question") == 2


def test_what_fails_on_the_second_error_keeps_nothing_of_the_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_to(world, BOTH)
    keep = Assistant.keep
    calls: list[str] = []

    def failing(self: Assistant, db: object, considered: object) -> object:
        calls.append("kept")
        if len(calls) == 2:
            raise OSError("the disk is full")
        return keep(self, db, considered)  # type: ignore[arg-type]

    monkeypatch.setattr(Assistant, "keep", failing)
    world.inbox.work()
    assert (world.count("question"), world.deliveries()) == (0, [])
    world.settle()
    assert len(headlines(world)) == 2
    assert world.count("question") == 2


def test_who_asked_two_things_is_told_later_of_the_second(world: World) -> None:
    said(world, BOTH)
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    world.settle()
    assert "Give it memory" in headlines(world)[-1]
    assert channel(world).notes[-1].reply.question_id == "Q-2"


def test_feedback_goes_to_the_answer_that_it_names(world: World) -> None:
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    said(world, BOTH)
    said(world, "not helpful Q-1", event="f1")
    said(world, "helpful", event="f2")
    with world.knowledge.store.read() as db:
        found = db.execute(text("SELECT question, verdict FROM feedback ORDER BY question")).all()
    assert [tuple(row) for row in found] == [(1, "not_helpful"), (2, "helpful")]


def test_errors_with_one_solution_get_one_reply(world: World) -> None:
    category = world.knowledge.lookup(PROJECT, SOLVED).category
    assert category is not None
    assert category.solution_id is not None
    curation.link(world.knowledge.store, PROJECT, world.category_of(UNSOLVED), category.solution_id, actor="Mei")
    said(world, BOTH)
    [only] = headlines(world)
    assert SOLUTION.title in only
    assert world.count("question") == 1


def test_more_than_five_errors_are_said_to_be_left_out(world: World) -> None:
    nouns = ("kettle", "stove", "table", "lamp", "chair", "window", "door")
    lines = [f"ERROR the {noun} of {n * 'x'}kitchen is not found: {noun}Exception" for n, noun in enumerate(nouns)]
    Pipeline(world.knowledge, PROJECT).keep(
        [LogRecord(PROJECT, "test", 10 + n, line, world.clock()) for n, line in enumerate(lines)]
    )
    said(world, "\n\n".join(lines))
    notes = channel(world).notes
    assert len(notes) <= MOST
    assert "2 further errors" in notes[-1].reply.body
    assert not any("further errors" in note.reply.body for note in notes[:-1])


def test_a_quiet_ticket_is_told_only_what_has_a_solution(world: World) -> None:
    said(world, BOTH, quiet=True)
    assert [SOLUTION.title in headline for headline in headlines(world)] == [True]
    assert world.count("question") == 2
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    world.settle()
    assert "Give it memory" in headlines(world)[-1]


def test_a_single_error_is_looked_up_as_the_whole_and_named(world: World) -> None:
    [answer] = Assistant(world.knowledge).ask_each(asked(world, f"hi, since today:\n\n{SOLVED}\n\nwhy?"), record=False)
    assert (answer.outcome, answer.recognised) == (Outcome.ANSWERED, SOLVED)
    [plain] = Assistant(world.knowledge).ask_each(asked(world, SOLVED), record=False)
    assert plain.recognised == ""
    [words] = Assistant(world.knowledge).ask_each(asked(world, STRANGE), record=False)
    assert (words.outcome, words.recognised) == (Outcome.UNKNOWN, "")


def test_what_is_unknown_in_a_passage_with_something_known_is_not_told(world: World) -> None:
    assistant = Assistant(world.knowledge)
    line = "2031-01-02 03:04:05 ERROR Stock: table of shelves not found"
    Pipeline(world.knowledge, PROJECT).keep([LogRecord(PROJECT, "test", 10, line, world.clock())])
    world.solve(line, SolutionText("Create the shelves", "", "Run it again"))
    passage = f"{line}\n2031-01-02 03:04:06 ERROR Shutter: the kettle whistles on stove"
    assert [each.recognised for each in assistant.ask_each(asked(world, passage), record=False)] == [line]
    apart = assistant.ask_each(asked(world, f"{SOLVED}\n\nand\n\n{STRANGER}"), record=False)
    assert [each.outcome for each in apart] == [Outcome.ANSWERED, Outcome.UNKNOWN]


def test_nothing_to_look_up_is_refused(world: World) -> None:
    assistant = Assistant(world.knowledge)
    for refused in ("", " \n", "x" * 100_001):
        with pytest.raises(InputError):
            assistant.consider_each(asked(world, refused))
