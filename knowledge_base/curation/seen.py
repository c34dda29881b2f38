"""What somebody saw before they changed it: an act that would undo another one unseen is refused."""

from __future__ import annotations

from knowledge_base.curation.acts import Act
from knowledge_base.errors import StaleVersion
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry

LOOKED_AT = 50
OWNER, SNOOZE, IGNORING = ("assign",), ("snooze", "unsnooze"), ("ignore", "unignore")
NAMING = ("label", "adopt")
SOLVING = ("attach", "link", "detach", "adopt", "publish", "unpublish")
"""The acts that change one thing about a category."""


def require_seen(
    this: Act, category: int, *, seen: str | None, present: str, wanted: str, actions: tuple[str, ...]
) -> None:
    """Go on only where something is as it was ``seen``, or as it shall be already; None asks for nothing.

    Raises StaleVersion, which says who changed it.
    """
    if seen is None or present in (seen, wanted):
        return
    entry = last_of(audit.of_category(this.db, this.project, category, limit=LOOKED_AT), actions)
    who = "somebody" if entry is None else entry.actor
    raise StaleVersion(f"{who} changed that meanwhile: it was {seen or 'empty'!r}, it is {present or 'empty'!r} now")


def last_of(entries: list[Entry], actions: tuple[str, ...]) -> Entry | None:
    """Give the newest act of some kinds, also where it was taken back."""
    return next((each for each in entries if each.action in actions), None)
