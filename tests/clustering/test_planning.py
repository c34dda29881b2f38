"""What a window changes, from given chances: what people said comes first, and the order of items plays no part."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clustering.grouping import Standing
from ingest.clustering.items import Item
from ingest.clustering.plan import Plan
from ingest.clustering.planning import MOST_PROPOSED, plan_window
from ingest.clustering.snapshot import Snapshot
from knowledge_base.store.grouping.proposal_values import ProposalKind
from knowledge_base.types import Why
from tests.clustering.judging import compared

UNTOUCHED, LABELLED, MIXED = Standing(False, None), Standing(True, None), Standing(False, None, mixed=True)
GROUP, PROPOSE = 0.88, 0.13
ANIMALS = ("walrus", "pelican", "otter", "badger", "magpie", "lynx", "tapir", "gecko", "ibis", "newt")
Alike = Mapping[tuple[int, int], float]


def item(place: int, home: int, *, is_new: bool = True, codes: Sequence[str] = ()) -> Item:
    name = ANIMALS[place] if place < len(ANIMALS) else f"{ANIMALS[place % 10]} {ANIMALS[place // 10]} again"
    return Item(100 + place, home, f"{name} escaped", tuple(codes), is_new)


def plan(
    items: Sequence[Item],
    alike: Alike,
    standings: Mapping[int, Standing] | None = None,
    *,
    forbidden: Collection[tuple[int, int]] = (),
    named: Collection[int] = (),
) -> Plan:
    """Plan a window over all pairs; nobody said anything of categories that are not named."""
    said = dict.fromkeys((each.category for each in items), UNTOUCHED) | dict(standings or {})
    return plan_window(
        compared(items, alike),
        list(itertools.combinations(range(len(items)), 2)),
        Snapshot(said, frozenset(map(frozenset, forbidden)), frozenset(named)),
        group_threshold=GROUP,
        propose_threshold=PROPOSE,
    )


def simple(homes: Sequence[int], alike: Alike, standings: Mapping[int, Standing] | None = None, **said: object) -> Plan:
    return plan([item(place, home) for place, home in enumerate(homes)], alike, standings, **said)  # type: ignore[arg-type]


def merges(found: Plan) -> list[tuple[int, tuple[int, ...]]]:
    return [(each.target, each.sources) for each in found.merges]


def proposed(found: Plan, kind: ProposalKind = ProposalKind.MERGE) -> list[tuple[int, int]]:
    return [(each.left, each.right) for each in found.proposals if each.kind is kind]


def test_what_is_alike_comes_together_and_the_oldest_id_stays() -> None:
    found = simple([1, 2, 3, 4], {(0, 1): 0.95, (2, 3): 0.9})
    assert merges(found) == [(1, (2,)), (3, (4,))]
    assert found.home == {1: 1, 2: 1, 3: 3, 4: 3}
    assert found.proposals == ()
    assert [each.template for each, _ in found.new] == [100, 101, 102, 103]


def test_all_of_a_group_must_be_alike() -> None:
    found = simple([1, 2, 3], {(0, 1): 0.95, (1, 2): 0.94, (0, 2): 0.2})
    assert merges(found) == [(1, (2,))]
    assert proposed(found) == [(1, 3)], "the rest of a chain is for people to decide"
    assert found.proposals[0].score == pytest.approx((0.94 + 0.2) / 2)


def test_all_that_stands_for_a_category_must_be_alike() -> None:
    assert merges(simple([1, 1, 2], {(0, 2): 0.99, (1, 2): 0.89})) == [(1, (2,))]
    assert merges(simple([1, 1, 2], {(0, 2): 0.99, (1, 2): 0.87})) == []


def test_two_labelled_categories_are_never_merged() -> None:
    alike = {(0, 1): 0.99, (0, 2): 0.95, (1, 2): 0.97}
    found = simple([1, 2, 3], alike, {1: LABELLED, 2: LABELLED})
    assert merges(found) == [(2, (3,))], "the third goes to the nearer one"
    assert proposed(found) == [(1, 2)]
    assert merges(simple([1, 2, 3], alike, {2: LABELLED})) == [(2, (1, 3))], "a labelled one stays"


def test_what_people_keep_apart_never_comes_together() -> None:
    alike = {(0, 1): 0.99, (0, 2): 0.95, (1, 2): 0.97}
    found = simple([1, 2, 3], alike, forbidden=[(1, 2)])
    assert merges(found) == [(2, (3,))]
    assert proposed(found) == [], "nor is it proposed, by the way of the third either"


def test_what_is_kept_apart_from_a_part_is_not_proposed_to_the_whole() -> None:
    alike = {(0, 1): 0.95, (0, 2): 0.5, (1, 2): 0.5}
    assert proposed(simple([1, 2, 3], alike)) == [(1, 3)]
    found = simple([1, 2, 3], alike, {3: LABELLED}, forbidden=[(2, 3)], named=[3])
    assert merges(found) == [(1, (2,))]
    assert found.proposals == ()


def test_what_is_kept_apart_is_not_proposed_and_others_are() -> None:
    found = simple([1, 2, 3], {(0, 1): 0.5, (1, 2): 0.4}, forbidden=[(1, 2)])
    assert proposed(found) == [(2, 3)]


def test_a_category_that_people_mixed_takes_in_what_is_like_one_part() -> None:
    alike = {(0, 2): 0.95, (1, 3): 0.93}
    assert merges(simple([1, 1, 2, 3], alike)) == []
    found = simple([1, 1, 2, 3], alike, {1: MIXED})
    assert merges(found) == [(1, (2, 3))]
    assert merges(simple([1, 1, 2, 3], alike, {1: replace(MIXED, labelled=True), 3: LABELLED})) == [(1, (2,))]
    assert merges(simple([1, 1, 2, 3], alike, {1: MIXED}, forbidden=[(1, 2)])) == [(1, (3,))]


def test_two_parts_of_a_mixed_category_do_not_bring_strangers_together_who_are_kept_apart() -> None:
    found = simple([1, 1, 2, 3], {(0, 2): 0.95, (1, 3): 0.93}, {1: MIXED}, forbidden=[(2, 3)])
    assert merges(found) == [(1, (2,))]


def test_a_move_tells_the_nearest_and_the_runner_up() -> None:
    found = simple([1, 2, 3, 4], {(0, 2): 0.95, (1, 2): 0.4, (2, 3): 0.3})
    (merge,) = found.merges
    (reason,) = merge.reasons.values()
    assert reason == {
        "why": Why.SIMILARITY,
        "score": 0.95,
        "threshold": GROUP,
        "runner_up": "KE-2",
        "runner_up_score": 0.4,
        "words": ["escaped"],
    }
    assert list(merge.reasons) == [102]
    (alone,) = simple([1, 2], {(0, 1): 0.95}).merges
    assert (alone.reasons[101]["runner_up"], alone.reasons[101]["runner_up_score"]) == (None, 0.0)


def test_a_code_in_both_is_the_reason() -> None:
    items = [item(0, 1, codes=["E-7", "E-8"]), item(1, 2, codes=["E-8", "E-9"]), item(2, 3, codes=["E-1"])]
    (merge,) = plan(items, {(0, 1): 0.9, (0, 2): 0.91, (1, 2): 0.9}).merges
    assert (merge.reasons[101]["why"], merge.reasons[101]["codes"]) == (Why.CODE, ["E-8"])
    assert merge.reasons[102]["why"] is Why.SIMILARITY
    assert "codes" not in merge.reasons[102]


def test_what_is_near_is_proposed_with_what_the_nearest_texts_share() -> None:
    texts = ["table lost for walrus", "walrus slept", "otter lost table", "otter swam"]
    items = [replace(item(place, home), text=texts[place]) for place, home in enumerate([1, 1, 2, 2])]
    alike = {(0, 1): 0.9, (2, 3): 0.9, (0, 2): 0.6, (1, 3): 0.2, (0, 3): 0.2, (1, 2): 0.2}
    (found,) = plan(items, alike).proposals
    assert (found.left, found.right, found.kind) == (1, 2, ProposalKind.MERGE)
    assert found.score == pytest.approx(0.3), "the average of all"
    assert set(found.grounds.words) == {"table", "lost"}
    assert "table" in found.grounds.concepts
    assert (found.grounds.threshold, found.grounds.version) == (PROPOSE, "given-1")


def test_contradictions_are_told() -> None:
    items = [
        replace(item(0, 1), text="connection refused by walrus"),
        replace(item(1, 2), text="connection reset by walrus"),
    ]
    (found,) = plan(items, {(0, 1): 0.4}).proposals
    assert "connection-refused / connection-reset" in found.grounds.against


def test_a_label_is_offered_to_what_has_none() -> None:
    found = simple([1, 2, 3], {(0, 1): 0.5, (0, 2): 0.3}, {2: LABELLED, 3: LABELLED}, named=[2, 3])
    (label,) = [each for each in found.proposals if each.kind is ProposalKind.LABEL]
    assert (label.left, label.right, label.score, label.grounds.runner_up) == (1, 2, pytest.approx(0.5), 3)


def test_only_what_is_new_brings_proposals() -> None:
    old = [item(place, home, is_new=False) for place, home in enumerate([1, 2])]
    assert plan(old, {(0, 1): 0.5}).proposals == ()
    assert proposed(plan([*old, item(2, 3)], {(0, 1): 0.5, (0, 2): 0.4})) == [(1, 3)]


def test_a_category_that_is_gone_takes_no_part() -> None:
    items = [item(place, home) for place, home in enumerate([1, 2, 3])]
    alike = {(0, 1): 0.95, (0, 2): 0.95, (1, 2): 0.95}
    found = plan_window(
        compared(items, alike),
        [(0, 1), (0, 2), (1, 2)],
        Snapshot({1: UNTOUCHED, 3: UNTOUCHED}, frozenset()),
        group_threshold=GROUP,
        propose_threshold=PROPOSE,
    )
    assert merges(found) == [(1, (3,))]
    assert found.home == {1: 1, 3: 1}


def test_pairs_that_are_not_near_are_compared_only_where_they_hang_together() -> None:
    items = [item(place, home) for place, home in enumerate([1, 2, 3, 4])]
    whole = compared(items, {(0, 1): 0.95, (1, 2): 0.95, (0, 2): 0.95, (2, 3): 0.99})
    standings = dict.fromkeys(range(1, 5), UNTOUCHED)
    found = plan_window(
        whole, [(0, 1), (1, 2)], Snapshot(standings, frozenset()), group_threshold=GROUP, propose_threshold=PROPOSE
    )
    assert merges(found) == [(1, (2, 3))]
    assert whole.met(3) == {}


def test_few_merges_are_proposed_for_a_category() -> None:
    size = MOST_PROPOSED + 8
    found = simple(list(range(1, size + 1)), {(0, place): 0.2 + place / 200 for place in range(1, size)})
    assert proposed(found) == [(1, home) for home in range(size, size - MOST_PROPOSED, -1)]


STANDINGS = st.lists(
    st.builds(Standing, st.booleans(), st.sampled_from([None, None, 7, 8]), mixed=st.booleans()), min_size=6, max_size=6
)


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(
    homes=st.lists(st.integers(1, 6), min_size=2, max_size=9),
    seed=st.integers(0, 2**20),
    dense=st.sampled_from([0.1, 0.3, 0.6, 0.95]),
    said=STANDINGS,
    forbidden=st.sets(st.sampled_from(list(itertools.combinations(range(1, 7), 2))), max_size=4),
)
def test_facts_hold_and_the_order_of_items_changes_nothing(
    homes: list[int], seed: int, dense: float, said: list[Standing], forbidden: set[tuple[int, int]]
) -> None:
    order = random.Random(seed)
    pairs = list(itertools.combinations(range(len(homes)), 2))
    steps = order.sample(range(1, 5_000), len(pairs))
    alike = {
        pair: (GROUP if order.random() < dense else 0.0) + step / 50_000
        for pair, step in zip(pairs, steps, strict=True)
    }
    standings = {home: said[home - 1] for home in set(homes)}
    named = {home for home, each in standings.items() if each.labelled}
    items = [item(place, home, is_new=place % 3 > 0) for place, home in enumerate(homes)]
    found = plan(items, alike, standings, forbidden=forbidden, named=named)
    _check(found, standings, forbidden)

    places = order.sample(range(len(items)), len(items))
    moved = [items[place] for place in places]
    where = {place: number for number, place in enumerate(places)}
    other = plan(
        moved,
        {(where[left], where[right]): chance for (left, right), chance in alike.items()},
        standings,
        forbidden=forbidden,
        named=named,
    )
    assert {target: set(sources) for target, sources in merges(other)} == {
        target: set(sources) for target, sources in merges(found)
    }
    assert other.home == found.home
    assert _told(other) == pytest.approx(_told(found))
    assert {each.template for each, _ in other.new} == {each.template for each, _ in found.new}


def _check(found: Plan, standings: Mapping[int, Standing], forbidden: Collection[tuple[int, int]]) -> None:
    assert set(found.home) == set(standings)
    assert all(found.home[home] == home for home in found.home.values()), "a target is no source"
    together: dict[int, list[int]] = {}
    for category, home in found.home.items():
        together.setdefault(home, []).append(category)
    for home, group in together.items():
        labelled = [category for category in group if standings[category].labelled]
        assert len(labelled) <= 1
        assert home == (labelled[0] if labelled else min(group))
        assert not any({left, right} <= set(group) for left, right in forbidden)
    assert dict(merges(found)).keys() == {home for home, group in together.items() if len(group) > 1}
    for proposal in found.proposals:
        assert {proposal.left, proposal.right} <= set(together)
        kept_apart = {frozenset((found.home.get(left), found.home.get(right))) for left, right in forbidden}
        assert frozenset((proposal.left, proposal.right)) not in kept_apart


def _told(found: Plan) -> dict[tuple[object, ...], float]:
    return {(each.kind, each.left, each.right, each.grounds.runner_up): each.score for each in found.proposals}
