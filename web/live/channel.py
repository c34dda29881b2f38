"""What is known of one project, for whoever follows it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from fastapi.sse import ServerSentEvent

from knowledge_base.store.projects import Change
from web.live.reading import News, Place
from web.live.told import State, behind_event, changes_event

KEPT = 1000
"""Changes that are kept for those who were away for a while."""
COUNT_SECONDS, REST_SECONDS = 5.0, 15.0
"""How often is counted where something changes, and where nothing does."""
SURE = 2
"""So many polls later one has begun after a page was found ahead: the first may have been under way then."""


@dataclass(slots=True)
class Channel:
    """The newest changes and the state of a project; ``moved`` is set, and replaced, with every news.

    ``first`` is the number behind which all is kept; ``era`` goes up where a backup was put back. ``polls`` counts how
    often was read; up to the one ``watched`` all are woken by each, since one of them may be ahead.
    """

    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=KEPT))
    first: int = 0
    last: int = -1
    era: int = 0
    state: State | None = None
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    followers: int = 0
    polls: int = 0
    watched: int = 0
    counted_at: float = 0.0
    is_counted: bool = False

    def place(self, now: float) -> Place | None:
        """Tell where reading goes on; counting is left out where that was done lately."""
        if self.state is None:
            return None
        rest = REST_SECONDS if self.is_counted else COUNT_SECONDS
        is_due = now - self.counted_at >= rest
        return Place(self.last, None if is_due else self.state.counts, self.state.ingest)

    def take(self, news: News, place: Place | None, now: float) -> None:
        """Take in what was read from a place, and wake those who wait where it says something new."""
        self.polls += 1
        if news.is_set_back:
            self.era += 1
        if news.is_set_back or news.behind > self.last:
            self.changes.clear()
            self.first = self.last = news.behind
        for change in news.changes:
            if len(self.changes) == KEPT:
                self.first = self.changes[0].number
            self.changes.append(change)
            self.last = change.number
        if place is None or place.counts is None:
            self.counted_at, self.is_counted = now, not news.changes
        elif news.changes:
            self.is_counted = False
        state = State(news.counts, news.ingest, news.kept)
        if news.changes or news.is_set_back or state != self.state:
            self.state = state
            self.wake()
        elif self.polls <= self.watched:
            self.wake()

    def wake(self) -> None:
        """Let those who wait look."""
        self.moved.set()
        self.moved = asyncio.Event()


@dataclass(slots=True)
class Cursor:
    """How far one connection is; ``number`` is the last change that it was told of, None where it begins now."""

    channel: Channel
    number: int | None
    era: int | None = None
    state: State | None = None
    ahead_at: int | None = None

    def events(self) -> Iterator[ServerSentEvent]:
        """Give what it was not told yet."""
        channel = self.channel
        if channel.state is None:
            return
        if self.era is None:
            self.era = channel.era
        if self.number is None:
            self.number = channel.last
        if self.era != channel.era or self.number < channel.first or self._is_ahead(self.number):
            self.era, self.number = channel.era, channel.last
            yield behind_event(channel.last)
        elif self.number < channel.last:
            told = [each for each in channel.changes if each.number > self.number]
            self.number = channel.last
            yield changes_event(told)
        if self.state != channel.state:
            self.state = channel.state
            yield channel.state.event()

    def _is_ahead(self, number: int) -> bool:
        """Tell whether more was told than there is, since a backup was put back before this process began."""
        channel = self.channel
        if number <= channel.last:
            self.ahead_at = None
            return False
        if self.ahead_at is None:
            self.ahead_at, channel.watched = channel.polls, channel.polls + SURE
        return channel.polls >= self.ahead_at + SURE
