"""A membership over topics in memory, and a runner that reads them; partitions come and go as a test says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.pipeline import Identified, Pipeline
from ingest.runners import kafka
from ingest.runners.committing import Committer
from ingest.runners.kafka import KafkaRun, KafkaRunner
from ingest.runners.ports import NoClustering, Unwatched
from ingest.sources.kafka.cluster import Cluster, Topic
from ingest.sources.kafka.membership import Place
from ingest.sources.kafka.messages import MessageOptions
from ingest.sources.kafka.partitions import Partitions
from ingest.sources.kafka.place import parse_place
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.store import Store
from tests.ingest.support import Held, held_by

FIRST, SECOND = ("t", 0), ("t", 1)


@dataclass(frozen=True)
class Sent:
    offset: int
    value: bytes
    key: bytes | None = None
    timestamp: int = -1


def rows(count: int) -> list[Sent]:
    return [Sent(number, b'{"text": "disk %d is full"}' % number) for number in range(count)]


class TwinMembership:
    """Fetches as a consumer does: from where it stands, wherever that comes from."""

    def __init__(self, logs: dict[Place, list[Sent]], *, at_once: int = 10) -> None:
        self.logs = logs
        self.at_once = at_once
        self.stands: dict[Place, int] = {}
        self.paused: set[Place] = set()
        self.before_poll: list[Callable[[], None]] = []
        self.ids = {"t": "first"}
        self._given: set[Place] = set()
        self._gone: set[Place] = set()

    def __enter__(self) -> TwinMembership:
        return self

    def __exit__(self, *_: object) -> None: ...

    def give(self, place: Place, *, at: int = 0) -> None:
        """Let a partition come; ``at`` is where the group stands in Kafka's own books."""
        self.stands[place] = at
        self.paused.discard(place)
        self._given.add(place)
        self._gone.discard(place)

    def take_away(self, place: Place) -> None:
        self.stands.pop(place, None)
        self._given.discard(place)
        self._gone.add(place)

    def poll(self, milliseconds: int) -> dict[Place, Sequence[Any]]:
        for happens in list(self.before_poll):
            happens()
        polled: dict[Place, Sequence[Any]] = {}
        for place in sorted(self.stands.keys() - self.paused):
            here = [each for each in self.logs[place] if each.offset >= self.stands[place]][: self.at_once]
            if here:
                polled[place] = here
                self.stands[place] = here[-1].offset + 1
        if not polled:
            time.sleep(0.01)
        return polled

    def changes(self) -> tuple[set[Place], set[Place]]:
        given, gone = self._given, self._gone
        self._given, self._gone = set(), set()
        return given, gone

    def spans(self, places: Collection[Place]) -> dict[Place, tuple[int, int]]:
        return {place: (self.logs[place][0].offset, self.logs[place][-1].offset + 1) for place in places}

    def topic_ids(self) -> dict[str, str]:
        return self.ids

    def is_caught_up(self, place: Place, next_offset: int) -> bool:
        return next_offset > self.logs[place][-1].offset

    def position(self, place: Place) -> int:
        return self.stands[place]

    def seek(self, place: Place, offset: int) -> None:
        if place in self.stands:
            self.stands[place] = offset

    def pause(self) -> None:
        self.paused = set(self.stands)

    def resume(self) -> None:
        self.paused = set()

    def inform(self, offsets: object) -> None: ...


class BrokenCommitter(Committer):
    """Calls ``before`` and ``after`` a commit: what they raise is what the database does."""

    before: Callable[[], None] = staticmethod(lambda: None)
    after: Callable[[], None] = staticmethod(lambda: None)
    sizes: list[int]

    def commit(self, source: str, records: Any, rejected: Any, *, moves: Any = ()) -> Identified:
        self.before()
        kept = super().commit(source, records, rejected, moves=moves)
        self.sizes.append(sum(len(record.text) for record in records))
        self.after()
        return kept


class Reading:
    """A runner over a twin; ``until`` lets it read until something is so."""

    def __init__(self, home: Path, knowledge: KnowledgeBase, twin: TwinMembership, *, batch: int) -> None:
        self.twin = twin
        self.home = home
        pipeline = Pipeline(knowledge, "default")
        self.committer = BrokenCommitter(pipeline, enriched=None, dead_letters=lambda _title: None)  # type: ignore[arg-type,return-value]
        self.committer.sizes = []
        self.store: Store = knowledge.store
        place = parse_place("kafka://host:1/t")
        self.partitions = Partitions(
            knowledge.store,
            "default",
            place,
            Cluster("c", {"t": Topic("t", "first", (0, 1))}),
            MessageOptions(Format.AUTO, JoinMode.AUTO, 1_000_000),
            knowledge.clock,
        )
        config = {"bootstrap_servers": ["host:1"], "security_protocol": "PLAINTEXT"}
        self.runner = KafkaRunner(
            pipeline,
            self.committer,
            NoClustering(),
            self.partitions,
            run=KafkaRun(place, config),
            watcher=Unwatched(),
        )

    def until(self, done: Callable[[], bool], *, seconds: float = 20.0) -> None:
        """Run until something is so, then stop; raises what the runner raises."""
        failed: list[BaseException] = []

        def run() -> None:
            try:
                self.runner.run()
            except BaseException as error:
                failed.append(error)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kafka, "Membership", lambda *_a, **_k: self.twin)
            patch.setattr(kafka, "MAX_AGE", 0.1)
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            end = time.monotonic() + seconds
            while not done() and not failed and time.monotonic() < end:
                time.sleep(0.01)
            was_done = done()
            self.runner.stop()
            thread.join(20)
        assert not thread.is_alive()
        if failed:
            raise failed[0]
        assert was_done, f"not within {seconds} s; counted {self.held.counted}"

    @property
    def held(self) -> Held:
        return held_by(self.store, "default")

    def has_counted(self, lines: int) -> Callable[[], bool]:
        return lambda: self.held.counted >= lines
