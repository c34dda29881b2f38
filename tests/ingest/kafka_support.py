"""Topics to read, what came of them, and Kea as a process beside a broker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.support.kafka import Broker

SECONDS = 90


@dataclass(frozen=True, slots=True)
class Row:
    """A message that was written to a topic."""

    key: bytes | None
    value: bytes
    headers: dict[str, bytes]

    @property
    def source(self) -> tuple[str, int, int]:
        """The message that it comes from."""
        told = self.headers
        return (
            told["kea-source-topic"].decode(),
            int(told["kea-source-partition"]),
            int(told["kea-source-offset"]),
        )


def send(
    broker: Broker,
    topic: str,
    values: Sequence[bytes | tuple[bytes, bytes] | None],
    *,
    partition: int | None = None,
    codec: str | None = None,
) -> None:
    """Send messages in order, each to the given partition or to all in turn; pairs are key and value."""
    producer = KafkaProducer(
        bootstrap_servers=broker.plain, linger_ms=20, batch_size=256 * 1024, compression_type=codec
    )
    count = len(producer.partitions_for(topic))
    for number, each in enumerate(values):
        key, value = each if isinstance(each, tuple) else (None, each)
        place = number % count if partition is None else partition
        producer.send(topic, value, key=key or (b"gone" if value is None else None), partition=place)
    producer.flush(60)
    producer.close()


def read_all(broker: Broker, topic: str) -> list[Row]:
    """Read everything that is in a topic."""
    consumer = KafkaConsumer(bootstrap_servers=broker.plain, isolation_level="read_committed")
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    rows: list[Row] = []
    while any(consumer.position(each) < ends[each] for each in partitions):
        for messages in consumer.poll(500).values():
            rows += [Row(each.key, each.value, dict(each.headers)) for each in messages]
    consumer.close()
    return rows


def url(broker: Broker, topic: str, **options: str) -> str:
    """Write the address of a source; names of options have _ for -."""
    query = "&".join(f"{name.replace('_', '-')}={value}" for name, value in options.items())
    return f"kafka://{broker.plain}/{topic}?{query}"


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give the environment of a Kea that has its own home."""
    return {**os.environ, "KEA_HOME": str(home), **more}


def start_ingest(
    home: Path, source: str, *more: str, output: Path | None = None, **settings: str
) -> subprocess.Popen[str]:
    """Start ``kea ingest``; what it says goes to the end of a file, or into pipes."""
    command = [sys.executable, "-c", "from web.cli import main; main()", "ingest", "--source", source, *more]
    env = environment(home, **settings)
    if output is None:
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with output.open("a", encoding="utf-8") as log:
        return subprocess.Popen(command, env=env, stdout=log, stderr=log, text=True)


def ingest_to_end(home: Path, source: str, *more: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run ``kea ingest`` until it has read everything."""
    process = start_ingest(home, source, "--until-end", *more, **settings)
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"kea ingest does not end:\n{out}\n{err}") from None
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def each_once(rows: Sequence[Row]) -> dict[tuple[str, int, int], Row]:
    """Leave repetitions out, as readers of the topic do."""
    return {row.source: row for row in rows}


def repetitions(rows: Sequence[Row]) -> int:
    """Count the rows that stand for a message that another row stands for."""
    return sum(count - 1 for count in Counter(row.source for row in rows).values())
