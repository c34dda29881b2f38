"""Question to answer: outcome, evidence, and what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.answering import Assistant
from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.asking import questions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Answer, Outcome, Question, Verdict
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import categories_of, ingest, knowledge_at

TABLE = "ERROR replica of ledger not found in warehouse"
HEAP = "FATAL heap space exhausted by task"
SOLUTION = SolutionText("Create the table", "It was dropped", "Run the migration")


def ask(knowledge: KnowledgeBase, words: str, *, project: str = MINE, user: str = "Mei", record: bool = True) -> Answer:
    return Assistant(knowledge).ask(Question(project, "api", user, words), record=record)


def rows(knowledge: KnowledgeBase, table: str) -> int:
    with knowledge.store.read() as db:
        return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def solved(knowledge: KnowledgeBase) -> str:
    """A category with a solution, beside one without; give its id."""
    table, _ = categories_of(ingest(knowledge, TABLE, HEAP))
    ClusterLoop(knowledge, MINE).drain(MINE)
    curation.attach(knowledge.store, MINE, table, SOLUTION, actor="Jonas")
    return table


def test_a_repeat_of_a_known_error_is_answered(knowledge: KnowledgeBase, solved: str) -> None:
    answer = ask(knowledge, TABLE)
    assert (answer.outcome, answer.confidence) == (Outcome.ANSWERED, 1.0)
    assert answer.category is not None
    assert answer.category.id == solved
    assert answer.solution is not None
    assert (answer.solution.title, answer.solution.version) == ("Create the table", 1)
    assert answer.evidence is not None
    assert answer.evidence.kind == "exact"
    assert answer.candidates[0].category_id == solved


def test_an_error_within_other_words_is_answered(knowledge: KnowledgeBase, solved: str) -> None:
    answer = ask(knowledge, f"good morning, since today I get\n\n    {TABLE}\n\ndoes anybody know it?")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.evidence is not None
    assert answer.evidence.kind == "exact"


def test_an_error_without_a_solution_is_known_and_unsolved(knowledge: KnowledgeBase, solved: str) -> None:
    answer = ask(knowledge, HEAP)
    assert (answer.outcome, answer.solution) == (Outcome.KNOWN_UNSOLVED, None)
    assert answer.outcome.decision == "none"
    assert answer.category is not None
    assert answer.candidates[0].solution_id is None


def test_a_stranger_is_unknown_and_still_has_candidates(knowledge: KnowledgeBase, solved: str) -> None:
    answer = ask(knowledge, "kerberos ticket expired while renewing")
    assert (answer.outcome, answer.category, answer.solution) == (Outcome.UNKNOWN, None, None)
    assert answer.candidates
    assert answer.confidence < knowledge.settings.suggest_threshold


def test_an_empty_project_knows_nothing(knowledge: KnowledgeBase, solved: str) -> None:
    ingest(knowledge, project=OTHER)
    answer = ask(knowledge, TABLE, project=OTHER)
    assert (answer.outcome, answer.confidence, answer.candidates) == (Outcome.UNKNOWN, 0.0, ())
    with pytest.raises(NotFound):
        ask(knowledge, TABLE, project="nobody")


@pytest.mark.parametrize(
    ("answer_threshold", "suggest_threshold", "solved", "unsolved"),
    [
        (0.05, 0.01, Outcome.ANSWERED, Outcome.KNOWN_UNSOLVED),
        (0.9999, 0.01, Outcome.SUGGESTED, Outcome.UNKNOWN),
        (0.9999, 0.999, Outcome.UNKNOWN, Outcome.UNKNOWN),
    ],
)
def test_thresholds_decide_the_outcome_of_likeness(
    database_url: str,
    tmp_path: Path,
    answer_threshold: float,
    suggest_threshold: float,
    solved: Outcome,
    unsolved: Outcome,
) -> None:
    limits = {"answer_threshold": answer_threshold, "suggest_threshold": suggest_threshold}
    with knowledge_at(database_url, tmp_path, **limits) as knowledge:
        table, _ = categories_of(ingest(knowledge, TABLE, HEAP))
        ClusterLoop(knowledge, MINE).drain(MINE)
        curation.attach(knowledge.store, MINE, table, SOLUTION, actor="Jonas")
        alike = ask(knowledge, "the replica of our ledger was not found in our warehouse")
        assert alike.outcome is solved
        assert alike.evidence is not None
        assert alike.evidence.kind == "similarity"
        assert {"replica", "found"} <= set(alike.evidence.words)
        assert ask(knowledge, "a task had exhausted its heap space").outcome is unsolved
        assert ask(knowledge, TABLE).outcome is Outcome.ANSWERED, "what is exact passes every threshold"


def test_an_exact_repeat_beats_likeness(knowledge: KnowledgeBase) -> None:
    first, second = categories_of(ingest(knowledge, "ERROR one two three four five", "ERROR one two three four six"))
    for words, home in (("ERROR one two three four five", first), ("ERROR one two three four six", second)):
        best, other = (
            knowledge.match(MINE, words).matches[:2] if len(knowledge.match(MINE, words).matches) > 1 else (None, None)
        )
        found = ask(knowledge, words)
        assert found.candidates[0].category_id == home
        assert found.candidates[0].evidence.kind == "exact"
        assert best is None or other is None or best.score > other.score


def test_categories_with_one_solution_are_one_candidate(knowledge: KnowledgeBase, solved: str) -> None:
    (again,) = categories_of(ingest(knowledge, "ERROR shards missing in the lake"))
    ClusterLoop(knowledge, MINE).drain(MINE)
    with knowledge.store.read() as db:
        solution = str(db.execute(text("SELECT id FROM solution")).scalar_one())
    curation.link(knowledge.store, MINE, again, f"S-{solution}", actor="Jonas")
    answer = ask(knowledge, f"{TABLE}\nERROR shards missing in the lake")
    named = [each.solution_id for each in answer.candidates if each.solution_id]
    assert named == [f"S-{solution}"]


def test_what_is_no_question_is_refused(knowledge: KnowledgeBase, solved: str) -> None:
    for words in ("", "  \n\t ", "x" * 100_001):
        with pytest.raises(InputError):
            ask(knowledge, words)
    assert rows(knowledge, "question") == 0


def test_hostile_questions_are_taken(knowledge: KnowledgeBase, solved: str) -> None:
    for words in ("\x00", "\udcff\udc80", "a" * 50_000, "a1-" * 20_000, "\n" * 3000 + "x", "💥" * 500):
        answer = ask(knowledge, words, user="M\x00ei\udcff")
        assert answer.question_id is not None
        with knowledge.store.read() as db:
            assert questions.get(db, MINE, answer.question_id).outcome is answer.outcome


def test_a_question_is_kept_without_its_secrets(knowledge: KnowledgeBase, solved: str) -> None:
    answer = ask(knowledge, f"{TABLE}\npassword=hunter2secret user mei.chen@example.com")
    assert answer.question_id is not None
    with knowledge.store.read() as db:
        kept = questions.get(db, MINE, answer.question_id)
        assert questions.of_user(db, MINE, "Mei") == [kept]
        assert questions.of_user(db, OTHER, "Mei") == []
        with pytest.raises(NotFound):
            questions.get(db, OTHER, answer.question_id)
    assert kept.text.startswith(TABLE)
    assert "hunter2secret" not in kept.text
    assert "mei.chen@example.com" not in kept.text
    assert (kept.outcome, kept.category_id, kept.user) == (Outcome.ANSWERED, solved, "Mei")


def test_a_question_need_not_be_kept(knowledge: KnowledgeBase, solved: str) -> None:
    answer = ask(knowledge, TABLE, record=False)
    assert answer.question_id is None
    assert answer.outcome is Outcome.ANSWERED
    assert rows(knowledge, "question") == 0


def feedback(knowledge: KnowledgeBase, category: str) -> questions.FeedbackSum:
    with knowledge.store.read() as db:
        return questions.feedback_of(db, MINE, number_of(Prefix.CATEGORY, category))


def say(knowledge: KnowledgeBase, question: str | None, user: str, verdict: Verdict, comment: str = "") -> None:
    assert question is not None
    Assistant(knowledge).give_feedback(MINE, question, user=user, verdict=verdict, comment=comment)


def test_feedback_is_summed_up_and_said_anew(knowledge: KnowledgeBase, solved: str) -> None:
    first = ask(knowledge, TABLE).question_id
    second = ask(knowledge, TABLE, user="Ravi").question_id
    ask(knowledge, TABLE, user="Ravi")
    assert feedback(knowledge, solved) == questions.FeedbackSum(0, 0, 3, 2, 3)
    say(knowledge, first, "Mei", Verdict.NOT_HELPFUL)
    say(knowledge, second, "Ravi", Verdict.HELPFUL)
    assert feedback(knowledge, solved) == questions.FeedbackSum(1, 1, 1, 2, 3)
    say(knowledge, first, "Mei", Verdict.HELPFUL, "it was my mistake, token=abcdef0123456789abcdef")
    assert feedback(knowledge, solved) == questions.FeedbackSum(2, 0, 1, 2, 3)
    assert rows(knowledge, "feedback") == 2
    with knowledge.store.read() as db:
        assert questions.get(db, MINE, first or "").verdict is Verdict.HELPFUL
        comments = list(db.execute(text("SELECT comment FROM feedback")).scalars())
    assert not any("abcdef0123456789abcdef" in comment for comment in comments)


def test_feedback_follows_a_merge(knowledge: KnowledgeBase, solved: str) -> None:
    say(knowledge, ask(knowledge, TABLE).question_id, "Mei", Verdict.HELPFUL)
    (other,) = categories_of(ingest(knowledge, "ERROR shards missing in the lake"))
    curation.merge(knowledge.store, MINE, other, [solved], actor="Mei")
    assert feedback(knowledge, other) == questions.FeedbackSum(1, 0, 0, 1, 1)
    with knowledge.store.read() as db:
        (kept,) = questions.of_category(db, MINE, number_of(Prefix.CATEGORY, other))
        assert questions.of_category(db, OTHER, number_of(Prefix.CATEGORY, other)) == []
    assert kept.category_id == other


def test_feedback_needs_an_answer(knowledge: KnowledgeBase, solved: str) -> None:
    unknown = ask(knowledge, "kerberos ticket expired while renewing").question_id
    unsolved = ask(knowledge, HEAP).question_id
    for question in (unknown, unsolved):
        with pytest.raises(InputError, match="was not answered with a solution"):
            say(knowledge, question, "Mei", Verdict.HELPFUL)
    answered = ask(knowledge, TABLE).question_id
    with pytest.raises(InputError, match="2000 are allowed"):
        say(knowledge, answered, "Mei", Verdict.HELPFUL, "word " * 500)
    for missing in ("Q-999", "KE-1", "", "Q-", "Q-x"):
        with pytest.raises(NotFound):
            say(knowledge, missing, "Mei", Verdict.HELPFUL)
    with pytest.raises(NotFound):
        Assistant(knowledge).give_feedback(OTHER, answered or "", user="Mei", verdict=Verdict.HELPFUL)
    assert rows(knowledge, "feedback") == 0
