"""Membership in a consumer group: messages come in, partitions come and go.

The client calls its listener in a thread of its own; what it tells is only noted there.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ingest.sources.kafka.place import KafkaPlace

if TYPE_CHECKING:
    from kafka import KafkaConsumer

Place = tuple[str, int]
"""A topic and the number of a partition."""

MOST_MESSAGES = 250
FETCH_BYTES = 4 * 1024 * 1024
CLOSE_MILLISECONDS = 5_000


class Membership:
    """A consumer of a group. Not safe to be shared by threads."""

    def __init__(self, place: KafkaPlace, config: Mapping[str, object], *, batch_size: int) -> None:
        self._place = place
        self._config = config
        self._batch_size = batch_size
        self._lock = threading.Lock()
        self._given: set[Place] = set()
        self._gone: set[Place] = set()
        self._consumer: KafkaConsumer | None = None

    def __enter__(self) -> Membership:
        """Join the group; raises the client's errors."""
        from kafka import KafkaConsumer
        from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

        consumer = KafkaConsumer(
            **self._config,
            metrics_enabled=False,
            group_id=self._place.group,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            partition_assignment_strategy=(CooperativeStickyAssignor,),
            # What is fetched is packed, and may be a thousand times as large when it is not.
            max_poll_records=min(self._batch_size, MOST_MESSAGES),
            fetch_max_bytes=2 * FETCH_BYTES,
            max_partition_fetch_bytes=FETCH_BYTES,
            metadata_max_age_ms=5_000,
            session_timeout_ms=15_000,
        )
        self._consumer = consumer
        for topic in self._place.topics:
            # A leader that does not know a topic yet gives nobody its partitions, and nobody asks again for long.
            consumer.partitions_for_topic(topic)
        consumer.subscribe(topics=list(self._place.topics), listener=_listener(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the group."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=CLOSE_MILLISECONDS)

    @property
    def consumer(self) -> KafkaConsumer:
        """The client; only between enter and exit."""
        assert self._consumer is not None  # noqa: S101 - a programming error, not an input
        return self._consumer

    def poll(self, milliseconds: int) -> dict[Place, Sequence[Any]]:
        """Wait for messages; those of a partition in their order."""
        polled = self.consumer.poll(timeout_ms=milliseconds)
        return {(each.topic, each.partition): messages for each, messages in polled.items()}

    @property
    def has_changes(self) -> bool:
        """Whether partitions came or went that nobody has asked about."""
        return bool(self._given or self._gone)

    def changes(self) -> tuple[set[Place], set[Place]]:
        """Tell the partitions that came and those that went since the last time."""
        with self._lock:
            given, gone = self._given, self._gone
            self._given, self._gone = set(), set()
        return given, gone

    def note(self, *, given: Collection[Any] = (), gone: Collection[Any] = ()) -> None:
        """Note what the client tells."""
        came = {(each.topic, each.partition) for each in given}
        went = {(each.topic, each.partition) for each in gone}
        with self._lock:
            self._given = (self._given - went) | came
            self._gone = (self._gone | went) - came

    def spans(self, places: Collection[Place]) -> dict[Place, tuple[int, int]]:
        """Tell the first offset of each partition that is there, and the one behind its last."""
        wanted = [_partition(each) for each in sorted(places)]
        if not wanted:
            return {}
        first, end = self.consumer.beginning_offsets(wanted), self.consumer.end_offsets(wanted)
        return {(each.topic, each.partition): (first[each], end[each]) for each in wanted}

    def ends(self) -> dict[Place, int]:
        """Tell the offset behind the last message of every partition of the topics."""
        places = [
            (topic, number)
            for topic in self._place.topics
            for number in self.consumer.partitions_for_topic(topic) or ()
        ]
        return {place: end for place, (_, end) in self.spans(places).items()}

    def topic_ids(self) -> dict[str, str]:
        """Tell the ids of the topics as the client knows them by now; without those that brokers do not tell."""
        # There is no public way to the client's metadata.
        cluster = self.consumer._cluster
        found = {topic: cluster.topic_id(topic) for topic in self._place.topics}
        return {topic: str(each) for topic, each in found.items() if each}

    def is_caught_up(self, place: Place, next_offset: int) -> bool:
        """Whether nothing more was there when the partition was last asked for messages."""
        from kafka.errors import IllegalStateError

        with suppress(IllegalStateError, KeyError):
            end = self.consumer.highwater(_partition(place))
            # The last offsets may be those of markers, which nobody is shown.
            return end is not None and (next_offset >= end or self.position(place) >= end)
        return False

    def position(self, place: Place) -> int:
        """Tell the offset that is fetched next; -1 where that is not known yet."""
        position = self.consumer.position(_partition(place), timeout_ms=0)
        return -1 if position is None else int(position)

    def seek(self, place: Place, offset: int) -> None:
        """Go on from an offset, unless the partition has just gone."""
        from kafka.errors import IllegalStateError

        with suppress(IllegalStateError, AssertionError, ValueError):
            self.consumer.seek(_partition(place), offset)

    def pause(self) -> None:
        """Fetch nothing for now."""
        with suppress(KeyError):  # the assignment has just changed
            self.consumer.pause(*self.consumer.assignment())

    def resume(self) -> None:
        """Fetch again."""
        with suppress(KeyError):
            self.consumer.resume(*self.consumer.paused())

    def inform(self, offsets: Mapping[Place, int]) -> None:
        """Let Kafka know how far we are, for those who watch the lag; nothing depends on it."""
        from kafka import OffsetAndMetadata

        told = {_partition(place): OffsetAndMetadata(offset, "", -1) for place, offset in offsets.items()}
        if told:
            self.consumer.commit_async(told)


def _partition(place: Place) -> Any:
    from kafka import TopicPartition

    return TopicPartition(*place)


def _listener(membership: Membership) -> Any:
    from kafka import ConsumerRebalanceListener

    class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
        """Notes what comes and goes."""

        def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
            membership.note(given=assigned)

        def on_partitions_revoked(self, revoked: Collection[Any]) -> None:
            membership.note(gone=revoked)

        def on_partitions_lost(self, lost: Collection[Any]) -> None:
            membership.note(gone=lost)

    return Listener()
