"""The peer of ``benchmarks.kafka``: a bare loop of kafka-python that reads the same lines and writes the same bytes.

Run as a process of its own: ``python -m benchmarks.kafka_bare BROKER LINES_TOPIC ROWS_TOPIC OUT_TOPIC``. It prints
JSON: lines, seconds by the clock, seconds of CPU.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition


def main(broker: str, lines_topic: str, rows_topic: str, out_topic: str) -> None:
    """Fetch the rows to write beforehand, then read each line and write its row."""
    rows = _rows(broker, rows_topic)
    producer = KafkaProducer(
        bootstrap_servers=broker,
        acks="all",
        enable_idempotence=True,
        linger_ms=50,
        batch_size=256 * 1024,
        max_request_size=1_048_588,
    )
    consumer = _at_start(broker, lines_topic)
    begun, cpu = time.perf_counter(), time.process_time()
    lines = left = sum(consumer.end_offsets(list(consumer.assignment())).values())
    while left:
        for partition, messages in consumer.poll(500).items():
            for message in messages:
                # A line that is joined to the one before it has no row of its own.
                row = rows.get((partition.partition, message.offset))
                if row is not None:
                    producer.send(out_topic, row.value, key=row.key, headers=row.headers, partition=row.partition)
            left -= len(messages)
    producer.flush(60)
    told = {
        "lines": lines,
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
    }
    print(json.dumps(told))


def _rows(broker: str, topic: str) -> dict[tuple[int, int], Any]:
    """Read what Kea wrote, by the partition and offset that each row stands for."""
    consumer = _at_start(broker, topic)
    ends = consumer.end_offsets(list(consumer.assignment()))
    rows: dict[tuple[int, int], Any] = {}
    while any(consumer.position(each) < end for each, end in ends.items()):
        for messages in consumer.poll(500).values():
            for message in messages:
                told = dict(message.headers)
                rows[int(told["kea-source-partition"]), int(told["kea-source-offset"])] = message
    consumer.close()
    return rows


def _at_start(broker: str, topic: str) -> KafkaConsumer:
    consumer = KafkaConsumer(
        bootstrap_servers=broker,
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_poll_records=2000,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    consumer.assign([TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)])
    consumer.seek_to_beginning()
    return consumer


if __name__ == "__main__":
    main(*sys.argv[1:])
