"""The measures agree with scikit-learn's, and hold at their edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from knowledge_base.measures import auroc, brier, reliability, wilson

# Few different confidences, so that many tie.
JUDGED = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.99, 1.0]), st.booleans()), min_size=1, max_size=60)


@given(JUDGED)
def test_the_measures_are_those_of_the_books(judged: list[tuple[float, bool]]) -> None:
    confidences, right = [each for each, _ in judged], [each for _, each in judged]
    assert brier(judged) == pytest.approx(brier_score_loss(right, confidences, pos_label=True))
    if len(set(right)) == 2:
        assert auroc(judged) == pytest.approx(roc_auc_score(right, confidences))
    else:
        assert auroc(judged) is None


@given(JUDGED, st.integers(1, 20))
def test_every_answer_is_in_one_bin(judged: list[tuple[float, bool]], bins: int) -> None:
    rows = reliability(judged, bins=bins)
    assert len(rows) == bins
    assert sum(row.count for row in rows) == len(judged)
    assert sum(row.count * row.right for row in rows) == pytest.approx(sum(right for _, right in judged))
    assert all(row.low - 1e-9 <= row.confidence <= row.high + 1e-9 for row in rows if row.count)


def test_nothing_measures_nothing() -> None:
    assert (auroc([]), brier([])) == (None, None)
    assert {row.count for row in reliability([])} == {0}


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([1.0, 1.6449, 1.96, 2.5758]))
def test_the_interval_is_where_a_share_is_so_many_deviations_away(right: int, wrong: int, deviations: float) -> None:
    count = right + wrong
    low, high = wilson(right, count, deviations=deviations)
    if not count:
        assert (low, high) == (0.0, 1.0)
        return
    share = right / count
    assert 0 <= low <= share <= high <= 1
    for side in (low, high):
        if 0 < side < 1:
            assert (share - side) ** 2 == pytest.approx(deviations**2 * side * (1 - side) / count, abs=1e-9)
    assert (low == 0, high == 1) == (right == 0, wrong == 0)
    assert wilson(2 * right, 2 * count, deviations=deviations)[0] >= low
