"""Which known kinds of error a text is likely to be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.pairs.features import NAMES, Kinship, Wording
from knowledge_base.pairs.kinds import CONSIDERED, KEPT, KnownKinds
from knowledge_base.pairs.model import Layer, PairModel
from knowledge_base.pairs.profile import Profile
from tests.pairs.judging import Court
from tests.pairs.profiles import CONTRADICTIONS, RARITY, profile

Rows = npt.NDArray[np.float64]
SIZE = len(NAMES[Wording])
DENSE = PairModel(
    Layer(-2.0, tuple(8.0 * (name == "dense") for name in NAMES[Wording])),
    Layer(0.0, (0.0,) * (SIZE + len(NAMES[Kinship]))),
    "dense alone",
)
"""Log odds of 6 for equal vectors, -2 for unlike ones."""


def known(kinds: list[str], vectors: Rows) -> KnownKinds:
    return KnownKinds(kinds, vectors.astype(np.float32), {}, lambda place: profile(kinds[place]))


def shares(
    table: KnownKinds, vector: Rows, *, text: Profile | None = None, named: frozenset[str] = frozenset()
) -> dict[str, float]:
    found = table.shares(text or profile("a text"), vector.astype(np.float32), named, DENSE, RARITY, CONTRADICTIONS)
    return dict(found)


def test_the_nearest_kind_has_the_largest_share() -> None:
    axes = np.eye(4)
    found = shares(known(["a", "b", "c", "c"], axes), 0.8 * axes[0] + 0.6 * axes[1])
    odds = {"a": np.exp(4.4), "b": np.exp(2.8), "c": np.exp(-2)}
    assert found == pytest.approx({name: odds[name] / (1 + sum(odds.values())) for name in "ab"}, abs=1e-5)
    assert list(found) == ["a", "b"]


def test_a_text_that_is_like_no_kind_is_of_none() -> None:
    assert shares(known(["a", "b"], np.eye(3)[:2]), -np.array([0.6, 0.8, 0.0])) == {}
    assert shares(known([], np.zeros((0, 3))), np.eye(3)[0]) == {}


def test_a_kind_counts_by_its_best_wording_once() -> None:
    axes = np.eye(3)
    once, twice = shares(known(["a"], axes[:1]), axes[0]), shares(known(["a", "a"], axes[[0, 0]]), axes[0])
    assert once == twice
    assert 0.99 < once["a"] < 1


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 2**16), count=st.integers(0, 60), codes=st.frozensets(st.sampled_from("abcxyz"), max_size=6))
def test_shares_sum_up_to_less_than_1_and_are_few(seed: int, count: int, codes: frozenset[str]) -> None:
    order = np.random.default_rng(seed)
    rows = order.normal(size=(count + 1, 3))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = shares(known(["abcdefgh"[n % 8] for n in range(count)], rows[1:]), rows[0], named=codes)
    assert sum(found.values()) < 1
    assert len(found) <= KEPT
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_code_names_its_kind_and_a_better_wording_counts_more() -> None:
    axes = np.eye(3)
    table = known(["a", "b"], axes[:2])
    named = shares(table, axes[2], named=frozenset({"b"}))
    assert named["b"] > 0.8 > named.get("a", 0.0)
    assert shares(table, axes[1], named=frozenset({"b"})) == shares(table, axes[1])


def test_an_act_brings_wordings_into_the_choice() -> None:
    near, far = np.array([[1.0, 0.0]] * 40), np.array([[0.9, np.sqrt(1 - 0.81)]])
    kinds = [f"near-{n}" for n in range(40)] + ["far"]
    rows = np.concatenate([near, far])
    acts = {"timeout": frozenset({"far"})}
    assert len(kinds) > CONSIDERED
    looked: list[int] = []

    def profile_at(place: int) -> Profile:
        looked.append(place)
        return profile(kinds[place])

    table = KnownKinds(kinds, rows.astype(np.float32), acts, profile_at)
    shares(table, np.array([1.0, 0.0]))
    assert 40 not in looked
    assert len(looked) == CONSIDERED
    looked.clear()
    shares(table, np.array([1.0, 0.0]), text=profile("a text", acts=["timeout", "unheard-of"]))
    assert 40 in looked
    assert len(looked) == CONSIDERED


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ORA-00942", "table-not-found"),
        ("ERROR 1146 (42S02): shop.cart", "table-not-found"),
        ("HTTP/1.1 502", "bad-gateway"),
        ("java.net.UnknownHostException: db7", "dns-failure"),
        ("Table shop.cart doesn't exist", "table-not-found"),
        ("表 shop.cart 不存在", "table-not-found"),
        ("no space left on device", "disk-full"),
    ],
)
def test_a_line_is_of_the_kind_that_it_says(court: Court, line: str, kind: str) -> None:
    read, _ = court.read(line)
    assert next(iter(read.kinds)) == kind
    assert 0.5 < read.kinds[kind] <= sum(read.kinds.values()) < 1


def test_a_text_of_no_known_kind_leaves_room_for_none(court: Court) -> None:
    read, _ = court.read("zebra quagga okapi walked over the bridge")
    assert sum(read.kinds.values()) < 0.2
