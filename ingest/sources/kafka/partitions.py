"""Taking partitions over: where to begin, as the database has it, and what to say where Kafka has lost something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from ingest.reading import Origin
from ingest.runners.batching import Collected
from ingest.sinks.kafka import source_name
from ingest.sources.kafka.cluster import Cluster
from ingest.sources.kafka.membership import Place
from ingest.sources.kafka.messages import MessageOptions, PartitionReader
from ingest.sources.kafka.place import KafkaPlace
from knowledge_base.store.intake import positions
from knowledge_base.store.intake.positions import Position
from knowledge_base.store.store import Store

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Partition:
    """A partition that is being read: its position in the database, its reader, and what waits to be kept.

    ``quiet_since``: from then on it was listened to and nothing more was there.
    """

    committed: Position
    topic_id: str
    reader: PartitionReader
    collected: Collected = field(default_factory=lambda: Collected(0))
    quiet_since: datetime | None = None

    @property
    def has_moved(self) -> bool:
        """Whether anything was read since the last commit."""
        return self.reader.next_offset != self.committed.offset or self.collected.since is not None

    def moved(self) -> Position:
        """Give the position that stands for what was read.

        Its epoch is a new one: a commit whose answer was lost is not made twice, though no offset moved.
        """
        state = {"topic_id": self.topic_id, "open": self.reader.dump()}
        epoch = self.committed.epoch + 1
        return replace(self.committed, offset=self.reader.next_offset, epoch=epoch, state=state)

    def keep(self, position: Position) -> None:
        """Learn that a position was committed."""
        self.committed = position
        self.collected = Collected(0)


class Partitions:
    """Takes partitions over in the name of a group, and reads their positions again."""

    def __init__(
        self,
        store: Store,
        project: str,
        place: KafkaPlace,
        cluster: Cluster,
        options: MessageOptions,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._project = project
        self._place = place
        self._cluster_id = cluster.id
        self._topic_ids = {name: topic.id for name, topic in cluster.topics.items()}
        self._options = options
        self._clock = clock

    def position_name(self, place: Place) -> str:
        """Name the position of a partition; the same whatever address the cluster is reached by."""
        return f"kafka:{self._cluster_id}/{self._place.group}/{place[0]}/{place[1]}"

    def take_over(self, ends: Mapping[Place, tuple[int, int]], topic_ids: Mapping[str, str]) -> dict[Place, Partition]:
        """Take partitions over, so that whoever read them before can commit no more.

        ``ends`` tells the first offset of each that is there, and the one behind its last; ``topic_ids`` the ids
        that topics have by now, where that is known.
        """
        self._topic_ids |= topic_ids
        taken: dict[Place, Partition] = {}
        with self._store.write() as db:
            for place in sorted(ends):
                now = self._clock()
                position = positions.take(db, self._project, self.position_name(place), now)
                known = position.state.get("topic_id", "")
                if known and known != self._topic_id(place):
                    log.warning("a topic was made anew; it is read from its beginning", topic=place[0])
                    position = positions.restart(db, self._project, position, now)
                taken[place] = self._open(place, position, *ends[place])
        return taken

    def read_again(self, place: Place, partition: Partition) -> Partition | None:
        """Go back to what is committed; None where another worker may have taken the partition over."""
        with self._store.read() as db:
            position = positions.peek(db, self._project, partition.committed.source)
        if position is None or position.epoch != partition.committed.epoch:
            return None
        return self._open(place, position, position.offset, position.offset)

    def is_done(self, place: Place, end: int) -> bool:
        """Whether all before an offset is committed, by whomever, with no event left open."""
        with self._store.read() as db:
            position = positions.peek(db, self._project, self.position_name(place))
        if position is None:
            return end == 0
        return position.offset >= end and not position.state.get("open")

    def _open(self, place: Place, position: Position, first: int, end: int) -> Partition:
        offset = self._begin(place, position, first, end)
        origin = Origin(self._project, source_name(*place), self._place.service)
        reader = PartitionReader(origin, self._options, offset=offset)
        reader.load(position.state.get("open", {}))  # type: ignore[arg-type]
        return Partition(position, self._topic_id(place), reader)

    def _begin(self, place: Place, position: Position, first: int, end: int) -> int:
        if not position.state and not position.offset:
            return first if self._place.start == "earliest" else end
        where = {"topic": place[0], "partition": place[1]}
        if position.offset < first:
            log.warning("Kafka has deleted messages before they were read", lost=first - position.offset, **where)
            return first
        if position.offset > end:
            log.warning("Kafka has lost messages that were read before", lost=position.offset - end, **where)
            return end
        return position.offset

    def _topic_id(self, place: Place) -> str:
        return self._topic_ids.get(place[0], "")
