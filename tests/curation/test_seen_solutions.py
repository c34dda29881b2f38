"""Which solution somebody saw: another one that a category has by now is neither overwritten nor replaced unseen."""

from __future__ import annotations

import pytest

from knowledge_base import curation
from knowledge_base.curation.solving import reviewing
from knowledge_base.errors import Conflict, NotFound, StaleVersion
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from tests.curation.pictures import picture
from tests.store.databases import MINE
from tests.store.filling import make

DISK, QUEUE = "KE-1", "KE-2"
MORE = SolutionText("Disk", "", "more steps")


@pytest.fixture
def two(store: Store) -> Store:
    """The disk has S-1, the queue S-2; then somebody gives the disk S-2 too."""
    make(store, "disk", "queue", "third")
    for category, title in ((DISK, "Disk"), (QUEUE, "Queue")):
        curation.attach(store, MINE, category, SolutionText(title, "", "steps"), actor="Mei")
    curation.link(store, MINE, DISK, "S-2", actor="Zhou")
    return store


def test_words_for_one_solution_are_not_put_into_another(two: Store) -> None:
    before = picture(two, MINE)
    with pytest.raises(StaleVersion, match="KE-1 has S-2 by now, 'Queue'"):
        curation.attach(two, MINE, DISK, MORE, based_on=1, seen="S-1", actor="Lin")
    with pytest.raises(StaleVersion, match="KE-1 has S-2 by now"):
        curation.attach(two, MINE, DISK, MORE, based_on=1, seen="", actor="Lin")
    with pytest.raises(StaleVersion, match="Mei attached 'Queue' meanwhile"):
        curation.attach(two, MINE, DISK, MORE, seen="", actor="Lin")
    with pytest.raises(NotFound):
        curation.attach(two, MINE, DISK, MORE, based_on=1, seen="KE-1", actor="Lin")
    assert picture(two, MINE) == before
    done = curation.attach(two, MINE, DISK, MORE, based_on=1, seen="S-2", actor="Lin")
    assert done.solution is not None
    assert (done.solution.id, done.solution.version) == ("S-2", 2)
    curation.detach(two, MINE, DISK, seen="S-2", actor="Zhou")
    with pytest.raises(StaleVersion, match="detached meanwhile"):
        curation.attach(two, MINE, DISK, MORE, seen="S-2", actor="Lin")


def test_what_was_not_seen_is_neither_replaced_nor_taken_off(two: Store) -> None:
    before = picture(two, MINE)
    for seen in ("S-1", ""):
        with pytest.raises(StaleVersion, match="KE-1 has S-2 by now"):
            curation.link(two, MINE, DISK, "S-1", seen=seen, actor="Lin")
        with pytest.raises(StaleVersion, match="KE-1 has S-2 by now"):
            curation.detach(two, MINE, DISK, seen=seen, actor="Lin")
    with pytest.raises(StaleVersion, match="S-2 was taken off KE-3"):
        curation.link(two, MINE, "KE-3", "S-1", seen="S-2", actor="Lin")
    assert picture(two, MINE) == before
    assert curation.link(two, MINE, DISK, "S-1", seen="S-2", actor="Lin").category.solution_id == "S-1"
    assert curation.detach(two, MINE, DISK, seen="S-1", actor="Lin").category.solution_id is None


def test_a_solution_that_is_given_replaces_the_one_that_was_named(two: Store) -> None:
    with pytest.raises(Conflict, match="KE-1 has S-2; say"):
        reviewing.give(two, MINE, "S-1", DISK, actor="Lin")
    curation.attach(two, MINE, "KE-3", SolutionText("Third", "", ""), actor="Mei")
    with pytest.raises(StaleVersion, match="KE-1 has S-2 by now"):
        reviewing.give(two, MINE, "S-1", DISK, replaces="S-3", actor="Lin")
    given = reviewing.give(two, MINE, "S-1", DISK, replaces="S-2", actor="Lin")
    assert given.solution.category_ids == (DISK,)


@pytest.mark.parametrize("reviewed", [False, True])
def test_a_draft_replaces_the_ones_that_were_named(two: Store, reviewed: bool) -> None:
    draft = reviewing.create_draft(two, MINE, MORE, [DISK, "KE-3"], actor="Lin").solution
    if reviewed:
        reviewing.ask_review(two, MINE, draft.id, MORE, based_on=1, actor="Lin")
    curation.attach(two, MINE, "KE-3", SolutionText("Third", "", ""), actor="Mei")

    def publish(*replaces: str) -> None:
        if reviewed:
            reviewing.publish_review(two, MINE, draft.id, replaces=replaces, actor="Lin")
        else:
            curation.publish(two, MINE, draft.id, replaces=replaces, actor="Lin")

    before = picture(two, MINE)
    with pytest.raises(Conflict, match="KE-1, KE-3 has another solution"):
        publish()
    with pytest.raises(StaleVersion, match="KE-3 has S-4 by now"):
        publish("S-2")
    assert picture(two, MINE) == before
    publish("S-2", "S-4")
    assert picture(two, MINE).active[3].solution == ("Disk", "", "more steps")
