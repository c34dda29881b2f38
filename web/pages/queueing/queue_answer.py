"""What the queue answers to an act: the rows that changed, those that left the list, the counts and the toast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from starlette.responses import Response

from knowledge_base.errors import KeaError
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.audit import Entry
from knowledge_base.store.wanted import queue
from web.pages.opening import Opened
from web.pages.queueing.queue_context import QueueActed
from web.pages.queueing.queue_reading import read_acted, read_rows
from web.pages.queueing.queue_wanted import read_address


def answer(page: Opened, acts: Sequence[int], ids: Iterable[str], back: str, refused: str) -> Response:
    """Give the rows anew to a script, which takes those that are left out off its list; lead others back."""
    shown = read_address(back)
    if not page.visit.fragment:
        return page.go("/queue", **dict(shown.parameters()), done=",".join(map(str, acts)))
    numbers = tuple(numbers_of(ids))
    with page.parts.knowledge.store.read() as db:
        acted = read_acted(db, page.project, acts, refused)
        concerned = tuple(dict.fromkeys([*numbers, *(n for each in acted.entries for n in concerned_in(each))]))
        only = replace(shown, wanted=replace(shown.wanted, only=concerned))
        part = read_rows(db, page, only, None, limit=max(1, len(concerned)))
        summary = queue.summarise(db, page.project, shown.wanted, now=page.parts.clock())
        states = queue.count_states(db, page.project, now=page.parts.clock())
    left = {each.waiting.number for each in part.rows}
    gone = tuple(f"{Prefix.CATEGORY}-{each}" for each in concerned if each not in left)
    return page.show("queue_acted.html", QueueActed(shown, part, summary, acted, gone, states))


def concerned_in(entry: Entry) -> list[int]:
    """Name the categories that an act changed."""
    undo = entry.undo or {}
    found = [entry.category, undo.get("source"), *(merged["source"] for merged in undo.get("merges", ()))]
    return [each for each in found if each is not None]


def numbers_of(ids: Iterable[str]) -> list[int]:
    """Read the numbers of categories; what is none is left out."""
    found = []
    for each in ids:
        try:
            found.append(number_of(Prefix.CATEGORY, each))
        except KeaError:
            continue
    return found
