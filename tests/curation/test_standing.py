"""With an older act nobody takes back what was done since, also where that gave the same value again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.errors import Conflict
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from tests.curation.pictures import picture
from tests.store.databases import MINE, START
from tests.store.filling import make

KE = "KE-1"
TEXT = SolutionText("Create the table", "dropped", "run it")


def named(store: Store, at: int) -> Done:
    return curation.label(store, MINE, KE, ("one", "two", "one")[at], actor="Mei")


def given(store: Store, at: int) -> Done:
    return curation.assign(store, MINE, KE, ("Lin", "Zhou", "Lin")[at], actor="Mei")


def put_off(store: Store, at: int) -> Done:
    return curation.snooze(
        store, MINE, KE, (START + timedelta(days=1), None, START + timedelta(days=1))[at], actor="Mei"
    )


def solved(store: Store, at: int) -> Done:
    if at == 1:
        return curation.detach(store, MINE, KE, actor="Mei")
    return curation.link(store, MINE, KE, "S-1", actor="Mei")


def published(store: Store, at: int) -> Done:
    act = curation.publish if at == 1 else curation.unpublish
    return act(store, MINE, "S-1", actor="Mei")


def written(store: Store, at: int) -> Done:
    body = ("one", "two", "one")[at]
    return curation.attach(store, MINE, KE, SolutionText("Disk", "", body), based_on=1 + at, actor="Mei")


@pytest.mark.parametrize("act", [named, given, put_off, solved, published, written])
def test_of_three_acts_only_the_last_is_taken_back(store: Store, act: Callable[[Store, int], Done]) -> None:
    make(store, "a", "b")
    curation.attach(store, MINE, KE, TEXT, actor="Mei")
    before = picture(store, MINE)
    done = [act(store, at).audit_id for at in range(3)]
    then = picture(store, MINE)
    for older in done[:2]:
        with pytest.raises(Conflict, match="take that back first"):
            curation.undo(store, MINE, older, actor="Lin")
    assert picture(store, MINE) == then
    # In the opposite order all of them are.
    for each in reversed(done):
        curation.undo(store, MINE, each, actor="Lin")
    assert picture(store, MINE).active == before.active


def test_what_was_published_for_several_is_newer_than_an_act_on_one_of_them(store: Store) -> None:
    make(store, "a", "b")
    curation.attach(store, MINE, KE, TEXT, actor="Mei")
    second = curation.link(store, MINE, "KE-2", "S-1", actor="Mei").audit_id
    curation.unpublish(store, MINE, "S-1", actor="Zhou")
    curation.publish(store, MINE, "S-1", actor="Zhou")
    with pytest.raises(Conflict, match="take that back first"):
        curation.undo(store, MINE, second, actor="Mei")


def test_a_split_is_not_taken_back_over_what_others_gave_its_category(store: Store) -> None:
    make(store, "a", "b")
    curation.merge(store, MINE, KE, ["KE-2"], actor="Mei")
    split = curation.split(store, MINE, KE, ["T-2"], label="Queue", actor="Mei")
    made = split.category.id
    acts = [
        curation.label(store, MINE, made, "Queue full", actor="Zhou"),
        curation.assign(store, MINE, made, "Bo", actor="Bo"),
        curation.snooze(store, MINE, made, START + timedelta(days=1), actor="Zhou"),
        curation.ignore(store, MINE, made, actor="Zhou"),
    ]
    for each in reversed(acts):
        with pytest.raises(Conflict, match=f"(Zhou|Zhou, Bo) changed {made} meanwhile"):
            curation.undo(store, MINE, split.audit_id, actor="Mei")
        curation.undo(store, MINE, each.audit_id, actor="Zhou")
    # A solution goes along: no answer is lost with it.
    curation.attach(store, MINE, made, TEXT, actor="Zhou")
    back = curation.undo(store, MINE, split.audit_id, actor="Mei")
    assert (back.category.id, back.category.solution_id) == (KE, "S-1")
