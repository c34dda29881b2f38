"""Labelled questions: what they may expect, what counts as right, and what is kept of them, which is nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from assistant.answering import Assistant
from assistant.evaluating.asking import evaluate
from assistant.evaluating.gates import Gates, missed
from assistant.evaluating.labelled import read_labelled
from assistant.evaluating.scoring import Result, grouped, judge, reliability_of, score
from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.errors import InputError, NotFound
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Answer, Candidate, Evidence, Outcome
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import categories_of, ingest

TABLE = "ERROR replica of ledger not found in warehouse"
HEAP = "FATAL heap space exhausted by task"
BROKER = "WARN broker connection refused by peer"
STRANGE = "the tea kettle in the kitchen whistles a tune"


@pytest.fixture
def homes(knowledge: KnowledgeBase) -> list[str]:
    """Categories: one solved and labelled, one with a draft, one merged into the first; give their ids."""
    table, heap, broker = categories_of(ingest(knowledge, TABLE, HEAP, BROKER))
    ClusterLoop(knowledge, MINE).drain(MINE)
    store = knowledge.store
    curation.attach(store, MINE, table, SolutionText("Create the table", "", "do"), actor="Jonas")
    curation.label(store, MINE, table, "Missing Table", actor="Jonas")
    curation.draft(store, MINE, heap, SolutionText("Give it memory", "", "do"), actor="Jonas")
    curation.merge(store, MINE, table, [broker], actor="Jonas")
    return [table, heap, broker]


def asked(knowledge: KnowledgeBase, *rows: dict[str, object]) -> list[Result]:
    with knowledge.store.read() as db:
        questions = read_labelled(db, MINE, list(enumerate(rows, 1)))
    return evaluate(Assistant(knowledge), MINE, questions)


@pytest.mark.parametrize("expected", ["id", "alias", "S-1", "missing table", " CREATE the table "])
def test_what_is_expected_has_many_names(knowledge: KnowledgeBase, homes: list[str], expected: str) -> None:
    named = {"id": homes[0], "alias": homes[2]}.get(expected, expected)
    right, wrong = asked(knowledge, {"text": TABLE, "expected": named}, {"text": HEAP, "expected": named})
    assert (right.rank, right.outcome, right.confidence) == (1, Outcome.ANSWERED, 1.0)
    assert wrong.rank != 1
    assert (right.is_wrong, wrong.is_wrong) == (False, True)


@pytest.mark.parametrize("expected", ["S-2", "Give it memory"])
def test_a_draft_names_the_categories_that_it_is_for(knowledge: KnowledgeBase, homes: list[str], expected: str) -> None:
    (result,) = asked(knowledge, {"text": HEAP, "expected": expected})
    assert (result.rank, result.outcome) == (1, Outcome.KNOWN_UNSOLVED)


def test_a_category_with_the_same_solution_is_right(knowledge: KnowledgeBase, homes: list[str]) -> None:
    curation.link(knowledge.store, MINE, homes[1], "S-1", actor="Jonas")
    (result,) = asked(knowledge, {"text": HEAP, "expected": homes[0]})
    assert result.rank == 1


def test_nothing_is_kept_of_what_is_evaluated(knowledge: KnowledgeBase, homes: list[str]) -> None:
    asked(knowledge, {"text": TABLE, "expected": "S-1"}, {"text": STRANGE, "expected": None})
    with knowledge.store.read() as db:
        assert db.execute(text("SELECT count(*) FROM question")).scalar_one() == 0


def test_rows_that_are_wrong_are_all_named(knowledge: KnowledgeBase, homes: list[str]) -> None:
    rows: list[dict[str, object]] = [
        {"text": "a", "expected": "S-1"},
        {"text": "a"},
        {"text": " ", "expected": None},
        {"expected": None},
        {"text": "a", "expected": "nope\x00\ud800"},
        {"text": "a", "expected": "KE-999"},
        {"text": "a", "expected": 7},
        {"text": "a", "expected": ""},
    ]
    with pytest.raises(InputError) as caught, knowledge.store.read() as db:
        read_labelled(db, MINE, list(enumerate(rows, 1)))
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [f"line {n}" for n in range(2, 9)]
    with pytest.raises(NotFound), knowledge.store.read() as db:
        read_labelled(db, OTHER, [(1, {"text": "a", "expected": None})])
    with pytest.raises(InputError, match="no question"), knowledge.store.read() as db:
        read_labelled(db, MINE, [])


def result(
    knowledge: KnowledgeBase, expected: str | None, *got: str, outcome: Outcome, confidence: float, kind: str = ""
) -> Result:
    """Judge an answer whose candidates are these categories."""
    with knowledge.store.read() as db:
        (question,) = read_labelled(db, MINE, [(1, {"text": "a", "expected": expected, "kind": kind, "lang": "en"})])
    candidates = tuple(Candidate(each, None, confidence, Evidence("similarity")) for each in got)
    return judge(question, Answer(outcome, confidence, None, None, candidates, None))


def test_the_numbers_are_counted_by_hand(knowledge: KnowledgeBase, homes: list[str]) -> None:
    table, heap, _ = homes
    results = [
        result(knowledge, heap, heap, table, outcome=Outcome.ANSWERED, confidence=0.9, kind="line"),
        result(knowledge, heap, table, heap, outcome=Outcome.ANSWERED, confidence=0.8, kind="line"),
        result(knowledge, heap, "KE-7", "KE-8", "KE-9", heap, outcome=Outcome.UNKNOWN, confidence=0.3),
        result(knowledge, heap, heap, outcome=Outcome.SUGGESTED, confidence=0.6),
        result(knowledge, heap, heap, outcome=Outcome.KNOWN_UNSOLVED, confidence=0.95),
        result(knowledge, None, table, outcome=Outcome.ANSWERED, confidence=0.7),
        result(knowledge, None, outcome=Outcome.UNKNOWN, confidence=0.0),
    ]
    scores = score(results)
    assert (scores.questions, scores.known, scores.strangers) == (7, 5, 2)
    assert (scores.right_first, scores.right_among_three) == (3, 4)
    assert (scores.answered_right, scores.answered_wrong, scores.strangers_answered, scores.answered) == (1, 1, 1, 3)
    assert (scores.suggested_right, scores.unsolved_right) == (1, 1)
    assert scores.precision == pytest.approx(1 / 3)
    assert scores.auroc == pytest.approx(8 / 10)
    squares = [0.1**2, 0.8**2, 0.3**2, 0.4**2, 0.05**2, 0.7**2, 0.0]
    assert scores.brier == pytest.approx(sum(squares) / 7)
    assert [each.is_wrong for each in results] == [False, True, True, False, False, True, False]
    assert {name: each.questions for name, each in grouped(results, lambda each: each.kind).items()} == {"line": 2}
    assert [row.count for row in reliability_of(results)] == [1, 0, 0, 1, 0, 0, 1, 1, 1, 2]
    kept = Gates(right_first=0.6, among_three=0.8, precision=0.3, auroc=0.8, brier=0.3, strangers_answered=1)
    assert missed(scores, kept) == []
    assert missed(scores, Gates(answered_right=0.5, strangers_answered=0)) == [
        "answered right is 0.2; 0.5 or more is asked for",
        "strangers answered is 1; 0 or less is asked for",
    ]


def test_names_that_no_file_can_hold_are_mended(knowledge: KnowledgeBase, homes: list[str]) -> None:
    row = {"text": TABLE, "expected": homes[0], "id": "a\ud800", "lang": "\udfff", "kind": "b\x00"}
    with knowledge.store.read() as db:
        (found,) = read_labelled(db, MINE, [(1, row)])
    assert (found.id, found.language, found.kind) == ("a?", "?", "b\ufffd")
