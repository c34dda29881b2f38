"""What-if: nothing is written, and what it says is what happens when the act is then done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from assistant.answering import Assistant
from assistant.what_if import Act, Merge, Move, Rules, Split, WhatIf, what_if
from knowledge_base import curation
from knowledge_base.curation.masking.resigning import Resigner
from knowledge_base.curation.masking.rule_changes import change_rules, setting
from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.signature.custom.user_rules import UserRule
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.tables import RecentRow, SampleRow, TemplateRow
from knowledge_base.types import Answer, Question, Verdict
from tests.clustering.test_clusterer import HEAP, PEER, PEER_THIRD, PEER_TOO, drain
from tests.store.conftest import database_url, empty_file, postgres_store_url
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import ingest, knowledge_at

__all__ = ["database_url", "empty_file", "postgres_store_url"]

TENANTS = ("ERROR tenant acme is over its quota", "ERROR tenant zeta is over its quota")
QUESTIONS = (
    PEER,
    PEER_TOO,
    f"we see this since noon: {PEER_THIRD}",
    "broker connection refused by its peer, why",
    HEAP,
    "heap space exhausted",
    *TENANTS,
    "tenant omega is over its quota",
    "lunch is at noon",
)
TENANT = UserRule(name="tenant", pattern=r"tenant (\w+)", kind="user", contains="tenant")


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def t(number: int) -> str:
    return public_id(Prefix.TEMPLATE, number)


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """Peer (three templates, solved) in KE-1, heap in KE-4, two tenants in KE-5 and KE-6; what was asked of them."""
    home = tmp_path / "home"
    with knowledge_at(
        database_url, home, answer_threshold=0.8, suggest_threshold=0.4, group_threshold=0.94
    ) as knowledge:
        ingest(knowledge, PEER, PEER_TOO, PEER_THIRD, HEAP, *TENANTS, PEER, PEER_TOO)
        drain(knowledge)
        curation.attach(knowledge.store, MINE, c(1), SolutionText("Restart the peer", "", ""), actor="Mei")
        assistant = Assistant(knowledge)
        for text in QUESTIONS:
            assistant.ask(Question(MINE, "test", "Lin", text))
        ingest(knowledge, PEER, project=OTHER)
        yield knowledge


def everything(knowledge: KnowledgeBase) -> dict[str, list[tuple[object, ...]]]:
    with knowledge.store.read() as db:
        return {
            table.name: sorted((tuple(row) for row in db.execute(table.select())), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def said(answer: Answer) -> tuple[object, object, object]:
    category = None if answer.category is None else answer.category.id
    return answer.outcome, category, None if answer.solution is None else answer.solution.id


def answers(knowledge: KnowledgeBase) -> list[tuple[object, object, object]]:
    assistant = Assistant(knowledge)
    return [said(assistant.ask(Question(MINE, "test", "Lin", text), record=False)) for text in QUESTIONS]


def line_homes(knowledge: KnowledgeBase) -> list[int]:
    """The category of each stored line, in a fixed order."""
    with knowledge.store.read() as db:
        homes = {
            row[0]: row[1]
            for row in db.execute(
                select(col(TemplateRow.id), col(TemplateRow.category)).where(col(TemplateRow.project) == MINE)
            )
        }
        recent = select(col(RecentRow.template)).where(col(RecentRow.project) == MINE).order_by(col(RecentRow.slot))
        samples = (
            select(col(SampleRow.template))
            .where(col(SampleRow.project) == MINE)
            .order_by(col(SampleRow.template), col(SampleRow.slot))
        )
        return [homes[number] for query in (recent, samples) for number in db.execute(query).scalars()]


def split(knowledge: KnowledgeBase) -> None:
    curation.split(knowledge.store, MINE, c(1), [t(2), t(3)], actor="Mei")


def split_off_what_nothing_represents(knowledge: KnowledgeBase) -> None:
    curation.split(knowledge.store, MINE, c(1), [t(3)], actor="Mei")


def merge(knowledge: KnowledgeBase) -> None:
    curation.merge(knowledge.store, MINE, c(4), [c(1), c(5)], actor="Mei")


def move(knowledge: KnowledgeBase) -> None:
    curation.move(knowledge.store, MINE, t(2), c(4), actor="Mei")


def rules(knowledge: KnowledgeBase) -> None:
    change_rules(knowledge.store, MINE, setting([TENANT]), action="add", subject="tenant", actor="Mei", force=True)
    Resigner(knowledge.store, MINE).run()


CASES: list[tuple[Act, Callable[[KnowledgeBase], None]]] = [
    (Merge(c(4), [c(1), c(5)]), merge),
    (Split(c(1), [t(2), t(3)]), split),
    (Split(c(1), [t(3)]), split_off_what_nothing_represents),
    (Move(t(2), c(4)), move),
    (Rules([TENANT]), rules),
]


@pytest.mark.parametrize(("act", "do"), CASES, ids=["merge", "split", "split one", "move", "rules"])
def test_what_it_says_is_what_happens(knowledge: KnowledgeBase, act: Act, do: Callable[[KnowledgeBase], None]) -> None:
    before, homes_before, tables = answers(knowledge), line_homes(knowledge), everything(knowledge)
    told = what_if(knowledge, MINE, act, budget=60)
    assert everything(knowledge) == tables, "nothing is written"
    do(knowledge)
    drain(knowledge)
    after, homes_after = answers(knowledge), line_homes(knowledge)
    changed = {text: (old, new) for text, old, new in zip(QUESTIONS, before, after, strict=True) if old != new}
    assert told.answers.of == len(QUESTIONS)
    assert told.answers.changed == len(changed) > 0
    newest = max(int(str(new[1])[3:]) for new in after if new[1])
    for each in told.answers.examples:
        old, new = changed[each.text]
        assert each.before.said == old
        foreseen = tuple(f"KE-{newest}" if value == "new" else value for value in each.after.said)
        assert foreseen == new
    assert told.lines.moved == sum(old != new for old, new in zip(homes_before, homes_after, strict=True)) > 0
    assert {each.template_id for each in told.lines.examples} <= {t(number) for number in range(1, 8)}
    assert told.is_complete


def test_gained_lost_and_confirmed_are_counted(knowledge: KnowledgeBase) -> None:
    assistant = Assistant(knowledge)
    asked = assistant.ask(Question(MINE, "test", "Lin", PEER_TOO))
    assert asked.question_id is not None
    assistant.give_feedback(MINE, asked.question_id, user="Lin", verdict=Verdict.HELPFUL)
    told = what_if(knowledge, MINE, Split(c(1), [t(2)]), budget=60).answers
    assert (told.confirmed, told.gained) == (1, 0)
    assert told.lost >= 2
    assert told.examples[0].verdict is Verdict.HELPFUL, "those about what moves come first"
    assert what_if(knowledge, MINE, Merge(c(1), [c(4)]), budget=60).answers.gained >= 1


def test_it_stops_when_the_time_is_over_and_says_so(knowledge: KnowledgeBase) -> None:
    ticks = iter(range(1000))
    told = what_if(knowledge, MINE, Split(c(1), [t(2)]), budget=2.0, timer=lambda: float(next(ticks)))
    assert not told.is_complete
    assert 0 < told.answers.of < len(QUESTIONS)


def refused(knowledge: KnowledgeBase, act: Act, project: str = MINE) -> WhatIf:
    return what_if(knowledge, project, act)


def test_it_refuses_what_the_act_would_refuse(knowledge: KnowledgeBase) -> None:
    with pytest.raises(InputError):
        refused(knowledge, Merge(c(1), [c(1)]))
    with pytest.raises(InputError):
        refused(knowledge, Split(c(1), [t(4)]))
    with pytest.raises(InputError):
        refused(knowledge, Move(t(4), c(1)))
    with pytest.raises(InputError):
        refused(knowledge, Rules([UserRule(name="x", pattern="(", kind="id")]))
    with pytest.raises(NotFound):
        refused(knowledge, Move(t(2), c(1)), project="nowhere")
    with pytest.raises(NotFound):
        refused(knowledge, Merge(c(1), [c(4)]), project=OTHER)
