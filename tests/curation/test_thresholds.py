"""Thresholds are changed, kept with who did it, and taken back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base import curation
from knowledge_base.curation.thresholds import (
    Edit,
    ThresholdsHeld,
    change_thresholds,
    read_thresholds,
    undo_thresholds,
)
from knowledge_base.errors import Conflict, InputError, NotFound, StaleVersion
from knowledge_base.exchange.exporting import export_rows
from knowledge_base.exchange.importing import import_rows
from knowledge_base.settings import Settings
from knowledge_base.store import audit, projects
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER, opened

SETTINGS = Settings(answer_threshold=0.8, suggest_threshold=0.4)
SHARES = st.none() | st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
EDITS = st.builds(Edit, SHARES, SHARES, st.booleans())


def change(store: Store, edit: Edit, **more: object) -> ThresholdsHeld:
    return change_thresholds(store, MINE, edit, SETTINGS, actor="Mei", **more)  # type: ignore[arg-type]


def held(store: Store) -> ThresholdsHeld:
    return read_thresholds(store, MINE, SETTINGS)


def test_a_change_is_kept_with_who_did_it(store: Store) -> None:
    done = change(store, Edit(answer=0.9))
    assert (done.thresholds, done.is_own) == (Thresholds(0.9, 0.4), True)
    assert read_thresholds(store, OTHER, SETTINGS) == ThresholdsHeld(Thresholds(0.8, 0.4), is_own=False)
    assert done.audit_id is not None
    with store.read() as db:
        entry = audit.get(db, MINE, done.audit_id)
        [told] = projects.changes_since(db, MINE, 0)
    assert (entry.actor, entry.action, entry.detail["before"], entry.detail["after"]) == (
        "Mei",
        "set_thresholds",
        None,
        [0.9, 0.4],
    )
    assert (told.kind, told.detail["after"]) == ("thresholds_changed", [0.9, 0.4])


def test_what_holds_already_is_no_act(store: Store) -> None:
    assert change(store, Edit()).audit_id is None
    assert change(store, Edit(reset=True)).audit_id is None
    assert change(store, Edit(0.9, 0.5)).audit_id is not None
    assert change(store, Edit(suggest=0.5)) == held(store)
    with store.read() as db:
        assert projects.last_change(db, MINE) == 1


def test_what_is_wrong_changes_nothing(store: Store) -> None:
    with pytest.raises(InputError, match="above the answer"):
        change(store, Edit(answer=0.3))
    with pytest.raises(StaleVersion):
        change(store, Edit(answer=0.9), based_on=Thresholds(0.7, 0.4))
    with pytest.raises(InputError, match="name"):
        change_thresholds(store, MINE, Edit(answer=0.9), SETTINGS, actor=" ")
    for project in ("nobody", "\ud800"):
        with pytest.raises(NotFound):
            change_thresholds(store, project, Edit(answer=0.9), SETTINGS, actor="Mei")
        with pytest.raises(NotFound):
            read_thresholds(store, project, SETTINGS)
    assert not held(store).is_own


def test_a_change_is_taken_back_once_and_not_under_a_newer_one(store: Store) -> None:
    first, second = change(store, Edit(answer=0.9)), change(store, Edit(answer=0.95))
    assert first.audit_id is not None
    assert second.audit_id is not None
    with pytest.raises(Conflict, match="changed again meanwhile"):
        undo_thresholds(store, MINE, first.audit_id, SETTINGS, actor="Lin")
    assert undo_thresholds(store, MINE, second.audit_id, SETTINGS, actor="Lin").thresholds.answer == 0.9
    with pytest.raises(Conflict, match="taken back before"):
        undo_thresholds(store, MINE, second.audit_id, SETTINGS, actor="Lin")
    for act, project in ((10**9, MINE), (first.audit_id, OTHER)):
        with pytest.raises(NotFound):
            undo_thresholds(store, project, act, SETTINGS, actor="Lin")
    with pytest.raises(Conflict, match="cannot be taken back"):
        curation.undo(store, MINE, first.audit_id, actor="Lin")
    assert not undo_thresholds(store, MINE, first.audit_id, SETTINGS, actor="Lin").is_own


@settings(max_examples=25, deadline=None)
@given(st.lists(EDITS, max_size=8))
def test_taking_all_back_in_turn_restores_each_state(edits: list[Edit]) -> None:
    with opened("sqlite://") as store:
        done: list[tuple[ThresholdsHeld, int]] = []
        for edit in edits:
            before = held(store)
            try:
                after = change(store, edit)
            except InputError:
                assert held(store) == before
                continue
            assert after.thresholds.suggest <= after.thresholds.answer
            if after.audit_id is None:
                assert after == before
            else:
                done.append((before, after.audit_id))
        for before, act in reversed(done):
            assert undo_thresholds(store, MINE, act, SETTINGS, actor="Lin") == before
            assert held(store) == before


def test_another_project_takes_over_what_was_exported(store: Store) -> None:
    change(store, Edit(0.97, 0.51))
    rows = list(enumerate(export_rows(store, MINE), 1))
    assert [row for _, row in rows] == [{"type": "thresholds", "answer": 0.97, "suggest": 0.51}]
    assert import_rows(store, OTHER, rows, actor="Mei", name="k.jsonl").left_out == 0
    assert read_thresholds(store, OTHER, SETTINGS).thresholds == Thresholds(0.97, 0.51)
    assert import_rows(store, OTHER, rows, actor="Mei", name="k.jsonl").left_out == 0
    change_thresholds(store, OTHER, Edit(answer=0.98), SETTINGS, actor="Mei")
    assert import_rows(store, OTHER, rows, actor="Mei", name="k.jsonl").left_out == 1
    assert read_thresholds(store, OTHER, SETTINGS).thresholds.answer == 0.98, "what was set here stays"
    for wrong in ({"answer": 0.5, "suggest": 0.6}, {"answer": 7, "suggest": 0.6}, {"answer": 0.5}):
        with pytest.raises(InputError, match=r"k\.jsonl, line 1"):
            import_rows(store, MINE, [(1, {"type": "thresholds", **wrong})], actor="Mei", name="k.jsonl")


def test_those_that_are_left_out_are_exported_as_none(store: Store) -> None:
    assert list(export_rows(store, MINE)) == []
