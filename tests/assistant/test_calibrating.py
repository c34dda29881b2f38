"""What people judged, asked again: nothing votes for itself, and what is proposed is applied and taken back."""

from __future__ import annotations

import pytest

from assistant.answering import Assistant
from assistant.calibrating import Replayed, Told, Untaught, calibrate, count_cases, replay
from ingest.clustering import ClusterLoop
from ingest.clustering.learning import LearntUpkeep
from knowledge_base import curation
from knowledge_base.curation.thresholds import Edit, change_thresholds, undo_thresholds
from knowledge_base.errors import NotFound
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.asking import learnt
from knowledge_base.store.asking.judged import Judged
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Answer, Outcome, Question, Verdict
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import categories_of, ingest

TABLE = "ERROR replica of ledger not found in warehouse"
HEAP = "FATAL heap space exhausted by task"
QUOTA = "ERROR quota of project exceeded"
STRANGE = "my nightly thing keeps dying please help"


@pytest.fixture
def homes(knowledge: KnowledgeBase) -> list[str]:
    """Three errors; the first two have a solution each."""
    found = categories_of(ingest(knowledge, TABLE, HEAP, QUOTA))
    ClusterLoop(knowledge, MINE).drain(MINE)
    for category, title in zip(found, ("Restore the replica", "Add memory"), strict=False):
        curation.attach(knowledge.store, MINE, category, SolutionText(title, "", "do it"), actor="Jonas")
    return found


def ask(knowledge: KnowledgeBase, text: str, user: str = "ann") -> Answer:
    return Assistant(knowledge).ask(Question(MINE, "chat", user, text))


def asked(knowledge: KnowledgeBase, text: str, user: str = "ann") -> str:
    number = ask(knowledge, text, user).question_id
    assert number is not None
    return number


def replayed(knowledge: KnowledgeBase, project: str = MINE) -> list[Replayed]:
    return list(replay(knowledge.store, project, Untaught(knowledge, project)).rows)


def test_a_question_does_not_vote_for_itself(knowledge: KnowledgeBase, homes: list[str]) -> None:
    before = ask(knowledge, STRANGE).confidence
    curation.pick(knowledge.store, MINE, asked(knowledge, STRANGE), homes[1], actor="Mei")
    LearntUpkeep(knowledge).settle(MINE)
    with knowledge.store.read() as db:
        assert [each.representative is not None for each in learnt.recent(db, MINE, limit=5)] == [True]
    (found,) = replayed(knowledge)
    assert (found.text, found.right_id, found.by_engineer) == (STRANGE, homes[1], True)
    assert found.confidence == pytest.approx(before), "as it was before it was learnt"
    taught = knowledge.match(MINE, STRANGE).matches[0]
    assert taught.score > 0.9, "and it does tell for others"


def test_what_others_taught_does_tell(knowledge: KnowledgeBase, homes: list[str]) -> None:
    curation.pick(knowledge.store, MINE, asked(knowledge, STRANGE), homes[1], actor="Mei")
    other = f"{STRANGE} again"
    before = ask(knowledge, other).confidence
    curation.pick(knowledge.store, MINE, asked(knowledge, other), homes[1], actor="Mei")
    LearntUpkeep(knowledge).settle(MINE)
    found = {each.text: each for each in replayed(knowledge)}
    assert found[other].confidence > before
    assert (found[other].category_id, found[other].right) == (homes[1], True)
    assert found[other].outcome(Thresholds(0.5, 0.4)) is Outcome.ANSWERED


def test_right_and_wrong_are_told_by_category_and_by_solution(knowledge: KnowledgeBase, homes: list[str]) -> None:
    store = knowledge.store
    curation.confirm(store, MINE, asked(knowledge, TABLE), actor="Mei")
    curation.reject(store, MINE, asked(knowledge, f"job 7 said: {HEAP}"), actor="Mei")
    curation.pick(store, MINE, asked(knowledge, f"tonight {QUOTA}"), homes[0], actor="Mei")
    found = {each.text: each for each in replayed(knowledge)}
    assert (found[TABLE].category_id, found[TABLE].confidence, found[TABLE].right) == (homes[0], 1.0, True)
    heap = found[f"job 7 said: {HEAP}"]
    assert (heap.category_id, heap.right_id, heap.right) == (homes[1], None, False)
    quota = found[f"tonight {QUOTA}"]
    assert (quota.category_id, quota.right_id, quota.solved, quota.right) == (homes[2], homes[0], False, False)
    linked = ask(knowledge, TABLE).solution
    assert linked is not None
    curation.link(store, MINE, homes[2], linked.id, actor="Mei")
    again = {each.text: each for each in replayed(knowledge)}[f"tonight {QUOTA}"]
    assert (again.solved, again.right) == (True, True), "another category with the same solution is as good"


def test_verdicts_of_askers_count(knowledge: KnowledgeBase, homes: list[str]) -> None:
    assistant = Assistant(knowledge)
    assistant.give_feedback(MINE, asked(knowledge, TABLE), user="ann", verdict=Verdict.HELPFUL)
    assistant.give_feedback(MINE, asked(knowledge, HEAP), user="ann", verdict=Verdict.NOT_HELPFUL)
    assert {(each.text, each.right, each.by_engineer) for each in replayed(knowledge)} == {
        (TABLE, True, False),
        (HEAP, False, False),
    }
    assert count_cases(knowledge.store, MINE) == 2


def test_it_is_asked_once_however_often_it_was_said(knowledge: KnowledgeBase, homes: list[str]) -> None:
    for user in ("ann", "bob", "eve"):
        asked(knowledge, f"{TABLE} 7", user)
    curation.confirm(knowledge.store, MINE, asked(knowledge, f"{TABLE} 8"), actor="Mei")
    told: list[Judged] = []

    def note(case: Judged) -> Told:
        told.append(case)
        return Told(None, 0.0)

    ticks: list[int] = []
    rows = replay(knowledge.store, MINE, note, tick=ticks.append).rows
    assert ([each.text for each in told], ticks, len(rows)) == ([f"{TABLE} 8"], [1], 1)
    assert (rows[0].category_id, rows[0].right, rows[0].outcome(Thresholds(0, 0))) == (None, None, Outcome.UNKNOWN)


def test_projects_are_apart(knowledge: KnowledgeBase, homes: list[str]) -> None:
    curation.confirm(knowledge.store, MINE, asked(knowledge, TABLE), actor="Mei")
    with knowledge.store.write() as db:
        projects.ensure_project(db, OTHER, knowledge.clock())
    assert replayed(knowledge, OTHER) == []
    with pytest.raises(NotFound):
        replayed(knowledge, "nobody")
    with pytest.raises(NotFound):
        count_cases(knowledge.store, "nobody")


def test_thresholds_of_a_project_decide_at_once(knowledge: KnowledgeBase, homes: list[str]) -> None:
    text = "the replica of our ledger was not found in our warehouse"
    sure = ask(knowledge, text).confidence
    assert 0 < sure < 1
    store, settings = knowledge.store, knowledge.settings
    ends = {}
    for name, edit in (
        ("low", Edit(sure, sure)),
        ("between", Edit(1.0, sure)),
        ("high", Edit(1.0, 1.0)),
    ):
        done = change_thresholds(store, MINE, edit, settings, actor="Mei")
        ends[name] = ask(knowledge, text).outcome
        assert done.audit_id is not None
    assert ends == {"low": Outcome.ANSWERED, "between": Outcome.SUGGESTED, "high": Outcome.UNKNOWN}
    assert ask(knowledge, TABLE).outcome is Outcome.ANSWERED
    undo_thresholds(store, MINE, done.audit_id, settings, actor="Mei")
    assert ask(knowledge, text).outcome is Outcome.SUGGESTED


def test_a_calibration_of_real_answers_shows_what_would_change(knowledge: KnowledgeBase, homes: list[str]) -> None:
    texts = [f"{TABLE} {word}" for word in ("today", "again", "since monday", "in the cluster")]
    for text in texts:
        curation.pick(knowledge.store, MINE, asked(knowledge, text), homes[0], actor="Mei")
    rows = replayed(knowledge)
    assert len(rows) == 4
    whole = replay(knowledge.store, MINE, Untaught(knowledge, MINE))
    sure = min(each.confidence for each in rows)
    assert sure > 0.5
    many = type(whole)(whole.rows * 30, is_complete=True)
    found = calibrate(many, Thresholds(1.0, 1.0), answer_precision=0.97, suggest_precision=0.7)
    assert found.proposed is not None
    assert 0 <= sure - found.proposed.answer < 0.01
    assert (found.before.answered.count, found.after.answered.right, found.changed) == (0, 120, 120)
    assert {(each.before, each.after) for each in found.examples} == {(Outcome.UNKNOWN, Outcome.ANSWERED)}
