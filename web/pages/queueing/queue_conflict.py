"""Two people at one category of the queue: what was wanted, what somebody did meanwhile, and the ways on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base.curation.seen import IGNORING, LOOKED_AT, OWNER, SNOOZE, last_of
from knowledge_base.errors import InputError, KeaError
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import categories
from knowledge_base.store.grouping.assignments import Care, read_care
from knowledge_base.store.grouping.category_view import Status
from web.pages.opening import Opened
from web.pages.queueing.queue_answer import numbers_of

ACTIONS = {"assign": OWNER, "snooze": SNOOZE, "unsnooze": SNOOZE, "ignore": IGNORING, "unignore": IGNORING}
MARK = "="


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was not done: what others did, and the fields that would do it all the same.

    ``seen`` says for each category what it is now (``read_seen``): that is what somebody sees who does it all the same.
    """

    seen: Mapping[str, str]
    theirs: tuple[Entry, ...]
    fields: Mapping[str, str]

    @property
    def act(self) -> str:
        """What was wanted."""
        return self.fields["act"]


def read_seen(ids: Sequence[str], seen: Sequence[str]) -> dict[str, str]:
    """Pair categories with what a list showed of them: a text behind ``=``, or nothing where it showed none.

    Raises InputError where something was seen, but not one thing for each.

    >>> read_seen(["KE-1", "KE-2"], ["=Ann", ""])
    {'KE-1': 'Ann'}
    """
    if seen and len(ids) != len(seen):
        raise InputError("send what was seen of each category, or of none; reload the page and try again")
    if not seen:
        return {}
    return {each: shown[1:] for each, shown in zip(ids, seen, strict=True) if shown.startswith(MARK)}


def show_conflict(page: Opened, ids: Sequence[str], fields: Mapping[str, str]) -> Response:
    """Show what others did meanwhile beside what was wanted; nothing was done."""
    theirs = []
    with page.parts.knowledge.store.read() as db:
        # First what is there: what is done between the two reads is then a conflict again, and not passed over.
        seen = {each: _present(db, page, each, fields["act"]) for each in ids}
        for number in numbers_of(ids):
            entries = audit.of_category(db, page.project, number, limit=LOOKED_AT)
            theirs.append(last_of(entries, ACTIONS[fields["act"]]))
    shown = Conflict(seen, tuple(each for each in theirs if each is not None), fields)
    return page.show("queue_conflict.html", shown, status=409)


def _present(db: Connection, page: Opened, category: str, act: str) -> str:
    """Say what a list would show now of what an act changes; nothing of a category that is not there."""
    try:
        number = categories.resolve_public(db, page.project, category)
    except KeaError:
        return ""
    if ACTIONS[act] == IGNORING:
        return MARK + ("ignored" if categories.get(db, page.project, number).status == Status.IGNORED else "")
    care = read_care(db, page.project, [number]).get(number, Care())
    if ACTIONS[act] == OWNER:
        return MARK + care.owner
    until = care.snoozed_until
    return MARK + (until.isoformat() if until is not None and until > page.parts.clock() else "")
