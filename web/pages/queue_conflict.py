"""Two people at one category of the queue: what was wanted, what somebody did meanwhile, and the ways on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from knowledge_base.curation.seen import IGNORING, LOOKED_AT, OWNER, SNOOZE, last_of
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from web.pages.opening import Opened
from web.pages.queue_answer import numbers_of

ACTIONS = {"assign": OWNER, "snooze": SNOOZE, "unsnooze": SNOOZE, "ignore": IGNORING, "unignore": IGNORING}
MARK = "="


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was not done: the ids, what others did to them, and the fields that would do it all the same."""

    ids: tuple[str, ...]
    theirs: tuple[Entry, ...]
    fields: Mapping[str, str]

    @property
    def act(self) -> str:
        """What was wanted."""
        return self.fields["act"]


def read_seen(ids: Sequence[str], seen: Sequence[str]) -> dict[str, str]:
    """Pair categories with what a list showed of them: a text behind ``=``, or nothing where it showed none.

    >>> read_seen(["KE-1", "KE-2"], ["=Ann", ""])
    {'KE-1': 'Ann'}
    """
    if len(ids) != len(seen):
        return {}
    return {each: shown[1:] for each, shown in zip(ids, seen, strict=True) if shown.startswith(MARK)}


def show_conflict(page: Opened, ids: Sequence[str], fields: Mapping[str, str]) -> Response:
    """Show what others did meanwhile beside what was wanted; nothing was done."""
    theirs = []
    with page.parts.knowledge.store.read() as db:
        for number in numbers_of(ids):
            entries = audit.of_category(db, page.project, number, limit=LOOKED_AT)
            theirs.append(last_of(entries, ACTIONS[fields["act"]]))
    shown = Conflict(tuple(ids), tuple(each for each in theirs if each is not None), fields)
    return page.show("queue_conflict.html", shown, status=409)
