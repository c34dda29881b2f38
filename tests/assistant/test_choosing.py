"""Thresholds chosen from judged questions, and what thresholds make of them: what holds for any such questions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calibrating import Calibration, Replay, Replayed, calibrate
from assistant.calibrating.choosing import ANSWER_FLOOR, FEWEST, Why, choose_answer, choose_suggest
from assistant.calibrating.counting import SURE, tally
from knowledge_base.measures import wilson
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.types import Outcome

RIGHT, WRONG, UNTOLD = True, False, None
PRESENT = Thresholds(0.9, 0.6)
SHARES = st.sampled_from([0.0, 0.5, 0.6, 0.61, 0.9, 1.0]) | st.floats(0, 1)
LIMITS = st.lists(SHARES, min_size=2, max_size=2).map(lambda both: Thresholds(max(both), min(both)))
SURENESS = {Outcome.UNKNOWN: 0, Outcome.SUGGESTED: 1, Outcome.KNOWN_UNSOLVED: 2, Outcome.ANSWERED: 2}


def row(confidence: float, right: bool | None = RIGHT, *, solved: bool = True) -> Replayed:
    return Replayed("Q-1", "lost", True, "KE-1", "KE-1", confidence, solved, right)


ROWS = st.builds(
    row,
    SHARES,
    st.sampled_from([RIGHT, RIGHT, RIGHT, RIGHT, WRONG, UNTOLD]),
    solved=st.sampled_from([True, True, False]),
)
# Many that are mostly right, so that something is proposed often.
MANY = st.lists(ROWS, max_size=80) | st.builds(
    lambda some, right: [*some, *(row(each) for each in right)],
    st.lists(ROWS, max_size=40),
    st.lists(SHARES, min_size=60, max_size=160),
)


def calibrated(rows: list[Replayed], present: Thresholds = PRESENT, precision: float = 0.9) -> Calibration:
    return calibrate(Replay(tuple(rows), True), present, answer_precision=precision, suggest_precision=0.7)


@given(ROWS, LIMITS, LIMITS)
def test_higher_thresholds_never_say_more(each: Replayed, one: Thresholds, other: Thresholds) -> None:
    low = Thresholds(min(one.answer, other.answer), min(one.suggest, other.suggest))
    high = Thresholds(max(one.answer, other.answer), max(one.suggest, other.suggest))
    assert SURENESS[each.outcome(high)] <= SURENESS[each.outcome(low)]
    surer = replace(each, confidence=min(1.0, each.confidence + 0.1))
    assert SURENESS[each.outcome(low)] <= SURENESS[surer.outcome(low)]


@given(ROWS, LIMITS)
def test_without_a_candidate_nothing_is_said(each: Replayed, limits: Thresholds) -> None:
    assert replace(each, category_id=None, solved=False).outcome(limits) is Outcome.UNKNOWN


@given(st.lists(ROWS, max_size=60), LIMITS)
def test_each_question_ends_in_one_way(rows: list[Replayed], limits: Thresholds) -> None:
    found = tally(rows, limits)
    assert found.answered.count + found.suggested.count + found.unknown == len(rows)
    assert found.unsolved <= found.answered.count
    for counted in (found.answered, found.suggested):
        low, high = counted.interval
        assert low <= (0.5 if counted.share is None else counted.share) <= high


@given(MANY, st.sampled_from([0.6, 0.8, 0.9, 0.97]))
def test_a_proposed_answer_threshold_lets_no_more_wrong_ones_through(rows: list[Replayed], wanted: float) -> None:
    choice = choose_answer(rows, precision=wanted)
    told = [each for each in rows if each.right is not None]
    if choice.threshold is None:
        assert choice.why is (Why.TOO_FEW if len(told) < FEWEST else Why.NOWHERE)
        assert choice.low < wanted
        return
    answered = [each for each in told if each.confidence >= choice.threshold]
    wrong = sum(each.right is WRONG for each in answered)
    assert choice.threshold >= ANSWER_FLOOR
    assert (choice.count, choice.count - choice.right) == (len(answered), wrong)
    assert wrong <= (1 - wanted) * len(answered)
    assert wilson(len(answered) - wrong, len(answered))[0] >= wanted
    lower = {each.confidence for each in told if ANSWER_FLOOR <= each.confidence < choice.threshold}
    for threshold in lower:
        more = [each for each in told if each.confidence >= threshold]
        assert wilson(sum(each.right is RIGHT for each in more), len(more))[0] < wanted, "it is the lowest"


@given(MANY, LIMITS)
def test_what_is_proposed_keeps_the_shares_that_are_wanted(rows: list[Replayed], present: Thresholds) -> None:
    found = calibrated(rows, present)
    limits = found.after.thresholds
    assert (found.proposed is None) == (limits == present)
    assert found.after == tally(rows, limits)
    if found.answer.threshold is not None:
        assert found.after.answered.wrong <= 0.1 * (found.after.answered.right + found.after.answered.wrong)
    else:
        assert limits.answer == present.answer
    if found.suggest.threshold is not None:
        assert found.after.suggested.wrong <= 0.3 * (found.after.suggested.right + found.after.suggested.wrong)
    assert found.changed == sum(each.outcome(present) is not each.outcome(limits) for each in rows)
    assert len(found.examples) == min(found.changed, 20)
    assert all(each.before is not each.after for each in found.examples)


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_questions_makes_no_difference(rows: list[Replayed], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = calibrated(rows), calibrated(shuffled)
    assert (one.answer, one.suggest, one.proposed, one.after) == (
        other.answer,
        other.suggest,
        other.proposed,
        other.after,
    )


def test_a_choice_says_why() -> None:
    few = choose_answer([row(0.9)] * (FEWEST - 1))
    assert (few.threshold, few.why, few.count) == (None, Why.TOO_FEW, FEWEST - 1)
    not_sure = choose_answer([row(0.9)] * FEWEST)
    assert (not_sure.threshold, not_sure.why, not_sure.count) == (None, Why.NOWHERE, FEWEST)
    assert choose_answer([row(0.9)] * 87).threshold is None
    assert choose_answer([row(0.9)] * 88).threshold == 0.9, "so many right ones in a row bear .97 out"
    assert choose_answer([row(0.876)] * 100).threshold == 0.87
    assert choose_answer([*[row(0.8762)] * 100, *[row(0.8761, WRONG)] * 100]).threshold == 0.8762
    assert choose_answer([*[row(0.3)] * 200]).why is Why.NOWHERE, "what is not likely is no answer"


def test_suggestions_are_what_is_solved_and_no_answer() -> None:
    rows = [*[row(0.95, WRONG)] * 40, *[row(0.5)] * 40, *[row(0.5, WRONG, solved=False)] * 40, *[row(0.3, WRONG)] * 40]
    choice = choose_suggest(rows, answer=0.9)
    assert (choice.threshold, choice.right, choice.count) == (0.5, 40, 40)
    assert choose_suggest(rows, answer=0.4).threshold is None
    assert choose_suggest(rows, answer=0.3).why is Why.TOO_FEW


def test_a_lower_answer_threshold_takes_the_suggestions_along() -> None:
    found = calibrated([row(0.55)] * 200)
    assert found.proposed == Thresholds(0.55, 0.55)
    assert (found.before.unknown, found.after.answered.count, found.after.unknown) == (200, 200, 0)


@pytest.mark.parametrize("rows", [[], [row(0.9, UNTOLD)] * 50])
def test_where_nothing_can_be_told_nothing_is_proposed(rows: list[Replayed]) -> None:
    found = calibrated(rows)
    assert (found.proposed, found.judged, found.brier, found.constant_brier) == (None, 0, None, None)


def test_sure_is_what_an_answer_threshold_decides() -> None:
    for solved in (True, False):
        assert row(0.9, solved=solved).outcome(PRESENT) in SURE
        assert row(0.89, solved=solved).outcome(PRESENT) not in SURE
