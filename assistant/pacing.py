"""Keeps to a platform's limit of messages, so that it need not refuse any."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from assistant.ports import Pace

LANES = 10_000


class Pacer:
    """Counts this process's messages of each lane within the last seconds. The least used lanes are forgotten.

    The database knows those of all processes, but of a delivery that was sent again only the last attempt.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._sent: OrderedDict[str, deque[datetime]] = OrderedDict()

    def free_at(self, lane: str, now: datetime) -> datetime:
        """Tell when the next message may go; ``now`` where it may go at once."""
        sent = self._sent.get(lane)
        span = timedelta(seconds=self._pace.seconds)
        while sent and sent[0] <= now - span:
            sent.popleft()
        if not sent or len(sent) < self._pace.messages:
            return now
        return sent[0] + span

    def count(self, lane: str, now: datetime) -> None:
        """Count a message that goes now."""
        self._sent.setdefault(lane, deque()).append(now)
        self._sent.move_to_end(lane)
        if len(self._sent) > LANES:
            self._sent.popitem(last=False)
