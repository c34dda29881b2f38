"""From matches to answers: thresholds of the project, several errors, what was recognised, what stands around it."""

from __future__ import annotations

import pytest

from assistant.answering import Assistant
from knowledge_base import curation
from knowledge_base.curation.thresholds import Edit, change_thresholds
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import categories
from knowledge_base.types import Answer, Outcome, Question
from tests.matching.bench import Bench
from tests.store.databases import MINE, OTHER

LEDGER = "ERROR ledger 17 was sealed by an auditor"
TURNSTILE = "ERROR turnstile jammed with a brass token inside"
ASKED = "our ledger is sealed by some auditor"
UNSOLVED = "a brass token jammed our turnstile"


def ask(bench: Bench, text: str, *, project: str = MINE) -> Answer:
    return Assistant(bench.knowledge).ask(Question(project, "test", "Lin", text), record=False)


def ask_each(bench: Bench, text: str) -> tuple[Answer, ...]:
    return Assistant(bench.knowledge).ask_each(Question(MINE, "test", "Lin", text), record=False)


@pytest.fixture
def known(bench: Bench) -> tuple[Bench, str, str]:
    """A solved category and one without a solution."""
    ledger, turnstile = bench.know(LEDGER, TURNSTILE)
    bench.solve(ledger, "Ask the auditor to unseal the ledger")
    return bench, public_id(Prefix.CATEGORY, ledger), public_id(Prefix.CATEGORY, turnstile)


@pytest.mark.parametrize(
    ("over_answer", "over_suggest", "solved", "unsolved"),
    [
        (-0.001, -0.002, Outcome.ANSWERED, Outcome.KNOWN_UNSOLVED),
        (0.0, -0.002, Outcome.ANSWERED, Outcome.KNOWN_UNSOLVED),
        (0.001, 0.0, Outcome.SUGGESTED, Outcome.UNKNOWN),
        (0.002, 0.001, Outcome.UNKNOWN, Outcome.UNKNOWN),
    ],
    ids=["above both", "at the first", "between them", "below both"],
)
def test_the_projects_thresholds_decide(
    known: tuple[Bench, str, str], over_answer: float, over_suggest: float, solved: Outcome, unsolved: Outcome
) -> None:
    """Thresholds are laid beside the chance of each question; at a threshold is above it."""
    bench, ledger, turnstile = known
    for asked, home, outcome in ((ASKED, ledger, solved), (UNSOLVED, turnstile, unsolved)):
        chance = ask(bench, asked).confidence
        assert 0.1 < chance < 0.995
        set_thresholds(bench, answer=chance + over_answer, suggest=chance + over_suggest)
        answer = ask(bench, asked)
        assert (answer.outcome, answer.confidence) == (outcome, chance)
        assert answer.candidates[0].category_id == home
        assert (answer.category is None) == (outcome is Outcome.UNKNOWN)
        assert (answer.solution is None) == (outcome not in {Outcome.ANSWERED, Outcome.SUGGESTED})
        assert ask(bench, LEDGER).outcome is Outcome.ANSWERED, "what is exact passes every threshold"


def set_thresholds(bench: Bench, *, answer: float, suggest: float) -> None:
    edit = Edit(answer=answer, suggest=suggest)
    change_thresholds(bench.knowledge.store, MINE, edit, bench.knowledge.settings, actor="Mei")


def test_several_errors_are_answered_one_by_one(known: tuple[Bench, str, str]) -> None:
    bench, ledger, turnstile = known
    answers = ask_each(bench, f"two things today:\n```\n{LEDGER}\n```\nand later\n```\n{TURNSTILE}\n```\n")
    assert [each.category and each.category.id for each in answers] == [ledger, turnstile]
    assert [each.outcome for each in answers] == [Outcome.ANSWERED, Outcome.KNOWN_UNSOLVED]
    assert [each.recognised for each in answers] == [LEDGER, TURNSTILE]
    assert {each.left_out for each in answers} == {0}


def test_what_was_recognised_is_named(known: tuple[Bench, str, str]) -> None:
    bench, ledger, _ = known
    [answer] = ask_each(bench, f"hi all, since noon we get\n```\n{LEDGER}\n```\nplease help")
    assert answer.category is not None
    assert (answer.category.id, answer.recognised) == (ledger, LEDGER)
    [plain] = ask_each(bench, LEDGER)
    assert plain.recognised == ""


def test_another_project_is_not_asked(known: tuple[Bench, str, str]) -> None:
    bench, *_ = known
    bench.know("ERROR something else went wrong here", project=OTHER)
    for asked in (LEDGER, ASKED):
        assert ask(bench, asked, project=OTHER).outcome is Outcome.UNKNOWN


def test_asked_again_the_answer_is_the_same(known: tuple[Bench, str, str]) -> None:
    bench, *_ = known
    for asked in (LEDGER, ASKED, UNSOLVED, "lunch is at noon"):
        assert ask(bench, asked) == ask(bench, asked)


def test_a_solution_is_the_answer_of_all_its_categories(known: tuple[Bench, str, str]) -> None:
    bench, _, turnstile = known
    before = ask(bench, UNSOLVED)
    with bench.knowledge.store.read() as db:
        solution = categories.solutions_of(db, MINE, [1])[1]
    curation.link(bench.knowledge.store, MINE, turnstile, public_id(Prefix.SOLUTION, solution), actor="Mei")
    after = ask(bench, UNSOLVED)
    assert len(after.candidates) == len(before.candidates) - 1
    assert after.candidates[0].solution_id == public_id(Prefix.SOLUTION, solution)
