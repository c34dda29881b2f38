"""Vectors of solutions: made outside of transactions, followed by every process, of one back end at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.index.solution_forms import SolutionForms
from knowledge_base.index.solutions import SolutionIndex
from knowledge_base.pairs.opening import open_judge
from knowledge_base.solution_embedding import PART, SolutionEmbedding
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories
from knowledge_base.store.representing import backends
from knowledge_base.store.solving import solution_vectors, solutions
from knowledge_base.store.store import Store, utc_now
from knowledge_base.types import SolutionState
from tests.index.lexical_support import revise, solve
from tests.index.test_replica import EMBEDDER, add
from tests.store.databases import MINE, OTHER, copied_file, opened

WIDE = HashingEmbedder(dimension=48)


class Counting:
    """An embedder that remembers what it was asked, and that no transaction is open meanwhile."""

    def __init__(self, embedder: Embedder, store: Store) -> None:
        self.backend, self.dimension = embedder.backend, embedder.dimension
        self.asked: list[str] = []
        self._embedder, self._store = embedder, store

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed."""
        with self._store.write() as db:
            projects.lock(db, MINE)
        self.asked += texts
        return self._embedder.embed(texts)


class Base:
    """A store with embedders."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.embedder: Embedder = EMBEDDER

    def embedder_named(self, backend: str) -> Embedder:
        """Give one of both."""
        return WIDE if backend == WIDE.backend else self.embedder


def new_index(project: str = MINE, embedder: Embedder = EMBEDDER) -> SolutionIndex:
    return SolutionIndex(project, backend=embedder.backend, dimension=embedder.dimension)


def nearest(store: Store, index: SolutionIndex, question: str, limit: int = 100, by: Embedder = EMBEDDER) -> list[int]:
    with store.read() as db:
        index.refresh(db)
        return [number for number, _ in index.search(db, by.embed([question]), limit)[0]]


def test_what_is_embedded_is_found(store: Store) -> None:
    index, embedding = new_index(), SolutionEmbedding(Base(store))
    disk, _ = solve(store, "Free the disk", "it is full")
    heap, _ = solve(store, "Raise the heap", "memory runs out")
    assert nearest(store, index, "raise heap") == []
    with store.read() as db:
        assert not embedding.is_whole(db, MINE, EMBEDDER.backend)
    assert embedding.catch_up(MINE, EMBEDDER) == 2
    assert embedding.catch_up(MINE, EMBEDDER) == 0
    with store.read() as db:
        assert embedding.is_whole(db, MINE, EMBEDDER.backend)
        assert not embedding.is_whole(db, MINE, WIDE.backend)
    assert nearest(store, index, "raise the heap memory runs out") == [heap, disk]
    assert nearest(store, index, "free the disk", limit=1) == [disk]
    parts = EMBEDDER.embed(["raise the heap memory runs out", "raise the heap", ""])
    assert index.vectors_of([heap, 999])[heap] == pytest.approx(parts)
    assert set(index.vectors_of([heap, 999])) == {heap}
    assert nearest(store, new_index(OTHER), "disk") == []


def test_a_revised_solution_is_found_by_its_new_words(store: Store) -> None:
    index, embedding = new_index(), SolutionEmbedding(Base(store))
    number, _ = solve(store, "Free the disk")
    embedding.catch_up(MINE, EMBEDDER)
    assert nearest(store, index, "disk") == [number]
    revise(store, number, "Renew the certificate")
    assert nearest(store, index, "disk") == []
    embedding.catch_up(MINE, EMBEDDER)
    assert nearest(store, index, "certificate") == [number]
    assert index.version_of(number) == 2


def test_a_version_that_says_the_same_needs_no_other_vectors(sqlite_store: Store) -> None:
    embedder = Counting(EMBEDDER, sqlite_store)
    index, embedding = new_index(), SolutionEmbedding(Base(sqlite_store))
    number, _ = solve(sqlite_store, "Free the disk")
    embedding.catch_up(MINE, embedder)
    asked = len(embedder.asked)
    revise(sqlite_store, number, "Free the disk!")
    assert embedding.catch_up(MINE, embedder) == 1
    assert len(embedder.asked) == asked
    assert nearest(sqlite_store, index, "disk") == [number]


def test_drafts_and_what_answers_for_nothing_are_not_found(store: Store) -> None:
    index, embedding = new_index(), SolutionEmbedding(Base(store))
    number, category = solve(store, "Free the disk")
    embedding.catch_up(MINE, EMBEDDER)
    assert nearest(store, index, "disk") == [number]
    for state, expected in ((SolutionState.DRAFT, []), (SolutionState.PUBLISHED, [number])):
        with store.write() as db:
            solutions.set_state(db, MINE, number, state, now=utc_now())
        assert nearest(store, index, "disk") == expected
        assert embedding.catch_up(MINE, EMBEDDER) == 0
    with store.write() as db:
        categories.set_fields(db, MINE, category, solution=None)
    assert nearest(store, index, "disk") == []


def test_those_that_answer_are_found_behind_many_that_do_not(sqlite_store: Store) -> None:
    for place in range(20):
        _, category = solve(sqlite_store, f"free the disk {'x' * place}")
        with sqlite_store.write() as db:
            categories.set_fields(db, MINE, category, solution=None)
    number, _ = solve(sqlite_store, "something else about certificates")
    SolutionEmbedding(Base(sqlite_store)).catch_up(MINE, EMBEDDER)
    assert nearest(sqlite_store, new_index(), "free the disk", limit=1) == [number]


def test_few_are_made_at_once_where_that_is_asked_for_the_newest_first(sqlite_store: Store) -> None:
    embedding = SolutionEmbedding(Base(sqlite_store))
    made = [solve(sqlite_store, f"free disk {'abcdefg'[place]}")[0] for place in range(5)]
    assert embedding.catch_up(MINE, EMBEDDER, most=2) == 2
    assert set(nearest(sqlite_store, new_index(), "disk")) == set(made[-2:])
    assert embedding.catch_up(MINE, EMBEDDER, most=0) == 0
    assert embedding.catch_up(MINE, EMBEDDER, most=100) == 3
    assert set(nearest(sqlite_store, new_index(), "disk")) == set(made)


def test_steps_prepare_a_roll_over_and_tidy_up_behind_it(store: Store) -> None:
    base = Base(store)
    embedding = SolutionEmbedding(base)
    solve(store, "Free the disk")
    assert embedding.step(MINE) is None  # it does not answer by any vectors yet
    add(store, "disk full")
    assert embedding.step(MINE) == 1
    assert embedding.step(MINE) is None
    with store.write() as db:
        backends.request(db, MINE, WIDE.backend)
    assert embedding.step(MINE) == 1
    assert len(nearest(store, new_index(embedder=WIDE), "disk", by=WIDE)) == 1
    assert len(nearest(store, new_index(), "disk")) == 1
    with store.write() as db:
        backends.switch(db, MINE, WIDE.backend)
    assert embedding.step(MINE) == 1
    assert embedding.step(MINE) is None
    assert nearest(store, new_index(), "disk") == []
    assert len(nearest(store, new_index(embedder=WIDE), "disk", by=WIDE)) == 1


def test_a_step_is_bounded(sqlite_store: Store) -> None:
    add(sqlite_store, "disk full")
    for place in range(PART + 3):
        solve(sqlite_store, f"free {'x' * place} disk")
    embedding = SolutionEmbedding(Base(sqlite_store))
    assert [embedding.step(MINE) for _ in range(3)] == [PART, 3, None]


def test_a_database_that_went_back_is_read_anew(sqlite_store: Store) -> None:
    index, embedding = new_index(), SolutionEmbedding(Base(sqlite_store))
    number, _ = solve(sqlite_store, "Free the disk")
    embedding.catch_up(MINE, EMBEDDER)
    nearest(sqlite_store, index, "disk")
    with sqlite_store.write() as db:
        db.exec_driver_sql("DELETE FROM solution_vector")
        db.exec_driver_sql("UPDATE project SET solutions = 0")
    assert nearest(sqlite_store, index, "disk") == []
    assert embedding.catch_up(MINE, EMBEDDER) == 1
    assert nearest(sqlite_store, index, "disk") == [number]


def test_vectors_of_another_length_are_left_out(sqlite_store: Store) -> None:
    number, _ = solve(sqlite_store, "Free the disk")
    with sqlite_store.write() as db:
        new = solution_vectors.NewVector(number, 1, "1.x", b"\x00" * 4)
        solution_vectors.put(db, MINE, EMBEDDER.backend, [new])
    assert nearest(sqlite_store, new_index(), "disk") == []


def test_profiles_say_what_solutions_are_about(sqlite_store: Store) -> None:
    store = sqlite_store
    judge = open_judge(packaged_reader(), EMBEDDER, kinds=None, folder=None)
    number, _ = solve(store, "Create the table", "ORA-00942: the table is missing", "rm -rf /tmp")
    unmade, _ = solve(store, "Another")
    forms, index = SolutionForms(most=1), new_index()
    SolutionEmbedding(Base(store)).catch_up(MINE, EMBEDDER)
    nearest(store, index, "x")
    with store.read() as db:
        read = forms.profiles(db, judge, index, [number, 12345])
        assert set(read) == {number}
        assert "table" in read[number].profile.words
        assert "tmp" not in read[number].profile.words
        assert "tmp" in read[number].words
        assert "ORA-00942" in read[number].profile.codes
        assert forms.profiles(db, judge, index, [number])[number] is read[number]
        assert set(forms.profiles(db, judge, index, [number, unmade])) == {number, unmade}
    revise(store, number, "Renew the certificate")
    with store.read() as db:
        index.refresh(db)
        assert forms.profiles(db, judge, index, [number]) == {}
    SolutionEmbedding(Base(store)).catch_up(MINE, EMBEDDER)
    nearest(store, index, "x")
    with store.read() as db:
        assert "certificate" in forms.profiles(db, judge, index, [number])[number].profile.words


_ACTS = st.tuples(
    st.sampled_from(("solve", "revise", "body", "draft", "publish", "detach", "attach", "embed", "look")),
    st.integers(0, 5),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(_ACTS, max_size=20))
def test_followed_bit_by_bit_it_finds_what_one_made_anew_finds(
    acts: list[tuple[str, int]], empty_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with opened(copied_file(empty_file, tmp_path_factory.mktemp("acts") / "kea.db")) as store:
        index, embedding, made = new_index(), SolutionEmbedding(Base(store)), []
        for kind, place in acts:
            if kind == "solve":
                made.append(solve(store, f"free the disk {'x' * len(made)}"))
            elif kind == "embed":
                embedding.catch_up(MINE, EMBEDDER, most=place)
            elif kind == "look":
                nearest(store, index, "disk")
            elif made:
                number, category = made[place % len(made)]
                if kind == "revise":
                    revise(store, number, f"renew {'y' * place} certificate")
                with store.write() as db:
                    if kind == "body":
                        kept = solutions.get(db, MINE, number)
                        text = solutions.SolutionText(kept.title, kept.cause, "body")
                        solutions.revise(db, MINE, number, text, author="x", now=store.clock(), based_on=kept.version)
                    elif kind in ("draft", "publish"):
                        state = SolutionState.DRAFT if kind == "draft" else SolutionState.PUBLISHED
                        solutions.set_state(db, MINE, number, state, now=utc_now())
                    elif kind == "detach":
                        categories.set_fields(db, MINE, category, solution=None)
                    elif kind == "attach" and solutions.get(db, MINE, number).state == SolutionState.PUBLISHED:
                        categories.set_fields(db, MINE, category, solution=number)
        assert nearest(store, index, "disk") == nearest(store, new_index(), "disk")
        embedding.catch_up(MINE, EMBEDDER)
        assert nearest(store, index, "disk") == nearest(store, new_index(), "disk")
        with store.read() as db:
            published = solutions.list_all(db, MINE, state=SolutionState.PUBLISHED)
        assert len(nearest(store, index, "disk")) == sum(bool(each.category_ids) for each in published)


def test_another_process_is_followed(store: Store, database_url: str) -> None:
    index = new_index()
    number, _ = solve(store, "Free the disk")
    assert nearest(store, index, "disk") == []
    program = (
        "import sys\n"
        "from knowledge_base.solution_embedding import SolutionEmbedding\n"
        "from knowledge_base.store.store import Store\n"
        "from tests.index.test_solutions import Base, EMBEDDER, MINE\n"
        "with Store(sys.argv[1]) as store:\n"
        "    assert SolutionEmbedding(Base(store)).catch_up(MINE, EMBEDDER) == 1\n"
    )
    subprocess.run([sys.executable, "-c", program, database_url], check=True, cwd=Path(__file__).parents[2])
    assert nearest(store, index, "disk") == [number]
    assert np.linalg.norm(index.vectors_of([number])[number][0]) == pytest.approx(1)
