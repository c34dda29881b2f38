"""Kafka in and out: lines a second from a topic to categories and an enriched topic, beside a bare loop."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from kafka import KafkaProducer

from benchmarks.tools import environment, kea
from tests.support.kafka import Broker, find_jars, running_broker
from web.demo.generate import generate_lines

EVENTS = 60_000
PARTITIONS = 4
ROUNDS = 3


def measure(_data: Path) -> None:
    """Read generated lines from a broker of its own, Kea and the bare loop in turn; medians of the ratios."""
    jars = find_jars()
    if jars is None:
        print("left out: Kafka's jars are not there (make kafka-jars), or no Java 17")
        return
    texts = [event.text for event in generate_lines(end=datetime(2026, 1, 15, tzinfo=UTC), seed=3, lines=EVENTS)]
    with running_broker(jars) as broker, tempfile.TemporaryDirectory() as folder:
        topic = broker.make_topic(partitions=PARTITIONS)
        count = _fill(broker, topic, texts)
        clock, cpu = [], []
        for number in range(ROUNDS):
            rows = broker.make_topic(partitions=PARTITIONS)
            ours = _kea(broker, topic, rows, Path(folder) / f"home-{number}")
            bare = _bare(broker, topic, rows)
            clock.append(bare["seconds"] / ours["seconds"])
            cpu.append(bare["cpu"] / ours["cpu"])
            for name, told in (("kea ingest", ours), ("bare loop", bare)):
                print(
                    f"{name:<12}{count / told['seconds']:>10,.0f} lines/s"
                    f"{count / told['cpu']:>10,.0f} lines/CPU second  ({count:,} lines)",
                    flush=True,
                )
        print(f"kea / bare: {_median(clock):.2f} by the clock, {_median(cpu):.2f} by CPU (aim: .5)")


def _fill(broker: Broker, topic: str, texts: list[str]) -> int:
    """Send each line as a message, the lines of an event to one partition."""
    producer = KafkaProducer(bootstrap_servers=broker.plain, linger_ms=50, batch_size=256 * 1024)
    count = 0
    for number, text in enumerate(texts):
        for line in text.split("\n"):
            producer.send(topic, line.encode(), key=b"host-%d" % (number % 40), partition=number % PARTITIONS)
            count += 1
    producer.flush(60)
    producer.close()
    return count


def _kea(broker: Broker, topic: str, rows: str, home: Path) -> dict[str, float]:
    source = f"kafka://{broker.plain}/{topic}?enriched={rows}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        [kea(), "ingest", "--source", source, "--until-end", "--json"],
        env=environment(home),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"whole process {time.perf_counter() - begun:.1f} s, of it reading {json.loads(done.stdout)['seconds']:.1f} s"
    )
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": json.loads(done.stdout)["seconds"], "cpu": cpu}


def _bare(broker: Broker, topic: str, rows: str) -> dict[str, float]:
    out = broker.make_topic(partitions=PARTITIONS)
    command = [sys.executable, "-m", "benchmarks.kafka_bare", broker.plain, topic, rows, out]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
