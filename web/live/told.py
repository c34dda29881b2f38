"""What a page is told: what changed, by whom, and how much waits. It is told in ids; pages ask for the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from fastapi.sse import ServerSentEvent

from knowledge_base.ids import Prefix
from knowledge_base.store.audit import MACHINE
from knowledge_base.store.named_ids import ids_in
from knowledge_base.store.projects import Change
from knowledge_base.store.watching.live import Counts

MOST_ROWS = 200
"""So many categories are named at once; of more a page is told that they are many."""
RETRY_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, and to what."""

    kind: str
    actor: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """How a project stands. ``kept`` is the change up to which the queue follows, ``ingest`` how its sources fare."""

    counts: Counts
    ingest: str
    kept: int

    def event(self) -> ServerSentEvent:
        """Write it as it is sent."""
        return _event("state", asdict(self.counts) | {"ingest": self.ingest, "kept": self.kept})


def changes_event(changes: Sequence[Change]) -> ServerSentEvent:
    """Write changes as they are sent, under the number of the last one."""
    acts = [_act(each) for each in changes if _actor(each)]
    rows = sorted({found for each in changes for found in ids_in(each.detail) if found.startswith(Prefix.CATEGORY)})
    told = {
        "number": changes[-1].number,
        "acts": [asdict(each) for each in acts],
        "rows": rows[:MOST_ROWS],
        "many": len(rows) > MOST_ROWS,
    }
    return _event("changes", told, number=changes[-1].number)


def behind_event(number: int) -> ServerSentEvent:
    """Write that more happened than can be told one by one."""
    return _event("behind", {"number": number}, number=number)


def bye_event() -> ServerSentEvent:
    """Write that the reader is signed out."""
    return _event("bye", {})


def first_event() -> ServerSentEvent:
    """Write what comes first: proxies and browsers see at once that the stream is there."""
    return ServerSentEvent(comment="kea", retry=RETRY_SECONDS * 1000)


def _event(name: str, told: object, *, number: int | None = None) -> ServerSentEvent:
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return ServerSentEvent(raw_data=written, event=name, id=None if number is None else str(number))


def _act(change: Change) -> Act:
    return Act(change.kind, _actor(change), tuple(_unique(ids_in(change.detail)))[:MOST_ROWS])


def _actor(change: Change) -> str:
    actor = change.detail.get("actor")
    return actor if isinstance(actor, str) and actor != MACHINE else ""


def _unique(ids: Iterable[str]) -> list[str]:
    return sorted(set(ids))
