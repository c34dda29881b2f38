"""Old questions and lines lose their words, a person is forgotten where they ask for it, and counts stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.answering import Assistant
from assistant.retention import Retention, forget_by_age, forget_person
from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import FeedbackSum
from knowledge_base.store.intake import counts
from knowledge_base.store.messages.message_tables import InboxRow, OutboxRow
from knowledge_base.store.metadata import METADATA
from knowledge_base.types import Question, Verdict
from tests.assistant.chatting import said
from tests.assistant.conformance.world import PROJECT, SOLVED, STRANGE, World

LONG = timedelta(days=91)


def ask(world: World, user: str, text: str = SOLVED) -> str:
    answer = Assistant(world.knowledge).ask(Question(PROJECT, "web", user, text), record=True)
    assert answer.question_id is not None
    return answer.question_id


def feedback(world: World, question: str, user: str) -> None:
    assistant = Assistant(world.knowledge)
    assistant.give_feedback(PROJECT, question, user=user, verdict=Verdict.HELPFUL, comment=f"says {user}")


def told(world: World) -> str:
    """All that is kept but for what was logged and what became knowledge."""
    names = ("question", "feedback", "inbox", "outbox", "audit")
    with world.knowledge.store.read() as db:
        return repr([db.execute(select(METADATA.tables[name])).all() for name in names])


def summed(world: World) -> FeedbackSum:
    number = number_of(Prefix.CATEGORY, world.category_of(SOLVED))
    with world.knowledge.store.read() as db:
        return questions.feedback_of(db, PROJECT, number)


def test_a_person_is_forgotten_and_the_counts_stay(world: World) -> None:
    said(world, SOLVED, user="ana-7", event="1")
    world.settle()
    for _ in range(2):
        feedback(world, ask(world, "ana-7"), "ana-7")
    of_bo = ask(world, "bo-8")
    feedback(world, of_bo, "bo-8")
    feedback(world, of_bo, "ana-7")
    before = summed(world)
    assert (before.people, before.asked, before.helpful) == (2, 4, 4)
    assert forget_person(world.knowledge.store, PROJECT, "ana-7", actor="Mei") == 3
    assert summed(world) == before
    assert "ana-7" not in told(world)
    assert "says bo-8" in told(world)
    with pytest.raises(NotFound, match="nobody called 'ana-7'"):
        forget_person(world.knowledge.store, PROJECT, "ana-7", actor="Mei")
    with world.knowledge.store.read() as db:
        assert db.execute(select(InboxRow)).first() is None
        assert db.execute(select(OutboxRow)).first() is None


def test_nobody_without_a_name_is_forgotten(world: World) -> None:
    ask(world, "ana-7")
    for name in ("", "  ", "former-0011223344556677"):
        with pytest.raises(InputError):
            forget_person(world.knowledge.store, PROJECT, name, actor="Mei")
    with pytest.raises(NotFound):
        forget_person(world.knowledge.store, "nowhere", "ana-7", actor="Mei")


def test_old_questions_lose_their_words_and_new_ones_keep_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.retention.BATCH", 2)
    for _ in range(3):
        feedback(world, ask(world, "ana-7"), "ana-7")
    waiting = ask(world, "bo-8", STRANGE)
    with world.knowledge.store.write() as db:
        questions_row = METADATA.tables["question"]
        number = number_of(Prefix.QUESTION, waiting)
        db.execute(questions_row.update().where(questions_row.c.id == number).values(escalated_at=world.clock()))
    world.clock.shift += LONG
    ask(world, "cy-9", f"{SOLVED} today")
    before = summed(world)
    assert forget_by_age(world.knowledge.store, Retention(None, None)) == 0
    assert forget_by_age(world.knowledge.store, Retention(90, None)) == 3
    assert forget_by_age(world.knowledge.store, Retention(90, None)) == 0
    assert summed(world) == before
    assert "ana-7" not in told(world)
    assert "today" in told(world)
    assert STRANGE in told(world)  # somebody waits for it


def test_old_lines_go_and_their_counts_stay(world: World) -> None:
    with world.knowledge.store.read() as db:
        lines = counts.total(db, PROJECT)
    assert world.count("sample") > 0
    assert world.count("recent") > 0
    assert forget_by_age(world.knowledge.store, Retention(None, 30)) == 0
    world.clock.shift += LONG
    assert forget_by_age(world.knowledge.store, Retention(None, 30)) > 0
    assert (world.count("sample"), world.count("recent")) == (0, 0)
    with world.knowledge.store.read() as db:
        assert counts.total(db, PROJECT) == lines
