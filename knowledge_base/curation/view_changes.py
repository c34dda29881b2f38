"""Deleting a saved view, or putting another in its place, as an act that is kept and can be taken back."""

from __future__ import annotations

from knowledge_base.curation.acts import act
from knowledge_base.errors import Conflict
from knowledge_base.store import audit
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import views
from knowledge_base.store.wanted.views import View

DELETED, REPLACED = "delete_view", "replace_view"


def save_view(
    store: Store, project: str, name: str, *, address: str, is_shared: bool, actor: str
) -> tuple[View, int | None]:
    """Keep a view; where one of the same name was another, tell the number of the act that takes that back.

    Raises InputError for a name or an address that is too long or missing, Conflict beyond 50 views of one person.
    """
    with act(store, project, actor) as this:
        mine = {each.name: each for each in views.list_views(this.db, project, actor) if each.owner == actor}
        made = views.save_view(this.db, project, this.actor, name, address=address, is_shared=is_shared, now=this.now)
        former = mine.get(made.name)
        if former is None or _written(former) == _written(made):
            return made, None
        entry = audit.write(
            this.db,
            project,
            actor=this.actor,
            action=REPLACED,
            category=None,
            detail={"name": made.name, "address": former.address},
            undo={**_written(former), "after": _written(made)},
            now=this.now,
        )
        return made, entry


def delete_view(store: Store, project: str, number: int, *, actor: str) -> int:
    """Delete a view of one's own; tell the number of the act. Raises NotFound."""
    with act(store, project, actor) as this:
        gone = views.delete_view(this.db, project, this.actor, number)
        detail, kept = {"name": gone.name}, _written(gone)
        return audit.write(
            this.db, project, actor=this.actor, action=DELETED, category=None, detail=detail, undo=kept, now=this.now
        )


def restore_view(store: Store, project: str, audit_id: int, *, actor: str) -> View:
    """Bring a view back that its owner deleted or replaced.

    Raises NotFound, and Conflict where it was brought back before, is somebody else's, or has another namesake by now.
    """
    with act(store, project, actor) as this:
        entry = audit.get(this.db, project, audit_id)
        if entry.action not in (DELETED, REPLACED) or entry.undo is None or entry.actor != this.actor:
            raise Conflict("only whoever deleted a view can bring it back")
        if entry.undone_at is not None:
            raise Conflict("this was taken back before")
        kept = entry.undo
        mine = [each for each in views.list_views(this.db, project, actor) if each.owner == actor]
        if any(each.name == kept["name"] and _written(each) != kept.get("after") for each in mine):
            raise Conflict(f"you have another view {kept['name']!r} by now; delete or rename that first")
        back = views.save_view(
            this.db,
            project,
            this.actor,
            kept["name"],
            address=kept["address"],
            is_shared=kept["is_shared"],
            now=this.now,
        )
        audit.mark_undone(this.db, project, audit_id, this.now)
        detail = {"undone": entry.action, "audit": audit_id}
        audit.write(
            this.db, project, actor=this.actor, action="undo", category=None, detail=detail, undo=None, now=this.now
        )
        return back


def _written(view: View) -> dict[str, object]:
    return {"name": view.name, "address": view.address, "is_shared": view.is_shared}
