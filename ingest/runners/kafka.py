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
from datetime import timedelta
from typing import Any

import structlog

from ingest import windows
from ingest.pipeline import Pipeline
from ingest.runners.committing import Committer
from ingest.runners.ports import Clustering, Watcher
from ingest.runners.summary import Summary
from ingest.sources.kafka.connection import explained
from ingest.sources.kafka.membership import Membership
from ingest.sources.kafka.partitions import Partition, Partitions, Place
from ingest.sources.kafka.place import KafkaPlace
from ingest.windows import WindowRule, WindowState
from knowledge_base.errors import LostOwnership, StorageUnavailable, Unavailable

log = structlog.get_logger(__name__)

POLL_MILLISECONDS = 200
MAX_AGE = 1.0
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
        self._run = run
        self._watcher = watcher
        self._clock = pipeline.knowledge.clock
        settings = pipeline.knowledge.settings
        self._batch_size = settings.batch_size
        self._rule = WindowRule(settings.window_size, timedelta(seconds=settings.window_seconds))
        self._window = WindowState()
        self._stopping = threading.Event()
        self._reading: dict[Place, Partition] = {}
        self._committed_at = 0.0
        self._informed_at = 0.0
        self.summary = Summary()

    def stop(self) -> None:
        """Finish the batch that is under way, commit, and leave the group."""
        self._stopping.set()

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
        from kafka.errors import RetriableError

        ends = membership.ends() if self._run.until_end else {}
        while not self._stopping.is_set():
            try:
                polled = membership.poll(POLL_MILLISECONDS)
                self._follow(membership)
            except RetriableError as error:
                # The client's own attempts have failed; the next round makes new ones.
                log.warning("Kafka cannot be used for now", error=type(error).__name__)
                self._stopping.wait(1.0)
                continue
            except StorageUnavailable as error:
                log.warning("partitions cannot be taken over for now", reason=str(error))
                self._stopping.wait(1.0)
                continue
            now = self._clock()
            for place, messages in polled.items():
                partition = self._reading.get(place)
                if partition is not None:
                    partition.collected.add(partition.reader.feed(messages, now), now)
            for partition in self._reading.values():
                if partition.reader.is_open:
                    partition.collected.add(partition.reader.idle(now), now)
            if self._is_due():
                self._commit(membership)
            if self._run.until_end and not polled and self._is_at_end(membership, ends):
                return
        self._commit(membership)

    def _follow(self, membership: Membership) -> None:
        """Give up what is not ours any more, take over what is new."""
        given, gone = membership.changes()
        for place in gone | given:
            self._reading.pop(place, None)
        if not given:
            return
        try:
            taken = self._partitions.take_over(membership.spans(given))
        except Exception:
            membership.give_back(given)
            raise
        for place, partition in taken.items():
            membership.seek(place, partition.reader.next_offset)
        self._reading |= taken

    def _is_due(self) -> bool:
        moved = [each for each in self._reading.values() if each.has_moved]
        size = sum(len(each.collected.records) + len(each.collected.rejected) for each in moved)
        return bool(moved) and (size >= self._batch_size or time.monotonic() - self._committed_at >= MAX_AGE)

    def _is_at_end(self, membership: Membership, ends: Mapping[Place, int]) -> bool:
        for place, end in ends.items():
            partition = self._reading.get(place)
            if partition is None:
                if not self._partitions.is_done(place, end):
                    return False  # it is on its way to us, or another worker has it
            elif partition.reader.next_offset < end:
                # What is not shown (aborted transactions, their markers) is passed over without a message.
                if membership.position(place) < end:
                    return False
                partition.reader.next_offset = end
        for partition in self._reading.values():
            partition.collected.add(partition.reader.flush(self._clock()), self._clock())
        self._commit(membership)
        return all(self._partitions.is_done(place, end) for place, end in ends.items())

    def _commit(self, membership: Membership) -> None:
        moved = {place: each for place, each in self._reading.items() if each.has_moved}
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
                self._go_back(membership)
                return
            except Unavailable as error:
                log.warning("nothing can be kept; reading is paused", reason=str(error), again_in=pause)
                if self._stopping.is_set() or not self._wait(membership, pause, moved.keys()):
                    return
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            for place, partition in moved.items():
                partition.keep(after[place])
            self._count(kept.new, moved)
            break
        membership.resume()
        self._committed_at = time.monotonic()
        self._tell(collected)
        if time.monotonic() - self._informed_at >= INFORM_SECONDS or self._stopping.is_set():
            self._informed_at = time.monotonic()
            membership.inform({place: each.committed.offset for place, each in self._reading.items()})

    def _count(self, new: int, moved: Mapping[Place, Partition]) -> None:
        self.summary.new_templates += new
        self._window, closed = windows.step(self._rule, self._window, new, self._clock())
        if closed:
            self._clustering.notify()

    def _tell(self, collected: Sequence[Any]) -> None:
        lines = sum(each.lines for each in collected)
        self.summary.lines += lines
        self.summary.events += sum(len(each.records) for each in collected)
        self.summary.dead_letters += sum(len(each.rejected) for each in collected)
        self.summary.cut += sum(each.cut for each in collected)
        self.summary.undecodable += sum(each.undecodable for each in collected)
        self._watcher.advance(self.summary.lines, lines)

    def _wait(self, membership: Membership, seconds: float, places: Any) -> bool:
        """Keep the membership alive for a while; False where the batch is not ours alone any more."""
        membership.pause()
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._stopping.is_set():
            membership.poll(POLL_MILLISECONDS)
        if membership.has_changes:
            self._go_back(membership)
            membership.resume()
            return False
        return True

    def _go_back(self, membership: Membership) -> None:
        """Discard what is not committed; go on from there, without the partitions that others have taken."""
        for place, partition in list(self._reading.items()):
            again = self._partitions.read_again(place, partition)
            if again is None:
                log.warning("another worker reads this partition now", topic=place[0], partition=place[1])
                del self._reading[place]
            else:
                self._reading[place] = again
                membership.seek(place, again.reader.next_offset)
