"""Beyond the switch: the index becomes another one beside the one in use, and back, and nothing is lost."""

from __future__ import annotations

import itertools
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.index import kinds
from knowledge_base.index.codes import CodeIndex
from knowledge_base.index.flat import FlatIndex
from knowledge_base.index.inverted import InvertedIndex
from knowledge_base.index.members import Members, text_hash
from knowledge_base.index.rebuilding import Rebuilding, settle
from knowledge_base.index.replica import Replica
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import NewRepresentative
from knowledge_base.store.store import Store
from tests.index.test_replica import EMBEDDER, add, new_replica
from tests.store.databases import MINE

WORDS = ("table", "disk", "broker", "heap", "quota", "socket", "lease", "column", "shard", "token")
TEXTS = [" ".join(words) for words in itertools.permutations(WORDS, 3)]


def scored(store: Store, replica: Replica, limit: int) -> list[list[tuple[int, float]]]:
    with store.read() as db:
        replica.refresh(db)
        found = replica.search(db, EMBEDDER.embed(TEXTS[::90]), limit)
    return [[(each.id, score) for each, score in row] for row in found]


def nearest(store: Store, replica: Replica, limit: int = 5) -> list[list[int]]:
    return [[number for number, _ in row] for row in scored(store, replica, limit)]


def recall(store: Store, replica: Replica) -> float:
    """Tell the share of the nearest that is found; of those equally near any may be."""
    pairs = zip(scored(store, replica, 5), scored(store, new_replica(), 5), strict=True)
    return float(np.mean([score > exact[-1][1] - 1e-3 for found, exact in pairs for _, score in found]))


def test_answers_are_exact_up_to_the_switch_and_nearly_so_beyond(store: Store) -> None:
    exact, growing = new_replica(), new_replica(switch=400)
    add(store, *TEXTS[:400])
    assert nearest(store, growing) == nearest(store, exact)
    assert growing.is_exact
    ids = add(store, *TEXTS[400:])
    nearest(store, growing)
    growing.settle()
    assert not growing.is_exact
    assert recall(store, growing) > 0.95
    with store.write() as db:
        representatives.remove(db, MINE, ids[::2])
    (later,) = add(store, "what was never said before", category=2000)
    assert not {number for row in nearest(store, growing) for number in row} & set(ids[::2])
    assert later in nearest(store, growing, limit=2_000)[1]
    assert recall(store, growing) > 0.95
    assert len(growing) == len(TEXTS) + 1 - len(ids[::2])
    assert nearest(store, growing) == nearest(store, growing)


def test_it_becomes_exact_again_when_most_are_gone(store: Store) -> None:
    ids = add(store, *TEXTS)
    replica = new_replica(switch=200)
    nearest(store, replica)
    assert not replica.is_exact
    with store.write() as db:
        representatives.remove(db, MINE, ids[50:])
    nearest(store, replica)
    replica.settle()
    assert replica.is_exact
    assert nearest(store, replica) == nearest(store, new_replica())


def test_a_restart_takes_the_file_of_either_kind(sqlite_store: Store, tmp_path: Path) -> None:
    add(sqlite_store, *TEXTS)
    first = nearest(sqlite_store, new_replica(tmp_path, switch=200))
    (file,) = tmp_path.glob("*.faiss")
    assert isinstance(kinds.load(file, EMBEDDER.dimension), InvertedIndex)
    again = new_replica(tmp_path, switch=200)
    assert nearest(sqlite_store, again) == first
    assert not again.is_exact
    exact = new_replica(tmp_path)
    assert nearest(sqlite_store, exact) == nearest(sqlite_store, new_replica())
    assert exact.is_exact


def test_a_file_in_which_some_texts_are_others_gives_only_the_rest(sqlite_store: Store, tmp_path: Path) -> None:
    ids = add(sqlite_store, *TEXTS[:40])
    nearest(sqlite_store, new_replica(tmp_path))
    vector = EMBEDDER.embed(["quota quota quota"])[0].tobytes()
    with sqlite_store.write() as db:
        db.exec_driver_sql("UPDATE representative SET text = 'quota', vector = ? WHERE id = ?", (vector, ids[3]))
    assert nearest(sqlite_store, new_replica(tmp_path)) == nearest(sqlite_store, new_replica())


def test_many_threads_may_follow_and_search_while_it_grows(sqlite_store: Store) -> None:
    replica = new_replica(switch=100)
    add(sqlite_store, *TEXTS[:101])
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(15):
                assert all(nearest(sqlite_store, replica))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(101, len(TEXTS), 60):
        add(sqlite_store, *TEXTS[start : start + 60], category=start)
    for thread in threads:
        thread.join()
    assert not failures
    nearest(sqlite_store, replica)
    replica.settle()
    assert len(replica) == len(TEXTS)
    assert recall(sqlite_store, replica) > 0.95


def test_what_changes_while_the_new_index_is_made_is_in_it() -> None:
    vectors = EMBEDDER.embed(TEXTS)
    old = FlatIndex(EMBEDDER.dimension)
    old.add(list(range(500)), vectors[:500])
    made: list[InvertedIndex] = []

    def done(before: kinds.AnyIndex, after: kinds.AnyIndex) -> None:
        assert isinstance(after, InvertedIndex)
        old.remove(list(range(100)))
        old.add([600], vectors[600:601])
        settle(before, after)
        made.append(after)

    rebuilding = Rebuilding(old, threading.Lock(), done, switch=100)
    rebuilding.start()
    rebuilding.join()
    assert made[0].ids.tolist() == old.ids.tolist() == [*range(100, 500), 600]
    assert made[0].vector(600) == pytest.approx(vectors[600], abs=1e-3)


def test_a_first_load_holds_no_texts(sqlite_store: Store) -> None:
    """Texts of 40 MB pass through, portion by portion."""
    vector = EMBEDDER.embed(["table not found"])[0].tobytes()
    with sqlite_store.write() as db:
        new = [NewRepresentative(number, None, f"{number}{'x' * 20_000}", (), vector) for number in range(2_000)]
        representatives.add(db, MINE, new, EMBEDDER.backend)
    del new
    replica = new_replica()
    tracemalloc.start()
    with sqlite_store.read() as db:
        replica.refresh(db)
    _, peak = tracemalloc.get_traced_memory()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(replica) == 2_000
    assert held < 2_000_000
    assert peak < 25_000_000


def test_members_stay_in_order() -> None:
    members = Members()
    members.add([5, 9], [1, 2])
    members.add([7, 3], [3, 4])
    members.remove([9, 100])
    assert members.ids.tolist() == [3, 5, 7]
    assert members.hashes.tolist() == [4, 1, 3]
    assert [number in members for number in (3, 4, 7, 9)] == [True, False, True, False]
    assert members.has([9, 5]).tolist() == [False, True]
    assert Members().has([1]).tolist() == [False]
    before = members.digest()
    members.add([10], [text_hash("a\udcff")])
    assert members.digest() != before


def test_codes_that_are_gone_are_forgotten() -> None:
    codes = CodeIndex()
    for number in (4, 2, 4):
        codes.add(number, ["ORA-1", "HY000"])
    assert codes.with_code("ORA-1") == [2, 4]
    codes.keep(lambda number: number == 2)
    assert codes.with_code("HY000") == [2]
    codes.keep(lambda number: False)
    assert codes.with_code("HY000") == []
