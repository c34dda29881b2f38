"""Topics that Kea writes: enriched records, keyed by template, and dead letters.

Each record carries the place of the message that it comes from, so that readers can tell a repetition:
a batch may be published again where the process dies before it is counted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ingest.pipeline import Enriched
from ingest.sinks.dead_letters import DeadLetter, dead_letter_row
from ingest.sinks.enriched import enriched_row
from ingest.sources.kafka.cluster import largest_message
from ingest.sources.kafka.connection import explained
from knowledge_base.errors import StorageUnavailable

if TYPE_CHECKING:
    from kafka import KafkaProducer

FLUSH_SECONDS = 20.0
SLICE_SECONDS = 0.5
LAST_SECONDS = 3.0
TOPIC_HEADER, PARTITION_HEADER, OFFSET_HEADER = "kea-source-topic", "kea-source-partition", "kea-source-offset"
REASON_HEADER = "kea-reason"

Header = tuple[str, bytes]


def source_name(topic: str, partition: int) -> str:
    """Name a partition as records carry it in ``source``."""
    return f"{topic}/{partition}"


@lru_cache(maxsize=10_000)
def _source_headers(source: str) -> list[Header]:
    topic, _, partition = source.rpartition("/")
    return [(TOPIC_HEADER, topic.encode()), (PARTITION_HEADER, partition.encode())]


class KafkaPublisher:
    """Writes to one or both topics; the client is opened with the first batch, and anew after a failure."""

    def __init__(self, config: Mapping[str, object], *, enriched: str, dead_letters: str) -> None:
        self._config = config
        self._enriched = enriched
        self._dead_letters = dead_letters
        self._producer: KafkaProducer | None = None
        self._partitions = 0
        self._partition_of: dict[str, int] = {}
        self._hurried_at: float | None = None

    def hurry(self) -> None:
        """Give up soon what does not succeed: the process is to stop."""
        self._hurried_at = time.monotonic()

    def publish(self, enriched: Sequence[Enriched], rejected: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """Publish a batch and wait for the brokers; gives the dead letters that have no topic.

        A record that is too large for the topic becomes a dead letter. Raises StorageUnavailable.
        """
        from kafka.errors import KafkaError

        letters = list(rejected)
        if not (enriched and self._enriched) and not (letters and self._dead_letters):
            return letters
        try:
            producer = self._open()
            if self._enriched:
                letters += self._publish_enriched(producer, enriched)
            if self._dead_letters:
                self._publish_letters(producer, letters)
                letters = []
        except (KafkaError, OSError, ValueError) as error:
            self.close()
            raise StorageUnavailable(f"nothing can be written to Kafka: {explained(error, self._config)}") from error
        return letters

    def close(self) -> None:
        """Give the client up; harmless where there is none."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=1.0)

    def _open(self) -> KafkaProducer:
        if self._producer is None:
            from kafka import KafkaProducer
            from kafka.errors import KafkaTimeoutError

            if self._hurried_at is not None:
                raise KafkaTimeoutError("no connection is opened any more")
            topics = [topic for topic in (self._enriched, self._dead_letters) if topic]
            largest = largest_message(self._config, topics)
            self._producer = KafkaProducer(
                **self._config,
                metrics_enabled=False,
                acks="all",
                enable_idempotence=True,
                linger_ms=50,
                # A batch with one record too many would be refused as a whole.
                batch_size=min(256 * 1024, largest // 2),
                max_request_size=largest,
                delivery_timeout_ms=int(FLUSH_SECONDS * 1000),
                request_timeout_ms=int(FLUSH_SECONDS * 500),
                max_block_ms=int(FLUSH_SECONDS * 500),
                allow_auto_create_topics=False,
            )
        return self._producer

    def _publish_enriched(self, producer: KafkaProducer, enriched: Sequence[Enriched]) -> list[DeadLetter]:
        from kafka.errors import MessageSizeTooLargeError

        self._learn_partitions(producer)
        futures: list[Any] = []
        too_large: list[Enriched] = []
        for event in enriched:
            template = event.assignment.template_id
            partition = self._partition_of.get(template)
            if partition is None:
                partition = self._place(template)
            record = event.record
            headers = [*_source_headers(record.source), (OFFSET_HEADER, b"%d" % (record.offset - 1))]
            row, key = enriched_row(event), template.encode()
            try:
                futures.append(producer.send(self._enriched, row, key=key, headers=headers, partition=partition))
            except MessageSizeTooLargeError:
                too_large.append(event)
        self._flush(producer)
        for future in futures:
            _require_success(future)
        return [
            DeadLetter(
                event.record.source, event.record.offset - 1, "too large for the enriched topic", event.record.text
            )
            for event in too_large
        ]

    def _publish_letters(self, producer: KafkaProducer, letters: Sequence[DeadLetter]) -> None:
        futures = [
            producer.send(
                self._dead_letters,
                dead_letter_row(letter),
                headers=[
                    *_source_headers(letter.source),
                    (OFFSET_HEADER, b"%d" % letter.offset),
                    (REASON_HEADER, letter.reason[:500].encode(errors="replace")),
                ],
            )
            for letter in letters
        ]
        self._flush(producer)
        for future in futures:
            _require_success(future)

    def _flush(self, producer: KafkaProducer) -> None:
        """Wait until everything was sent or has failed."""
        from kafka.errors import KafkaTimeoutError

        begun = time.monotonic()
        while True:
            try:
                producer.flush(SLICE_SECONDS)
                return
            except KafkaTimeoutError:
                now = time.monotonic()
                if now - begun > FLUSH_SECONDS:
                    raise
                if self._hurried_at is not None and now - max(self._hurried_at, begun) > LAST_SECONDS:
                    raise

    def _learn_partitions(self, producer: KafkaProducer) -> None:
        count = len(producer.partitions_for(self._enriched) or ())
        if count != self._partitions:
            self._partitions = count
            self._partition_of.clear()

    def _place(self, template: str) -> int:
        """Choose the partition of a key as Kafka's own clients do, once a template."""
        from kafka.partitioner.default import murmur2

        partition = (murmur2(template.encode()) & 0x7FFFFFFF) % max(1, self._partitions)
        if len(self._partition_of) > 100_000:
            self._partition_of.clear()
        self._partition_of[template] = partition
        return int(partition)


def _require_success(future: Any) -> None:
    """Raise the client's error where a record did not get there."""
    from kafka.errors import KafkaTimeoutError

    if not future.is_done:
        raise KafkaTimeoutError("the record was not taken in time")
    if future.exception is not None:
        raise future.exception
