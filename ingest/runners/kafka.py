"""The Kafka runner: a member of a consumer group that keeps offsets and counts in one transaction.

Kafka's own commits only inform. Whoever takes a partition over raises its epoch in the database, so that a
former owner, however late it learns of it, can count nothing any more. While the database or the enriched
topic cannot be used, all partitions are paused and polling goes on, so that the group keeps this member.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from ingest.pipeline import Pipeline
from ingest.runners.batching import MAX_CHARACTERS, Collected
from ingest.runners.committing import Committer
from ingest.runners.garbage import rare_collections
from ingest.runners.ports import Clustering, Watcher
from ingest.runners.summary import Summary
from ingest.sources.kafka.connection import explained
from ingest.sources.kafka.holdings import Holdings
from ingest.sources.kafka.membership import Membership, Place
from ingest.sources.kafka.partitions import Partitions
from ingest.sources.kafka.place import KafkaPlace
from knowledge_base.errors import LostOwnership, StorageUnavailable, Unavailable

log = structlog.get_logger(__name__)

POLL_MILLISECONDS = 200
MAX_AGE = 0.5
INFORM_SECONDS = 5.0
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class KafkaRun:
    """What to read, with which client configuration, and whether to stop at the present end."""

    place: KafkaPlace
    config: Mapping[str, object]
    until_end: bool = False


class KafkaRunner:
    """Reads topics until it is stopped, or until their end."""

    def __init__(
        self,
        pipeline: Pipeline,
        committer: Committer,
        clustering: Clustering,
        partitions: Partitions,
        *,
        run: KafkaRun,
        watcher: Watcher,
    ) -> None:
        self._pipeline = pipeline
        self._committer = committer
        self._clustering = clustering
        self._partitions = partitions
        self._holdings = Holdings(partitions)
        self._run = run
        self._watcher = watcher
        self._clock = pipeline.knowledge.clock
        settings = pipeline.knowledge.settings
        self._batch_size = settings.batch_size
        self._stopping = threading.Event()
        self._committed_at = 0.0
        self._informed_at = 0.0
        self._is_held_up = False
        self.summary = Summary()

    def stop(self) -> None:
        """Finish the batch that is under way, commit, and leave the group."""
        self._stopping.set()
        self._committer.hurry()

    @rare_collections()
    def run(self) -> Summary:
        """Read; raises Unavailable in words where Kafka cannot be used."""
        from kafka.errors import KafkaError

        begun = time.monotonic()
        self._pipeline.ensure_project()
        self._committer.open()
        try:
            with Membership(self._run.place, self._run.config, batch_size=self._batch_size) as membership:
                self._clustering.start()
                self._watcher.begin(self._run.place.title, 0, -1)
                self._read(membership)
        except (KafkaError, OSError) as error:
            raise explained(error, self._run.config) from error
        finally:
            self._committer.close()
            self._clustering.stop()
        self._watcher.clustering()
        if self._run.until_end:
            self.summary.merged = self._clustering.drain(self._pipeline.project)
        self.summary.merged += self._clustering.merged
        self.summary.dead_letter_files = self._committer.dead_letter_files
        self.summary.seconds = time.monotonic() - begun
        return self.summary

    def _read(self, membership: Membership) -> None:
        holdings = self._holdings
        ends: Mapping[Place, int] | None = None
        while not self._stopping.is_set():
            polled = self._poll(membership)
            now = self._clock()
            holdings.feed(polled, membership.topic_ids(), now)
            holdings.close_idle(membership, now)
            if (self._is_due() or holdings.has_over) and self._commit(membership):
                holdings.renew()
            try:
                holdings.settle(membership)
                if self._run.until_end:
                    ends = ends or membership.ends()
                    if not polled and self._is_at_end(membership, ends):
                        return
            except self._retriable() as error:
                log.warning("partitions cannot be taken over for now", reason=_reason(error))
                self._stopping.wait(1.0)
        if not self._is_held_up:
            self._commit(membership)

    def _poll(self, membership: Membership, milliseconds: int = POLL_MILLISECONDS) -> dict[Place, Sequence[Any]]:
        """Wait for messages, and learn of partitions that come and go; a client that fails is asked again later."""
        try:
            polled = membership.poll(milliseconds)
        except self._retriable() as error:
            log.warning("Kafka cannot be used for now", reason=_reason(error))
            self._stopping.wait(1.0)
            polled = {}
        self._holdings.note(*membership.changes())
        return polled

    @staticmethod
    def _retriable() -> tuple[type[Exception], ...]:
        from kafka.errors import RetriableError

        return RetriableError, StorageUnavailable

    def _is_due(self) -> bool:
        moved = [each for each in self._holdings.reading.values() if each.has_moved]
        size = sum(len(each.collected.records) + len(each.collected.rejected) for each in moved)
        characters = sum(each.collected.characters for each in moved)
        is_full = size >= self._batch_size or characters >= MAX_CHARACTERS
        return bool(moved) and (is_full or time.monotonic() - self._committed_at >= MAX_AGE)

    def _is_at_end(self, membership: Membership, ends: Mapping[Place, int]) -> bool:
        reading = self._holdings.reading
        for place, end in ends.items():
            partition = reading.get(place)
            if partition is None:
                if not self._partitions.is_done(place, end):
                    return False  # it is on its way to us, or another worker has it
            elif partition.reader.next_offset < end:
                # What is not shown (aborted transactions, their markers) is passed over without a message.
                if membership.position(place) < end:
                    return False
                partition.reader.next_offset = end
        now = self._clock()
        for partition in reading.values():
            partition.collected.add(partition.reader.flush(now), now)
        self._commit(membership)
        return all(self._partitions.is_done(place, end) for place, end in ends.items())

    def _commit(self, membership: Membership) -> bool:
        """Keep what was read; False where it is to be read again, or where there is no time left to keep it."""
        if self._holdings.is_in_doubt:
            return False
        moved = {place: each for place, each in self._holdings.reading.items() if each.has_moved}
        after = {place: each.moved() for place, each in moved.items()}
        collected = [each.collected for each in moved.values()]
        pause = 0.5
        while moved:
            try:
                kept = self._committer.commit(
                    self._run.place.title,
                    [record for each in collected for record in each.records],
                    [letter for each in collected for letter in each.rejected],
                    moves=[(each.committed, after[place]) for place, each in moved.items()],
                )
            except LostOwnership:
                self._holdings.doubt()
                membership.resume()
                return False
            except Unavailable as error:
                log.warning("nothing can be kept; reading is paused", reason=str(error), again_in=pause)
                self._is_held_up = self._stopping.is_set()
                if self._is_held_up or not self._wait(membership, pause):
                    return False
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            for place, partition in moved.items():
                partition.keep(after[place])
            self._count(kept.new)
            break
        membership.resume()
        self._holdings.was_busy()
        self._committed_at = time.monotonic()
        self._tell(collected)
        self._inform(membership)
        return True

    def _inform(self, membership: Membership) -> None:
        if time.monotonic() - self._informed_at >= INFORM_SECONDS or self._stopping.is_set():
            self._informed_at = time.monotonic()
            membership.inform({place: each.committed.offset for place, each in self._holdings.reading.items()})

    def _count(self, new: int) -> None:
        self.summary.new_templates += new
        if new:
            self._clustering.notify()

    def _tell(self, collected: Sequence[Collected]) -> None:
        lines = sum(each.lines for each in collected)
        self.summary.lines += lines
        self.summary.events += sum(len(each.records) for each in collected)
        self.summary.dead_letters += sum(len(each.rejected) for each in collected)
        self.summary.cut += sum(each.cut for each in collected)
        self.summary.undecodable += sum(each.undecodable for each in collected)
        self._watcher.advance(self.summary.lines, lines)

    def _wait(self, membership: Membership, seconds: float) -> bool:
        """Keep the membership alive for a while, reading nothing; False where the batch is not ours alone any more."""
        end, reading = time.monotonic() + seconds, self._holdings.reading
        before = set(reading)
        while time.monotonic() < end and not self._stopping.is_set():
            membership.pause()
            if self._poll(membership).keys() & reading.keys():
                self._holdings.doubt()  # that came before the pause; it is fetched again
                membership.resume()
                return False
        if set(reading) != before:
            self._holdings.doubt()
            membership.resume()
            return False
        return True


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, StorageUnavailable) else type(error).__name__
