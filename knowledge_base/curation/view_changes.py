"""Deleting a saved view as an act that is kept and can be taken back."""

from __future__ import annotations

from knowledge_base.curation.acts import act
from knowledge_base.errors import Conflict
from knowledge_base.store import audit
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import views
from knowledge_base.store.wanted.views import View

DELETED = "delete_view"


def delete_view(store: Store, project: str, number: int, *, actor: str) -> int:
    """Delete a view of one's own; tell the number of the act. Raises NotFound."""
    with act(store, project, actor) as this:
        gone = views.delete_view(this.db, project, this.actor, number)
        kept = {"name": gone.name, "address": gone.address, "is_shared": gone.is_shared}
        detail = {"name": gone.name}
        return audit.write(
            this.db, project, actor=this.actor, action=DELETED, category=None, detail=detail, undo=kept, now=this.now
        )


def restore_view(store: Store, project: str, audit_id: int, *, actor: str) -> View:
    """Bring a view back that its owner deleted.

    Raises NotFound, and Conflict where it was brought back before, is somebody else's, or has a namesake by now.
    """
    with act(store, project, actor) as this:
        entry = audit.get(this.db, project, audit_id)
        if entry.action != DELETED or entry.undo is None or entry.actor != this.actor:
            raise Conflict("only whoever deleted a view can bring it back")
        if entry.undone_at is not None:
            raise Conflict("this was taken back before")
        kept = entry.undo
        if any(each.name == kept["name"] and each.owner == actor for each in views.list_views(this.db, project, actor)):
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
        detail = {"undone": DELETED, "audit": audit_id}
        audit.write(
            this.db, project, actor=this.actor, action="undo", category=None, detail=detail, undo=None, now=this.now
        )
        return back
