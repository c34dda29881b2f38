"""The lexical index: what questions find by words, concepts and codes, whatever was changed before."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.index import lexical_following
from knowledge_base.index.lexical import Lexical
from knowledge_base.index.lexical_postings import ASKED, Postings
from knowledge_base.solution_details import Details, Variant
from knowledge_base.store.grouping import categories
from knowledge_base.store.representing import representatives
from knowledge_base.store.solving import solutions
from knowledge_base.store.store import Store, utc_now
from knowledge_base.types import SolutionState
from tests.index.lexical_support import QUESTIONS, found, helped, new_lexical, revise, solve
from tests.index.test_replica import add
from tests.store.databases import MINE, OTHER, copied_file, opened

TEXTS = (
    "TableNotFoundException: table <str> not found",
    "No space left on device <path>",
    "Broker <ip> refused the connection",
    "java.lang.OutOfMemoryError: Java heap space",
    "ORA-00942: table or view does not exist",
    "permission denied for schema <str>",
)


def test_it_follows_what_is_added_and_removed(store: Store) -> None:
    lexical = new_lexical()
    assert found(store, lexical, QUESTIONS[0]) == []
    ids = add(store, *TEXTS[:3])
    assert found(store, lexical, QUESTIONS[0])[0] == ids[0]
    with store.write() as db:
        representatives.remove(db, MINE, [ids[0]])
        representatives.follow_templates(db, MINE, {2: 77})
    later = add(store, *TEXTS[3:], category=40)
    assert ids[0] not in found(store, lexical, QUESTIONS[0])
    assert found(store, lexical, "the device has no space")[0] == ids[1]
    assert found(store, lexical, "out of memory")[0] == later[0]


def test_another_project_is_not_seen(store: Store) -> None:
    add(store, *TEXTS, project=OTHER)
    solve(store, "create the table", project=OTHER)
    assert found(store, new_lexical(), "table not found") == []
    assert helped(store, new_lexical(), "table not found") == []
    assert found(store, new_lexical(project=OTHER), "table not found")


def test_concepts_bridge_languages(store: Store) -> None:
    ids = add(store, *TEXTS)
    lexical = new_lexical()
    assert found(store, lexical, "表不存在")[0] in (ids[0], ids[4])
    assert found(store, lexical, "資料表不存在")[0] in (ids[0], ids[4])
    assert found(store, lexical, "建表提示没权限")[0] == ids[5]
    number, _ = solve(store, "给用户授权", "账号没有权限")
    assert helped(store, lexical, "access denied: permission is missing") == [number]


def test_codes_are_found(store: Store) -> None:
    ids = add(store, *TEXTS)
    assert found(store, new_lexical(), "what is this", "ORA-00942") == [ids[4]]


def test_solutions_are_found_by_title_cause_and_body(store: Store) -> None:
    lexical = new_lexical()
    first, _ = solve(store, "Raise the heap of executors", "memory runs out", "set `spark.executor.memory` higher")
    second, _ = solve(store, "Grant the schema", "", "GRANT USAGE ON SCHEMA; then restart the scheduler")
    assert helped(store, lexical, "my job keeps dying because memory runs out")[0] == first
    assert helped(store, lexical, "scheduler") == [second]
    assert helped(store, lexical, "scheduler", limit=0) == []


def test_solutions_are_found_by_what_they_say_in_another_language(store: Store) -> None:
    lexical = new_lexical()
    variant = Variant("zh", "重启看门狗", "喵星人拔了插头", "拧紧螺丝钉")
    disk, _ = solve(
        store, "Restart the watchdog", "unplugged", "tighten it", details=Details("en", variants=(variant,))
    )
    solve(store, "Raise the heap", "memory runs out")
    for words in ("看门狗", "喵星人", "螺丝钉"):
        assert helped(store, lexical, words) == [disk], words
    revise(store, disk, "Restart the watchdog", body="tighten it well")
    assert helped(store, lexical, "螺丝钉") == [disk]


def test_solutions_are_followed(store: Store) -> None:
    lexical = new_lexical()
    number, category = solve(store, "Free the quota")
    assert helped(store, lexical, "quota") == [number]
    revise(store, number, "Renew the certificate")
    assert helped(store, lexical, "quota") == []
    assert helped(store, lexical, "certificates") == [number]
    for state, expected in ((SolutionState.DRAFT, []), (SolutionState.PUBLISHED, [number])):
        with store.write() as db:
            solutions.set_state(db, MINE, number, state, now=utc_now())
        assert helped(store, lexical, "certificate") == expected
    with store.write() as db:
        categories.set_fields(db, MINE, category, solution=None)
    assert helped(store, lexical, "certificate") == []
    with store.write() as db:
        categories.set_fields(db, MINE, category, solution=number)
    assert helped(store, lexical, "certificate") == [number]


def test_those_that_answer_are_found_behind_many_that_do_not(sqlite_store: Store) -> None:
    lexical = new_lexical()
    for place in range(30):
        _, category = solve(sqlite_store, f"quota {place}")
        with sqlite_store.write() as db:
            categories.set_fields(db, MINE, category, solution=None)
    number, _ = solve(sqlite_store, "quota of the tenant in the region")
    assert helped(sqlite_store, lexical, "quota", limit=2) == [number]


def test_hostile_texts_are_read_and_asked(store: Store) -> None:
    long = "disk full " * 1_000_000
    ids = add(store, "disk \x00full\udcff", long, " ".join(f"w{number}x" for number in range(5_000)), "<" * 10_000)
    lexical = new_lexical()
    assert set(found(store, lexical, long)) >= {ids[0], ids[1]}
    for text in ("\ud800 disk \x00", "#" * 100_000, "", "\n\t ", '"; DROP TABLE terms; --', "a" * 100_000):
        found(store, lexical, text, text[:50])
    assert len(lexical.asked(" ".join(f"w{number}x" for number in range(5_000)))) <= 200


def test_postings_look_for_the_telling_terms_alone() -> None:
    postings = Postings()
    assert postings.search({"a": 1.0}, 5) == []
    postings.add((number, ["common", f"t{number}"]) for number in range(1, 101))
    postings.commit()
    asked = {f"t{number}": 1.0 for number in range(1, ASKED + 21)}
    assert len(postings.search(asked | {"common": 1.0}, 200)) == ASKED
    assert [number for number, _ in postings.search({"common": 1.0, "t7": 1.0}, 3)] == [7, 1, 2]
    assert [number for number, _ in postings.search({"t3": 1.0, "t5": 3.0}, 3)] == [5, 3]
    assert postings.search({"t3": 0.0, "\ud800": 1.0}, 3) == []
    postings.remove([7, 7_000])
    postings.commit()
    assert postings.search({"t7": 1.0}, 3) == []
    assert len(postings) == 99


@pytest.fixture
def threaded(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Lexical]]:
    monkeypatch.setattr(lexical_following, "FIRST_AT_ONCE", 3)
    monkeypatch.setattr(lexical_following, "AT_ONCE", 2)
    lexical = new_lexical(connect=sqlite_store.read)
    yield sqlite_store, lexical
    lexical.settle()


def test_much_at_once_is_read_in_a_thread(threaded: tuple[Store, Lexical]) -> None:
    store, lexical = threaded
    add(store, *TEXTS)
    found(store, lexical, "table")
    lexical.settle()
    expected = found(store, new_lexical(), "table")
    assert found(store, lexical, "table") == expected
    assert lexical.is_whole
    add(store, *(f"table {text}" for text in TEXTS), category=50)
    with store.read() as db:
        lexical.refresh(db, wait=True)
    assert set(found(store, lexical, "table")) == set(found(store, new_lexical(), "table"))


def test_many_threads_may_follow_and_search(threaded: tuple[Store, Lexical]) -> None:
    store, lexical = threaded
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(15):
                found(store, lexical, "table not found")
                helped(store, lexical, "table")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for place in range(12):
        add(store, *(f"{text} {place}" for text in TEXTS), category=10 * place)
        solve(store, f"create the table {place}")
    for thread in threads:
        thread.join()
    assert not failures
    with store.read() as db:
        lexical.refresh(db, wait=True)
    assert set(found(store, lexical, "table not found")) == set(found(store, new_lexical(), "table not found"))
    assert set(helped(store, lexical, "table")) == set(helped(store, new_lexical(), "table"))


_ACTS = st.one_of(
    st.tuples(st.just("add"), st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)),
    st.tuples(st.just("remove"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.integers(1, 3)),
    st.tuples(st.just("solve"), st.sampled_from(("create the table", "free the disk", "raise the memory"))),
    st.tuples(st.just("revise"), st.integers(0, 9)),
    st.tuples(st.just("draft"), st.integers(0, 9)),
    st.tuples(st.just("publish"), st.integers(0, 9)),
    st.tuples(st.just("detach"), st.integers(0, 9)),
    st.tuples(st.just("look"), st.just(0)),
)


class _Acting:
    """Does acts to a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ids: list[int] = []
        self.solved: list[tuple[int, int]] = []

    def do(self, kind: str, what: object) -> None:
        store, place = self.store, what if isinstance(what, int) else 0
        if kind == "add" and isinstance(what, list):
            self.ids += add(store, *what, category=len(self.ids) + 1)
        elif kind == "solve":
            self.solved.append(solve(store, f"{what} {len(self.solved)}"))
        elif kind in ("remove", "move") and self.ids:
            with store.write() as db:
                if kind == "remove":
                    representatives.remove(db, MINE, [self.ids[place % len(self.ids)]])
                else:
                    representatives.follow_templates(db, MINE, {place: 500})
        elif self.solved:
            number, category = self.solved[place % len(self.solved)]
            if kind == "revise":
                revise(store, number, f"renew certificate {place}", cause="the disk is full")
            with store.write() as db:
                if kind in ("draft", "publish"):
                    state = SolutionState.DRAFT if kind == "draft" else SolutionState.PUBLISHED
                    solutions.set_state(db, MINE, number, state, now=utc_now())
                elif kind == "detach":
                    categories.set_fields(db, MINE, category, solution=None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(_ACTS, max_size=14))
def test_followed_bit_by_bit_it_finds_what_one_made_anew_finds(
    acts: list[tuple[str, object]], empty_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("acts")
    with opened(copied_file(empty_file, folder / "kea.db")) as store:
        lexical, acting = new_lexical(folder), _Acting(store)
        for kind, what in acts:
            acting.do(kind, what)
            if kind == "look":
                found(store, lexical, QUESTIONS[0])
        for question in QUESTIONS:
            for other in (new_lexical(), new_lexical(folder)):
                assert set(found(store, lexical, question)) == set(found(store, other, question))
                assert set(helped(store, lexical, question)) == set(helped(store, other, question))
                assert found(store, other, question) == found(store, new_lexical(), question)


def test_another_process_is_followed(store: Store, database_url: str) -> None:
    lexical = new_lexical()
    assert found(store, lexical, "table") == []
    program = (
        "import sys\n"
        "from knowledge_base.store.store import Store\n"
        "from tests.index.lexical_support import solve\n"
        "from tests.index.test_replica import add\n"
        "with Store(sys.argv[1]) as store:\n"
        "    add(store, 'table <str> not found', 'disk full')\n"
        "    solve(store, 'create the table')\n"
    )
    subprocess.run([sys.executable, "-c", program, database_url], check=True, cwd=Path(__file__).parents[2])
    assert len(found(store, lexical, "table")) == 1
    assert len(helped(store, lexical, "table")) == 1
