"""Giving categories to people, putting them off, and taking both back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from knowledge_base import curation
from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping.assignments import Care, read_care
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make


def care(store: Store, category: str) -> Care:
    number = number_of(Prefix.CATEGORY, category)
    with store.read() as db:
        return read_care(db, MINE, [number]).get(number, Care())


@pytest.fixture
def category(store: Store) -> str:
    return public_id(Prefix.CATEGORY, make(store, "a")[0].category)


def test_assigning_is_kept_audited_and_taken_back(store: Store, category: str) -> None:
    curation.assign(store, MINE, category, " Li   Wei ", actor="Mei")
    done = curation.assign(store, MINE, category, "Zhou", actor="Mei")
    assert care(store, category).owner == "Zhou"
    with store.read() as db:
        entry = audit.get(db, MINE, done.audit_id)
    assert (entry.action, entry.actor, entry.detail) == ("assign", "Mei", {"owner": "Zhou", "before": "Li Wei"})
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert care(store, category).owner == "Li Wei"
    with pytest.raises(InputError):
        curation.assign(store, MINE, category, "x" * 201, actor="Mei")
    with pytest.raises(NotFound):
        curation.assign(store, OTHER, category, "Zhou", actor="Mei")


def test_a_newer_owner_is_not_taken_back_with_an_older_act(store: Store, category: str) -> None:
    first = curation.assign(store, MINE, category, "Li Wei", actor="Mei")
    curation.assign(store, MINE, category, "Zhou", actor="Mei")
    with pytest.raises(Conflict):
        curation.undo(store, MINE, first.audit_id, actor="Mei")
    assert care(store, category).owner == "Zhou"


def test_snoozing_keeps_the_owner_and_comes_back(store: Store, category: str) -> None:
    until = datetime(2026, 3, 4, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    curation.assign(store, MINE, category, "Zhou", actor="Mei")
    first = curation.snooze(store, MINE, category, until, actor="Mei")
    assert care(store, category) == Care("Zhou", until)
    back = curation.snooze(store, MINE, category, None, actor="Mei")
    assert care(store, category) == Care("Zhou", None)
    with pytest.raises(Conflict):
        curation.undo(store, MINE, first.audit_id, actor="Mei")
    curation.undo(store, MINE, back.audit_id, actor="Mei")
    assert care(store, category) == Care("Zhou", until)
    curation.undo(store, MINE, first.audit_id, actor="Mei")
    assert care(store, category) == Care("Zhou", None)


@pytest.mark.parametrize("away", [timedelta(0), timedelta(seconds=-1), timedelta(days=400)])
def test_a_time_that_is_past_or_far_off_is_refused(store: Store, category: str, away: timedelta) -> None:
    with pytest.raises(InputError):
        curation.snooze(store, MINE, category, START + away, actor="Mei")
