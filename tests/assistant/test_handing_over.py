"""A question is handed over to a person by words and by a click; engineers are told once an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.answering import GUESS_FLOOR, guess
from assistant.composing import Composer
from assistant.handing_over import target_of
from assistant.phrases import CHINESE_PHRASES, ENGLISH
from assistant.words import HandOver, read_hand_over
from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.errors import InputError
from knowledge_base.store.asking import escalations, learnt_words, questions
from knowledge_base.store.asking.escalations import QuestionState
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.wanted import demand
from knowledge_base.store.wanted.demand import Wanted
from knowledge_base.types import Answer, Outcome
from tests.assistant.chatting import channel, headlines, said, say_to
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, STRANGE, UNSOLVED, World
from tests.assistant.slack.server import CHANNEL as SLACK_CHANNEL

CONVERSATION = "cidKea0123456789=="


def told_at(world: World, target: str) -> None:
    """Set where engineers are told."""
    world.knowledge.settings = world.knowledge.settings.model_copy(update={"handover_target": target})


def waiting(world: World) -> list[str]:
    with world.knowledge.store.read() as db:
        return [each.id for each in escalations.list_questions(db, PROJECT, state=QuestionState.ESCALATED)]


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("hand over", ""),
        ("Hand over to a person", ""),
        ("@kea hand it over Q-7.", "Q-7"),
        ("please hand over: q-7", "Q-7"),
        ("转人工", ""),
        ("人工", ""),
        ("请转人工处理 Q-7", "Q-7"),
        ("人工服务。", ""),
    ],
)
def test_words_that_ask_for_a_person(words: str, question: str) -> None:
    assert read_hand_over(words) == HandOver(question)


@pytest.mark.parametrize(
    "words", ["", "hand over of the lease failed", "人工智能报错", "hand over Q-7 Q-8", "转人工" * 40]
)
def test_words_that_ask_for_something_else(words: str) -> None:
    assert read_hand_over(words) is None


@pytest.mark.parametrize("said", [ENGLISH, CHINESE_PHRASES])
def test_what_is_offered_is_understood(said: object) -> None:
    for words in ("hand_over", "hand_over_words"):
        assert read_hand_over(f"{getattr(said, words)} Q-7") == HandOver("Q-7")


def test_an_unknown_question_offers_a_person_and_says_who_else_asked(world: World) -> None:
    said(world, STRANGE, event="1")
    said(world, STRANGE, event="2", user="bo")
    first, second = (note.reply for note in channel(world).notes)
    assert (first.hand_over, first.question_id) == (True, "Q-1")
    assert dict(first.facts)["Question"] == "Q-1"
    assert "Asked the same" not in dict(first.facts)
    assert dict(second.facts)["Asked the same"].startswith("1 ")
    said(world, "hand over", event="3")
    assert "Q-1 is handed over" in headlines(world)[-1]
    said(world, "人工 Q-2", event="4", user="bo")
    assert headlines(world)[-1] == "Q-2 已转人工处理。"
    assert waiting(world) == ["Q-2", "Q-1"]
    with world.knowledge.store.read() as db:
        assert questions.get(db, PROJECT, "Q-2").escalated_by == "bo"


@pytest.mark.parametrize("text", [STRANGE, UNSOLVED])
def test_who_asks_what_was_handed_over_is_told_that_a_person_is_on_it(world: World, text: str) -> None:
    said(world, text, event="1")
    said(world, "hand over", event="2")
    said(world, text, event="3", user="bo")
    said(world, SOLVED, event="4", user="bo")
    bodies = [note.reply.body for note in channel(world).notes]
    assert [ENGLISH.person_asked in body for body in bodies] == [False, False, True, False]
    assert len(bodies[2]) > len(bodies[0])
    with world.knowledge.store.write() as db:
        escalations.close(db, PROJECT, "Q-1", by="Mei", now=world.clock())
    said(world, text, event="5", user="cy")
    assert channel(world).notes[-1].reply.body == bodies[0]


def test_a_guess_is_said_to_be_one_and_only_where_it_is_near(world: World) -> None:
    known = world.category_of(SOLVED)
    number = int(known.removeprefix("KE-"))
    with world.knowledge.store.read() as db:
        near = guess(db, PROJECT, number, GUESS_FLOOR)
        assert guess(db, PROJECT, number, GUESS_FLOOR - 0.01) is None
    assert near is not None
    answer = Answer(Outcome.UNKNOWN, 0.41, None, None, (), None, "Q-1", nearest=replace(near, confidence=0.41))
    facts = dict(Composer("").answer(PROJECT, answer, "en").facts)
    assert facts["Nearest, only a guess"] == f"{known} {SOLVED}, 41% (perhaps)"
    chinese = dict(Composer("").answer(PROJECT, replace(answer, asked_by_others=3), "zh").facts)
    assert chinese["最接近的类别（仅为猜测）"].endswith("41%（有可能）")
    assert chinese["问过同样问题"] == "最近 7 天另有 3 人"


def test_an_answer_offers_a_person_only_where_it_did_not_help(world: World) -> None:
    said(world, UNSOLVED, event="1")
    said(world, SOLVED, event="2")
    said(world, "helpful", event="3")
    said(world, "not helpful", event="4")
    offers = [(note.reply.hand_over, note.reply.question_id) for note in channel(world).notes]
    assert offers == [(True, "Q-1"), (False, "Q-2"), (False, ""), (True, "Q-2")]
    said(world, "hand over Q-2", event="5")
    assert waiting(world) == ["Q-2"]


def test_a_click_hands_over_and_nothing_to_hand_over_is_said(world: World) -> None:
    said(world, "hand over", event="1")
    said(world, "hand over Q-99", event="2")
    assert headlines(world) == [ENGLISH.nothing_to_hand_over] * 2
    said(world, STRANGE, event="3")
    said(world, "", event="4", user="bo", hand_over=True, question_id="Q-1", language="zh")
    assert headlines(world)[-1] == "Q-1 已转人工处理。"
    said(world, "hand over", event="5", quiet=True)
    assert len(headlines(world)) == 4, "a quiet conversation is not answered"


def test_engineers_are_told_once_an_incident(world: World) -> None:
    told_at(world, CONVERSATION)
    for n, user in enumerate(("ana", "bo", "cy")):
        said(world, STRANGE, event=f"q{n}", user=user)
    for n, user in enumerate(("ana", "bo", "ana")):
        say_hand_over(world, f"h{n}", user)
    deliveries = [each for each in world.deliveries() if each.kind == "handover"]
    [first] = deliveries
    assert (first.channel, first.lane, first.address["conversation"]) == ("dingtalk", CONVERSATION, CONVERSATION)
    assert first.payload["headline"] == "A person is wanted: Q-1"
    assert ["Text", STRANGE] in first.payload["facts"]
    assert first.payload["link"] == "https://kea.example.com/ask?question=Q-1&project=default"
    with world.knowledge.store.write() as db:
        for each in ("Q-1", "Q-2"):
            escalations.close(db, PROJECT, each, by="Mei", now=world.clock())
    say_hand_over(world, "again", "cy")
    assert [each.question for each in world.deliveries() if each.kind == "handover"] == [1, 3]


def say_hand_over(world: World, event: str, user: str) -> None:
    """Let somebody ask for a person; deliveries of other channels stay where they are."""
    say_to(world, "hand over", event=event, user=user)
    while world.inbox.work():
        pass


def test_an_unknown_question_that_is_assigned_later_is_answered_where_it_was_asked(world: World) -> None:
    said(world, STRANGE, event="1")
    said(world, "hand over", event="2")
    with world.knowledge.store.write() as db:
        category = world.category_of(UNSOLVED).removeprefix("KE-")
        db.exec_driver_sql(f"UPDATE question SET template = (SELECT min(id) FROM template WHERE category = {category})")
    world.settle()
    assert len(headlines(world)) == 2, "there is nothing to tell yet"
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    world.clock.shift += timedelta(minutes=1)
    world.settle()
    assert "Give it memory" in headlines(world)[-1]
    world.settle()
    assert len(headlines(world)) == 3


def test_an_assigned_question_whose_solution_is_taken_back_waits_again(world: World) -> None:
    said(world, STRANGE, event="1")
    with world.knowledge.store.write() as db:
        category = world.category_of(UNSOLVED).removeprefix("KE-")
        db.exec_driver_sql(f"UPDATE question SET template = (SELECT min(id) FROM template WHERE category = {category})")
    done = curation.attach(world.knowledge.store, PROJECT, f"KE-{category}", SOLUTION, actor="Mei")
    world.later.work()
    curation.undo(world.knowledge.store, PROJECT, done.audit_id, actor="Mei")
    world.settle()
    assert world.states() == ["sent", "withdrawn"]
    world.solve(UNSOLVED)
    world.clock.shift += timedelta(minutes=1)
    world.settle()
    assert world.states() == ["sent", "withdrawn", "sent"]


def test_what_is_unknown_is_in_the_demand_queue(world: World) -> None:
    said(world, STRANGE, event="1")
    said(world, "hand over", event="2")
    DemandKeeper(world.knowledge.store).settle(PROJECT)
    with world.knowledge.store.read() as db:
        found = {each.id: each for each in demand.list_demand(db, PROJECT, Wanted())}
    assert found["Q-1"].counted.handed_over == 1
    assert found["Q-1"].text == STRANGE
    assert set(found) == {"Q-1", world.category_of(UNSOLVED)}


def test_a_question_from_before_there_were_forms_is_in_the_demand_queue(world: World) -> None:
    said(world, STRANGE, event="1")
    with world.knowledge.store.write() as db:
        learnt_words.set_form(db, PROJECT, 1, "")
    said(world, "hand over", event="2")
    DemandKeeper(world.knowledge.store).settle(PROJECT)
    with world.knowledge.store.read() as db:
        found = {each.id: each.counted.handed_over for each in demand.list_demand(db, PROJECT, Wanted())}
    assert found["Q-1"] == 1


@pytest.mark.parametrize("target", ["general", "slack:", "slack:#general", "dingtalk:C0123456789", "https://x", "cid"])
def test_a_target_that_is_no_place_is_refused(target: str) -> None:
    with pytest.raises(InputError, match="KEA_HANDOVER_TARGET"):
        target_of(target)


def test_a_target_is_read_with_and_without_its_platform() -> None:
    assert target_of(" ") is None
    for text in (SLACK_CHANNEL, f"slack:{SLACK_CHANNEL}"):
        target = target_of(text)
        assert target is not None
        assert (target.channel, target.address) == ("slack", {"channel": SLACK_CHANNEL})
    assert target_of(CONVERSATION) == target_of(f"dingtalk:{CONVERSATION}")
