"""Whether an act is the last one of its kind: with an older act nobody takes back what was done since.

That something has the value which an act gave it does not tell: it may have been changed, and given the same again.
"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge_base.curation.acts import Act
from knowledge_base.curation.seen import IGNORING, NAMING, OWNER, SNOOZE, SOLVING
from knowledge_base.errors import Conflict
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import categories

_PUBLISHING = ("publish", "unpublish")
_NAMED_ANEW = "the label was changed again meanwhile; take that back first"
_SOLVED_ANEW = "the solution was changed again meanwhile; take that back first"
_KINDS = (
    (NAMING, _NAMED_ANEW),
    (OWNER, "somebody else became the owner meanwhile; take that back first"),
    (SNOOZE, "it was put off to another time meanwhile; take that back first"),
    (IGNORING, "it was ignored, or no longer, meanwhile; take that back first"),
    (SOLVING, _SOLVED_ANEW),
)
_OF_ONE_ROW = (*OWNER, *SNOOZE, *IGNORING)
"""What these change stays with the category of the act when that is merged."""

_LOST = {**dict.fromkeys(NAMING, "name"), **dict.fromkeys(OWNER, "owner")}
_LOST |= {**dict.fromkeys(SNOOZE, "snooze"), **dict.fromkeys(IGNORING, "status")}
"""What people give a category that is gone with it, by the acts that give it."""


def require_last(this: Act, entry: Entry) -> None:
    """Go on only where nothing that stands changed, behind an act, what the act changed. Raises Conflict."""
    if entry.action == "revise":
        for each in _behind(this, entry, ("revise",)):
            if each.detail.get("solution") == entry.detail.get("solution"):
                raise Conflict(f"version {each.detail.get('version')} was saved meanwhile; take that back first")
        return
    kinds = [(actions, said) for actions, said in _KINDS if entry.action in actions]
    if not kinds:
        return
    rows = _rows(this, entry)
    newer = audit.newer_about(this.db, this.project, entry.id, sorted(rows))
    for actions, said in kinds:
        if any(each.action in actions for each in newer):
            raise Conflict(said)
    if entry.action in SOLVING:
        _require_published_last(this, entry, rows)


def require_untouched(this: Act, entry: Entry) -> None:
    """Go on only where nobody gave the category that an act made what would be gone with it. Raises Conflict."""
    made = entry.category or 0
    newer = audit.newer_about(this.db, this.project, entry.id, [made])
    lost = [each for each in newer if each.actor != audit.MACHINE and each.action in _LOST]
    if lost:
        who = ", ".join(dict.fromkeys(each.actor for each in lost))
        what, named = _LOST[lost[-1].action], public_id(Prefix.CATEGORY, made)
        raise Conflict(f"{who} changed {named} meanwhile, last its {what}; take that back first")


def _rows(this: Act, entry: Entry) -> set[int]:
    """Name the categories that an act concerned, and those that show it now."""
    undo = entry.undo or {}
    rows = {entry.category or 0, *undo.get("rows", ())}
    if entry.action == "publish":
        rows |= {row for row, _ in undo["before"]}
    if entry.action not in _OF_ONE_ROW:
        rows |= {categories.resolve(this.db, this.project, each) for each in rows}
    return rows


def _require_published_last(this: Act, entry: Entry, rows: Iterable[int]) -> None:
    """Look for what was published or turned back since: such an act stands under the first of its categories."""
    homes = {public_id(Prefix.CATEGORY, each) for each in rows}
    for each in _behind(this, entry, _PUBLISHING):
        is_same = entry.action in _PUBLISHING and each.detail.get("solution") == entry.detail.get("solution")
        if is_same or not homes.isdisjoint(each.detail.get("categories", ())):
            raise Conflict(_SOLVED_ANEW)


def _behind(this: Act, entry: Entry, actions: tuple[str, ...]) -> list[Entry]:
    return audit.standing_behind(this.db, this.project, entry.id, actions)
