"""What every vector index does: the FAISS one and its twin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.embedding.port import Vectors, normalised
from knowledge_base.index import kinds
from knowledge_base.index.flat import FlatIndex
from knowledge_base.index.inverted import InvertedIndex, lists_for
from knowledge_base.index.memory import MemoryIndex
from knowledge_base.index.port import VectorIndex

DIMENSION = 8
MakeIndex = Callable[[], VectorIndex]


def inverted() -> InvertedIndex:
    """Lists that are all looked into, so that nothing is missed."""
    return InvertedIndex.trained(random_vectors(300, 7), 100)


KINDS: dict[str, MakeIndex] = {"flat": lambda: FlatIndex(DIMENSION), "inverted": inverted, "memory": MemoryIndex}


@pytest.fixture(params=KINDS)
def make_index(request: pytest.FixtureRequest) -> MakeIndex:
    return KINDS[request.param]


def random_vectors(count: int, seed: int = 1) -> Vectors:
    return normalised(np.random.default_rng(seed).normal(size=(count, DIMENSION)))


def axes(*numbers: int) -> Vectors:
    return np.eye(DIMENSION, dtype=np.float32)[list(numbers)]


def test_an_empty_index_finds_nothing(make_index: MakeIndex) -> None:
    index = make_index()
    assert len(index) == 0
    assert index.search(random_vectors(2), 5) == [[], []]
    index.remove([1, 2])
    index.add([], np.zeros((0, DIMENSION), np.float32))
    assert index.search(np.zeros((0, DIMENSION), np.float32), 5) == []


def test_the_nearest_come_first(make_index: MakeIndex) -> None:
    index = make_index()
    vectors = random_vectors(50)
    index.add(list(range(100, 150)), vectors)
    for row, found in zip(vectors, index.search(vectors, 7), strict=True):
        scores = vectors @ row
        expected = sorted(range(50), key=lambda place: -scores[place])[:7]
        assert [number - 100 for number, _ in found] == expected
        assert [score for _, score in found] == pytest.approx([scores[place] for place in expected], abs=1e-3)


def test_fewer_than_wanted_are_all_there_are(make_index: MakeIndex) -> None:
    index = make_index()
    index.add([5, 3], axes(0, 1))
    assert index.search(axes(1), 10) == [[(3, 1.0), (5, 0.0)]]


def test_ties_go_to_the_smaller_id(make_index: MakeIndex) -> None:
    index = make_index()
    index.add([9, 2, 7, 4], axes(0, 0, 0, 1))
    assert [number for number, _ in index.search(axes(0), 4)[0]] == [2, 7, 9, 4]


def test_adding_an_id_again_replaces_its_vector(make_index: MakeIndex) -> None:
    index = make_index()
    index.add([1, 2], axes(0, 1))
    index.add([1], axes(2))
    assert len(index) == 2
    assert index.search(axes(2), 1) == [[(1, 1.0)]]
    assert index.search(axes(0), 2) == [[(1, 0.0), (2, 0.0)]]


def test_what_was_removed_is_found_no_more(make_index: MakeIndex) -> None:
    index = make_index()
    index.add([1, 2, 3], axes(0, 1, 2))
    index.remove([2, 99])
    assert len(index) == 2
    assert {number for number, _ in index.search(axes(1), 5)[0]} == {1, 3}
    index.add([2], axes(5))
    assert index.search(axes(5), 1) == [[(2, 1.0)]]


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.lists(st.integers(1, 12), unique=True, max_size=5), st.integers(0, 9)), max_size=12
    )
)
def test_all_give_the_same_answers_after_any_changes(
    steps: list[tuple[bool, list[int], int]],
) -> None:
    every = [make() for make in KINDS.values()]
    for adding, ids, seed in steps:
        for index in every:
            if adding:
                index.add(ids, random_vectors(len(ids), seed))
            else:
                index.remove(ids)
    queries = random_vectors(3, 99)
    *others, memory = every
    for index in others:
        assert len(index) == len(memory)
        assert index.ids.tolist() == memory.ids.tolist()
        for left, right in zip(index.search(queries, 4), memory.search(queries, 4), strict=True):
            assert [score for _, score in left] == pytest.approx([score for _, score in right], abs=1e-3)
            assert len(left) == min(4, len(memory))
        for number in memory.ids.tolist():
            assert index.vector(number) == pytest.approx(memory.vector(number), abs=1e-3)
        every_one = index.vectors([12, *range(1, 12)])
        assert list(every_one) == list(memory.vectors([12, *range(1, 12)])), "in the order that was asked for"
        assert all(row == pytest.approx(memory.vector(number), abs=1e-3) for number, row in every_one.items())
        there = memory.ids.tolist()
        assert list(index.vectors(there)) == there


@pytest.mark.parametrize("make", [KINDS["flat"], KINDS["inverted"]])
def test_a_file_gives_the_index_back(tmp_path: Path, make: Callable[[], FlatIndex | InvertedIndex]) -> None:
    index = make()
    index.add([3, 1], random_vectors(2))
    index.write(str(tmp_path / "x.faiss"))
    again = kinds.load(tmp_path / "x.faiss", DIMENSION)
    assert type(again) is type(index)
    assert again.ids.tolist() == [1, 3]
    assert again.search(random_vectors(1), 2) == index.search(random_vectors(1), 2)
    assert again.vector(3) == pytest.approx(random_vectors(2)[0], abs=1e-3)
    with pytest.raises(KeyError):
        again.vector(2)
    again.remove([3])
    again.add([9], random_vectors(1))
    assert again.ids.tolist() == [1, 9]


def test_few_lists_of_many_still_find_most() -> None:
    """Real vectors lie in heaps, with some between them; of the ten nearest nearly all are found in the near lists."""
    by = np.random.default_rng(4)
    heaps = normalised(by.normal(size=(60, 32)))
    vectors = normalised(
        heaps[by.integers(0, 60, 6000)] + by.normal(size=(6000, 32)) * by.uniform(0.05, 0.3, (6000, 1))
    )
    exact, lists = FlatIndex(32), InvertedIndex.trained(vectors[::2], 6000, probes=24)
    assert lists.lists == 128
    for index in (exact, lists):
        index.add(list(range(6000)), vectors)
        index.remove(list(range(0, 6000, 7)))
    queries = normalised(vectors[:300] + by.normal(size=(300, 32)) * 0.05)
    pairs = zip(exact.search(queries, 10), lists.search(queries, 10), strict=True)
    shared = [len({number for number, _ in left} & {number for number, _ in right}) for left, right in pairs]
    assert 0.95 <= np.mean(shared) / 10 < 1
    assert not any(number % 7 == 0 for row in lists.search(queries, 10) for number, _ in row)


def test_lists_grow_with_what_they_hold() -> None:
    assert [lists_for(count) for count in (1, 100, 20_000, 300_000, 1_000_000)] == [2, 16, 256, 1024, 2048]
    index = InvertedIndex.trained(random_vectors(500), 100)
    assert kinds.fits(index, 100, switch=50)
    assert not kinds.fits(index, 800, switch=50)
    assert not kinds.fits(index, 20, switch=50)


def test_a_file_of_another_dimension_does_not_fit(tmp_path: Path) -> None:
    index = FlatIndex(DIMENSION)
    index.add([1], random_vectors(1))
    index.write(str(tmp_path / "x.faiss"))
    with pytest.raises(ValueError, match="of dimension 8, not 9"):
        kinds.load(tmp_path / "x.faiss", DIMENSION + 1)


@pytest.mark.parametrize("content", [b"", b"x", b"IxMp" + b"\x00" * 200, b"\xff" * 1000])
def test_a_file_that_is_no_index_does_not_fit(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.faiss").write_bytes(content)
    with pytest.raises(ValueError, match="is not an index"):
        kinds.load(tmp_path / "x.faiss", DIMENSION)
