"""Lexical indexes of projects that nobody asks about keep no threads."""

from __future__ import annotations

from pathlib import Path

from knowledge_base import retrieval
from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.index.lexical_postings import Postings
from knowledge_base.retrieval import Retrieval
from knowledge_base.store import projects
from knowledge_base.store.store import Store
from tests.index.test_replica import add
from tests.store.databases import START

TASKS = Path("/proc/self/task")


def test_who_rests_finds_and_changes_as_before() -> None:
    postings = Postings()
    postings.add([(1, ["disk", "full"]), (2, ["disk"])])
    postings.rest()
    assert [number for number, _ in postings.search({"disk": 1.0}, 5)] == [2, 1]
    postings.rest()
    postings.remove([2])
    postings.add([(3, ["disk"])])
    postings.commit()
    assert {number for number, _ in postings.search({"disk": 1.0}, 5)} == {1, 3}


def test_threads_do_not_grow_with_projects(sqlite_store: Store) -> None:
    names = [f"project-{number}" for number in range(2 * retrieval.READY)]
    with sqlite_store.write() as db:
        for name in names:
            projects.ensure_project(db, name, START)
    for name in names:
        add(sqlite_store, f"table of {name} not found", project=name)
    ready = Retrieval(sqlite_store, packaged_reader(), folder=None)

    def ask() -> int:
        for name in names:
            with sqlite_store.read() as db:
                lexical = ready.lexical(db, name, wait=True)
            assert len(lexical.representatives(lexical.asked("table"), 5)) > 0
        return threads()

    before = threads()  # those of other tests, some of which may end meanwhile
    first = ask()
    for name in names:
        add(sqlite_store, f"column of {name} not found", project=name)
    assert ask() <= first + 8, "as many as for the projects that were asked about last"
    assert first < before + 8 * retrieval.READY + 32


def threads() -> int:
    return len(list(TASKS.iterdir())) if TASKS.exists() else 0
