"""Changing the thresholds of a project: each change is kept, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.curation.acts import Act, act
from knowledge_base.errors import Conflict, StaleVersion
from knowledge_base.settings import Settings
from knowledge_base.store import audit, projects
from knowledge_base.store.asking import thresholds
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.store.store import Store

CHANGED, UNDONE = "set_thresholds", "undo_thresholds"


@dataclass(frozen=True, slots=True)
class Edit:
    """What to change; None leaves a threshold as it holds now. ``reset`` lets those of the settings hold again."""

    answer: float | None = None
    suggest: float | None = None
    reset: bool = False


@dataclass(frozen=True, slots=True)
class ThresholdsHeld:
    """The thresholds that hold; ``is_own`` where they are the project's. ``audit_id`` is what takes the change back.

    That is None where nothing was changed.
    """

    thresholds: Thresholds
    is_own: bool
    audit_id: int | None = None


def read_thresholds(store: Store, project: str, settings: Settings) -> ThresholdsHeld:
    """Tell which thresholds hold; raises NotFound."""
    with store.read() as db:
        return _held(db, project, settings)


def change_thresholds(
    store: Store,
    project: str,
    edit: Edit,
    settings: Settings,
    *,
    actor: str,
    based_on: Thresholds | None = None,
    grounds: Mapping[str, object] | None = None,
) -> ThresholdsHeld:
    """Change them as an act of ``actor``; what holds already is no act.

    ``based_on`` are those that were seen: StaleVersion is raised where others hold. ``grounds`` are kept with the act.
    Raises NotFound, and InputError for what cannot be a threshold.
    """
    with act(store, project, actor) as this:
        present = _held(this.db, project, settings)
        if based_on is not None and based_on != present.thresholds:
            raise StaleVersion(_told(this.db, project, present.thresholds, based_on))
        before = present.thresholds if present.is_own else None
        wanted = before
        if edit.reset:
            wanted = None
        elif edit.answer is not None or edit.suggest is not None:
            wanted = _edited(present.thresholds, edit)
        if wanted == before:
            return present
        entry = _keep(this, before, wanted, action=CHANGED, grounds=grounds or {})
        held = _held(this.db, project, settings)
        return ThresholdsHeld(held.thresholds, held.is_own, entry)


def undo_thresholds(store: Store, project: str, audit_id: int, settings: Settings, *, actor: str) -> ThresholdsHeld:
    """Let those hold again that held before a change, by the number of its audit entry.

    Raises NotFound, and Conflict where it was taken back before or they were changed again meanwhile.
    """
    with act(store, project, actor) as this:
        entry = audit.get(this.db, project, audit_id)
        if entry.undone_at is not None:
            raise Conflict("this was taken back before")
        if entry.undo is None or entry.action != CHANGED:
            raise Conflict("this act is no change of thresholds; `POST /undo` takes others back")
        present = thresholds.own_of(this.db, project)
        if present != _read(entry.undo["after"]):
            raise Conflict("the thresholds were changed again meanwhile; take that back first")
        audit.mark_undone(this.db, project, audit_id, this.now)
        _keep(this, present, _read(entry.undo["before"]), action=UNDONE, grounds={"audit": audit_id})
        return _held(this.db, project, settings)


def keep_imported_thresholds(this: Act, wanted: Thresholds) -> bool:
    """Keep thresholds of another home within an act; False where the project has others, which stay."""
    present = thresholds.own_of(this.db, this.project)
    if present is not None:
        return present == wanted
    _keep(this, None, wanted, action=CHANGED, grounds={})
    return True


def _keep(
    this: Act, before: Thresholds | None, after: Thresholds | None, *, action: str, grounds: Mapping[str, object]
) -> int:
    thresholds.put(this.db, this.project, after)
    change = {"before": _written(before), "after": _written(after)}
    named = {"actor": this.actor, **change}
    projects.publish(this.db, this.project, [("thresholds_changed", named)], this.now)
    return audit.write(
        this.db,
        this.project,
        actor=this.actor,
        action=action,
        category=None,
        detail={**change, **grounds},
        undo=change if action == CHANGED else None,
        now=this.now,
    )


def _told(db: Connection, project: str, present: Thresholds, seen: Thresholds) -> str:
    last = audit.of_actions(db, project, (CHANGED, UNDONE), limit=1)
    return (
        f"{last[0].actor if last else 'somebody'} changed the thresholds meanwhile: answers from {present.answer:g} and"
        f" suggests from {present.suggest:g} now, it was {seen.answer:g} and {seen.suggest:g}; look, and try again"
    )


def _held(db: Connection, project: str, settings: Settings) -> ThresholdsHeld:
    own = thresholds.own_of(db, project)
    return ThresholdsHeld(own or thresholds.from_settings(settings), own is not None)


def _edited(present: Thresholds, edit: Edit) -> Thresholds:
    answer = present.answer if edit.answer is None else edit.answer
    suggest = present.suggest if edit.suggest is None else edit.suggest
    return Thresholds(answer, suggest)


def _written(given: Thresholds | None) -> list[float] | None:
    return None if given is None else [given.answer, given.suggest]


def _read(kept: list[float] | None) -> Thresholds | None:
    return None if kept is None else Thresholds(*kept)
