"""Follows the change feeds while somebody looks, and tells all connections of this process."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from knowledge_base.errors import TooOften, Unavailable
from knowledge_base.store.store import Store
from web.live.channel import Channel, Cursor
from web.live.reading import read_news
from web.live.told import bye_event, first_event

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
TROUBLE_SECONDS = 10.0
"""The pause after the database could not be read."""
CHECK_SECONDS = 5.0
"""How soon a connection ends whose session ended, or whose roles changed."""
CLOSE_SECONDS = 5.0
"""How long closing waits for a read under way."""
OF_ONE, OF_ALL = 20, 1000
"""Connections that one person, or one program, and that all together may hold open to a process."""


class Standing(StrEnum):
    """Whether a connection may go on."""

    GOOD = "good"
    CHANGED = "changed"
    SIGNED_OUT = "signed out"


@dataclass(eq=False, slots=True)
class Connection:
    """Somebody who follows a project; ``look`` reads from the database whether they still may."""

    who: str
    project: str
    look: Callable[[], Standing] = field(repr=False)
    standing: Standing = Standing.GOOD


class LiveFeed:
    """One task reads for all connections of the process; it runs only while there are some."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._channels: dict[str, Channel] = {}
        self._open: set[Connection] = set()
        self._task: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()

    def open(self) -> None:
        """Take connections."""
        self._closed = asyncio.Event()

    async def close(self) -> None:
        """End all connections at once, and take none any more; a read under way comes to its end first."""
        self._closed.set()
        for channel in self._channels.values():
            channel.wake()
        task, self._task = self._task, None
        if task is not None:
            # A thread cannot be interrupted: it would go on with a connection of a store that is closed by then.
            _, late = await asyncio.wait({task}, timeout=CLOSE_SECONDS)
            for each in late:
                log.warning("a read for open pages did not end in time", seconds=CLOSE_SECONDS)
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @contextmanager
    def joined(self, connection: Connection) -> Iterator[Connection]:
        """Count a connection while it is open. Raises TooOften beyond the bound of one, Unavailable beyond all's."""
        if self._closed.is_set() or len(self._open) >= OF_ALL:
            raise Unavailable("no more pages can be kept up to date now; reload them by hand")
        if Counter(each.who for each in self._open)[connection.who] >= OF_ONE:
            raise TooOften(f"you have {OF_ONE} pages open that are kept up to date; close some", 60)
        self._open.add(connection)
        channel = self._channels.setdefault(connection.project, Channel())
        channel.followers += 1
        try:
            yield connection
        finally:
            self._open.discard(connection)
            channel.followers -= 1

    async def follow(self, connection: Connection, since: int | None) -> AsyncIterator[ServerSentEvent]:
        """Tell a joined connection what comes behind the change ``since``, until one of the two sides ends it."""
        closed = self._closed
        if closed.is_set():
            return
        channel = self._channels[connection.project]
        cursor = Cursor(channel, since)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(closed), name="kea-live")
        yield first_event()
        while not closed.is_set() and connection.standing is Standing.GOOD:
            moved = channel.moved
            for event in cursor.events():
                yield event
            if not closed.is_set() and connection.standing is Standing.GOOD:
                await moved.wait()
        if connection.standing is Standing.SIGNED_OUT:
            yield bye_event()

    async def _run(self, closed: asyncio.Event) -> None:
        checked_at = time.monotonic()
        while self._open and not closed.is_set():
            pause = POLL_SECONDS
            try:
                await self._poll()
                if time.monotonic() - checked_at >= CHECK_SECONDS:
                    await self._check()
                    checked_at = time.monotonic()
            except Exception as error:
                # Whatever it was, those who wait are better served by another try than by silence.
                log.warning("open pages are not told what changes", reason=str(error), error=type(error).__name__)
                pause = TROUBLE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(closed.wait(), pause)

    async def _poll(self) -> None:
        now = time.monotonic()
        for project in [name for name, channel in self._channels.items() if not channel.followers]:
            del self._channels[project]
        places = {project: channel.place(now) for project, channel in self._channels.items()}
        found = await run_in_threadpool(read_news, self._store, places)
        for project, news in found.items():
            self._channels[project].take(news, places[project], now)

    async def _check(self) -> None:
        """Look whether each connection still may follow its project, and wake those that may not."""
        there = list(self._open)
        for connection, standing in zip(there, await run_in_threadpool(_look, there), strict=True):
            connection.standing = standing
        for project in {each.project for each in there if each.standing is not Standing.GOOD}:
            if project in self._channels:
                self._channels[project].wake()


def _look(connections: list[Connection]) -> list[Standing]:
    return [each.look() for each in connections]
