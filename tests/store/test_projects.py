"""Projects keep to themselves; numbers are given out once."""

from __future__ import annotations

import threading

import pytest

from knowledge_base.errors import InputError, NotFound
from knowledge_base.store import projects
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER, START


def test_projects_are_listed_and_made_once(store: Store) -> None:
    with store.write() as db:
        projects.publish(db, MINE, [("made", {})], START)
        projects.ensure_project(db, MINE, START)
    with store.read() as db:
        assert projects.list_projects(db) == [MINE, OTHER]
        assert projects.last_change(db, MINE) == 1, "a second making leaves the project alone"
        projects.require_project(db, MINE)


@pytest.mark.parametrize("name", ["nobody", "", "Billing", "billing ", "x\x00y", "\udcff", "a" * 5000])
def test_a_project_that_is_not_there_is_refused(store: Store, name: str) -> None:
    with store.read() as db, pytest.raises(NotFound, match=r"there is no project .*kea ingest or kea demo"):
        projects.require_project(db, name)


@pytest.mark.parametrize("name", ["", "Upper", "-first", "a b", "a/b", "..", "x\x00", "a" * 65, "über", "a\n"])
def test_a_name_that_cannot_be_one_is_refused(store: Store, name: str) -> None:
    with store.write() as db, pytest.raises(InputError, match="is no project name"):
        projects.ensure_project(db, name, START)


def test_numbers_are_given_out_once_to_everybody(store: Store) -> None:
    taken: list[int] = []

    def take() -> None:
        for _ in range(5):
            with store.write() as db:
                taken.extend(take_numbers(db, "proposal", 3))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == list(range(1, 61))


def test_generations_belong_to_a_project(store: Store) -> None:
    with store.write() as db:
        assert [projects.next_generation(db, MINE) for _ in range(3)] == [1, 2, 3]
    with store.read() as db:
        assert projects.generation(db, MINE) == 3
        assert projects.generation(db, OTHER) == 0
        assert projects.generation(db, "nobody") == 0


def test_the_feed_has_no_gaps_when_many_publish(store: Store) -> None:
    def publish(name: str) -> None:
        for number in range(5):
            with store.write() as db:
                projects.publish(db, MINE, [(name, {"n": number}), (name, {"n": number, "second": True})], START)

    threads = [threading.Thread(target=publish, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with store.read() as db:
        changes = projects.changes_since(db, MINE, 0)
    assert [change.number for change in changes] == list(range(1, 31))
    assert [change.detail.get("second", False) for change in changes] == [False, True] * 15


def test_what_is_read_together_is_one_state(store: Store) -> None:
    with store.read() as db:
        assert projects.last_change(db, MINE) == 0
        with store.write() as other:
            projects.publish(other, MINE, [("made", {})], START)
        assert projects.last_change(db, MINE) == 0
    with store.read() as db:
        assert projects.last_change(db, MINE) == 1
