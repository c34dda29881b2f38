"""What a member of a group reads: its partitions, from the moment that they are taken over until they go.

Whatever is in doubt is read again from the database, and messages are fed only to partitions that are known to
stand where the client does: all others are dropped, and fetched once more when their partition is taken over.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from ingest.sources.kafka.membership import Membership, Place
from ingest.sources.kafka.partitions import Partition, Partitions

log = structlog.get_logger(__name__)

IDLE = timedelta(milliseconds=300)
RETAKE_SECONDS = 3.0
GAPS_SECONDS = 5.0


class Holdings:
    """The partitions of one member; only ``settle`` asks the database or Kafka.

    ``is_in_doubt``: what was read since the last commit is to be discarded, and read again.
    """

    def __init__(self, partitions: Partitions) -> None:
        self.reading: dict[Place, Partition] = {}
        self._partitions = partitions
        self._wanted: dict[Place, float] = {}
        self._over: set[Place] = set()
        self._gaps: dict[Place, tuple[int, int]] = {}
        self._gaps_at = 0.0
        self.is_in_doubt = False

    def note(self, given: Collection[Place], gone: Collection[Place]) -> None:
        """Give up what is not ours any more, and want what is new; what they had uncommitted is discarded."""
        for place in {*given, *gone}:
            self.reading.pop(place, None)
            self._wanted.pop(place, None)
        self._wanted |= dict.fromkeys(given, 0.0)

    def feed(self, polled: Mapping[Place, Sequence[Any]], topic_ids: Mapping[str, str], now: datetime) -> None:
        """Take messages; those of a partition in their order."""
        for place, messages in polled.items():
            partition = self.reading.get(place)
            if partition is None or self.is_in_doubt or place in self._over:
                continue
            reader, first = partition.reader, messages[0].offset
            if first < reader.next_offset or partition.topic_id != topic_ids.get(place[0], partition.topic_id):
                # The topic was made anew. What came of the former one is kept, then it is taken over again.
                partition.collected.add(reader.flush(now), now)
                self._over.add(place)
                continue
            if first > reader.next_offset:
                self._gaps[place] = reader.next_offset, first
            partition.collected.add(reader.feed(messages, now), now)

    def close_idle(self, membership: Membership, now: datetime) -> None:
        """Close events that have waited long enough, of partitions in which nothing more is there."""
        for place, partition in self.reading.items():
            if not partition.reader.is_open:
                continue
            if not membership.is_caught_up(place, partition.reader.next_offset):
                partition.quiet_since = None
            elif partition.quiet_since is None:
                partition.quiet_since = now
            elif now - partition.quiet_since >= IDLE:
                partition.collected.add(partition.reader.idle(now), now)

    def was_busy(self) -> None:
        """Learn that nobody has listened for a while: what waits may have come meanwhile."""
        for partition in self.reading.values():
            partition.quiet_since = None

    @property
    def has_over(self) -> bool:
        """Whether a partition is to be taken over again as soon as what came of it is kept."""
        return bool(self._over)

    def renew(self) -> None:
        """Take over again what is over."""
        self._wanted |= dict.fromkeys(self._over & self.reading.keys(), 0.0)
        for place in self._over:
            self.reading.pop(place, None)
        self._over.clear()

    def doubt(self) -> None:
        """Let everything be read again from what is committed."""
        self.is_in_doubt = True
        self._over.clear()

    def settle(self, membership: Membership) -> None:
        """Go back where that is needed, and take over what is wanted.

        Raises StorageUnavailable and the client's errors; then it is to be called again.
        """
        if self.is_in_doubt:
            self._go_back(membership)
        due = {place for place, at in self._wanted.items() if at <= time.monotonic()}
        if due:
            taken = self._partitions.take_over(membership.spans(due), membership.topic_ids())
            for place, partition in taken.items():
                membership.seek(place, partition.reader.next_offset)
                del self._wanted[place]
            self.reading |= taken
        if self._gaps and time.monotonic() - self._gaps_at >= GAPS_SECONDS:
            self._tell_lost(membership)

    def _go_back(self, membership: Membership) -> None:
        for place, partition in list(self.reading.items()):
            again = self._partitions.read_again(place, partition)
            if again is None:
                # Kafka tells soon if another worker has it; otherwise that one came too late, and it is ours.
                log.warning(
                    "somebody has moved on in this partition; it is taken over again if it is still ours",
                    topic=place[0],
                    partition=place[1],
                )
                del self.reading[place]
                self._wanted[place] = time.monotonic() + RETAKE_SECONDS
            else:
                self.reading[place] = again
                membership.seek(place, again.reader.next_offset)
        self.is_in_doubt = False

    def _tell_lost(self, membership: Membership) -> None:
        """Offsets have gaps by nature (transactions, compaction); only what lies before the first message is lost."""
        gaps, self._gaps, self._gaps_at = self._gaps, {}, time.monotonic()
        for place, (first, _) in membership.spans(gaps.keys()).items():
            expected, found = gaps[place]
            if first >= found:
                where = {"topic": place[0], "partition": place[1]}
                log.warning("Kafka has deleted messages before they were read", lost=found - expected, **where)
