"""What is proposed, as a pure function of what was compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clustering.grouping import Standing
from ingest.clustering.items import Item
from ingest.clustering.proposing import Scene, Shared, find_labels, find_merges, in_common
from ingest.clustering.splitting import find_split
from knowledge_base.store.grouping.proposal_values import Going, ProposalKind, Proposed
from tests.clustering.judging import compared, judge_of

UNTOUCHED, LABELLED = Standing(False, None), Standing(True, None)
GROUNDS = Shared(("common",), ("E-0",), ("not-found",), ("timeout / connection-refused",))


def scene(
    homes: list[int],
    alike: dict[tuple[int, int], float],
    *,
    fresh: set[int] | None = None,
    asked: list[tuple[int, int]] | None = None,
) -> Scene:
    """Categories that nobody said anything of; ``alike`` names pairs of places, others are alike by 0.1."""

    def shared(left: int, right: int) -> Shared:
        if asked is not None:
            asked.append((left, right))
        return GROUNDS

    between: dict[tuple[int, int], list[float]] = {}
    for row, left in enumerate(homes):
        for column, right in enumerate(homes):
            if left < right:
                between.setdefault((left, right), []).append(alike.get((min(row, column), max(row, column)), 0.1))
    return Scene(
        between={pair: float(np.mean(scores)) for pair, scores in between.items()},
        fresh=set(homes) if fresh is None else fresh,
        standings=dict.fromkeys(homes, UNTOUCHED),
        forbidden=frozenset(),
        shared=shared,
        version="model-1",
    )


def test_a_merge_is_proposed_with_its_grounds() -> None:
    found = find_merges(scene([1, 2, 2, 3], {(0, 1): 0.8, (0, 2): 0.6, (0, 3): 0.4}), threshold=0.5)
    (merge,) = found
    assert (merge.left, merge.right, merge.kind) == (1, 2, ProposalKind.MERGE)
    assert merge.score == pytest.approx(0.7)
    assert merge.grounds.threshold == 0.5
    assert (merge.grounds.runner_up, merge.grounds.runner_up_score) == (3, pytest.approx(0.4))
    assert (merge.grounds.words, merge.grounds.codes, merge.grounds.version) == (("common",), ("E-0",), "model-1")
    assert (merge.grounds.concepts, merge.grounds.against) == (GROUNDS.concepts, GROUNDS.against)


def test_merges_that_make_no_sense_are_not_proposed() -> None:
    near = {(0, 1): 0.9, (0, 2): 0.8, (1, 2): 0.7}
    whole = scene([1, 2, 3], near)
    assert [(each.left, each.right) for each in find_merges(whole, threshold=0.5)] == [(1, 2), (1, 3), (2, 3)]
    apart = replace(whole, forbidden={frozenset((1, 2))})
    assert [(each.left, each.right) for each in find_merges(apart, threshold=0.5)] == [(1, 3), (2, 3)]
    solved = replace(whole, standings={1: Standing(True, 7), 2: Standing(True, 7), 3: Standing(True, 8)})
    assert [(each.left, each.right) for each in find_merges(solved, threshold=0.5)] == [(1, 3), (2, 3)]
    old = scene([1, 2, 3], near, fresh={3})
    assert [(each.left, each.right) for each in find_merges(old, threshold=0.5)] == [(1, 3), (2, 3)]
    assert find_merges(whole, threshold=0.95) == []
    assert find_merges(scene([], {}), threshold=0.5) == []


def test_each_category_is_in_few_proposals_best_first() -> None:
    homes = list(range(1, 9))
    near = {(0, place): 0.5 + place / 100 for place in range(1, 8)}
    found = find_merges(scene(homes, near), threshold=0.5, most=3)
    assert [(each.left, each.right) for each in found] == [(1, 8), (1, 7), (1, 6)]


def test_what_two_categories_share_is_asked_for_what_is_proposed_alone() -> None:
    asked: list[tuple[int, int]] = []
    find_merges(scene([1, 2, 3], {(0, 1): 0.9, (1, 2): 0.3}, asked=asked), threshold=0.5)
    assert asked == [(1, 2)]


def test_what_two_texts_have_in_common_is_told() -> None:
    judge, nowhere = judge_of({}), np.zeros(4, np.float32)
    left = judge.profile("table <table> not found, connection refused", ("E-1", "E-2"), nowhere)
    right = judge.profile("the table was not found, connection reset", ("E-2",), nowhere)
    shared = in_common(judge, left, right)
    assert {"connection", "table", "found"} <= set(shared.words)
    assert shared.codes == ("E-2",)
    assert {"table", "not-found"} <= set(shared.concepts)
    assert shared.against == ("connection-refused / connection-reset",)


def test_the_label_of_the_nearest_is_offered() -> None:
    whole = scene([1, 2, 3, 4], {(0, 1): 0.6, (0, 2): 0.8, (0, 3): 0.9, (1, 3): 0.2})
    whole = replace(whole, standings={1: UNTOUCHED, 2: LABELLED, 3: LABELLED, 4: UNTOUCHED})
    (label,) = find_labels(whole, named={2, 3}, threshold=0.4)
    assert (label.left, label.right, label.kind, label.score) == (1, 3, ProposalKind.LABEL, pytest.approx(0.8))
    assert (label.grounds.runner_up, label.grounds.runner_up_score) == (2, pytest.approx(0.6))
    assert find_labels(whole, named={2, 3}, threshold=0.85) == []
    (other,) = find_labels(replace(whole, forbidden={frozenset((1, 3))}), named={2, 3}, threshold=0.4)
    assert (other.right, other.grounds.runner_up) == (2, None)
    # A category that was put aside offers nothing and is offered nothing.
    (only,) = find_labels(whole, named={2}, threshold=0.4)
    assert only.right == 2
    assert find_labels(replace(whole, fresh={4}), named={2, 3}, threshold=0.4) == []


HUMPS = {(0, 1): 0.9, (0, 2): 0.8, (1, 2): 0.9, (3, 4): 0.7, (0, 3): 0.3, (2, 4): 0.5}


def split(size: int, alike: dict[tuple[int, int], float], **chosen: object) -> Proposed | None:
    names = ("walrus", "pelican", "otter", "badger", "magpie", "lynx", "tapir", "gecko", "ibis")
    items = [Item(100 + place, 7, f"{names[place]} escaped", (), False) for place in range(size)]
    everything = {(left, right): 0.1 for left in range(size) for right in range(left + 1, size)}
    ordered = {(min(pair), max(pair)): score for pair, score in alike.items()}
    chosen = {"across": 0.4, "inside": 0.6} | chosen
    return find_split(7, compared(items, everything | ordered), **chosen)  # type: ignore[arg-type]


def test_a_category_of_two_humps_is_proposed_to_be_split() -> None:
    found = split(5, HUMPS)
    assert found is not None
    assert (found.left, found.right, found.kind) == (7, 7, ProposalKind.SPLIT)
    assert found.score == pytest.approx(1 - (0.3 + 0.5 + 4 * 0.1) / 6)
    assert found.grounds.threshold == pytest.approx(0.6)
    assert found.grounds.inside == pytest.approx(0.7)
    assert found.grounds.going == (Going(103, pytest.approx(0.1667)), Going(104, pytest.approx(0.2333)))


@pytest.mark.parametrize(
    ("size", "alike", "going"),
    [(3, {(1, 2): 0.9}, [100]), (4, {(0, 3): 0.9, (1, 2): 0.9}, [101, 102])],
)
def test_the_smaller_part_would_go_and_of_equal_ones_the_younger(
    size: int, alike: dict[tuple[int, int], float], going: list[int]
) -> None:
    found = split(size, alike)
    assert found is not None
    assert [each.template for each in found.grounds.going] == going


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"across": 0.2}, "the parts are near enough"),
        ({"inside": 0.8}, "a part is loose itself"),
        ({"least": 6}, "too few templates"),
        ({"together": [(100, 104), (101, 100), (102, 103), (103, 104)]}, "people put them together"),
    ],
)
def test_splits_that_make_no_sense_are_not_proposed(change: dict[str, object], why: str) -> None:
    assert split(5, HUMPS, **change) is None, why


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    size=st.integers(3, 9),
    scores=st.lists(st.floats(0, 1, width=32), min_size=36, max_size=36),
    links=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=4),
)
def test_no_split_goes_through_what_people_put_together(
    size: int, scores: list[float], links: list[tuple[int, int]]
) -> None:
    pairs = [(row, column) for row in range(size) for column in range(row)]
    linked = [(100 + left, 100 + right) for left, right in links if max(left, right) < size]
    found = split(size, dict(zip(pairs, scores, strict=False)), across=1.01, inside=0.0, together=linked)
    if found is None:
        assert linked, "what nobody linked can be cut"
        return
    going = {each.template for each in found.grounds.going}
    assert 0 < len(going) <= size - len(going)
    assert all((left in going) == (right in going) for left, right in linked)
    assert 0.0 <= found.score <= 1.0
