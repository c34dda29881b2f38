"""Kafka in and out: lines a second from a topic to categories and an enriched topic, beside a bare loop."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kafka import KafkaProducer

from benchmarks.tools import environment, kea
from benchmarks.workloads import own_names, own_numbers
from tests.support.kafka import Broker, find_jars, running_broker

EVENTS = 150_000
PARTITIONS = 4
ROUNDS = 3
WORKLOADS: dict[str, Callable[[int], Iterator[str]]] = {
    "numbers drawn anew": own_numbers,
    "names drawn anew too": own_names,
}


def measure(_data: Path) -> None:
    """Read events from a broker of its own, Kea and the bare loop in turn; medians of the ratios."""
    jars = find_jars()
    if jars is None:
        print("left out: Kafka's jars are not there (make kafka-jars), or no Java 17")
        return
    for name, events in WORKLOADS.items():
        with running_broker(jars) as broker, tempfile.TemporaryDirectory() as folder:
            topic = broker.make_topic(partitions=PARTITIONS)
            count = _fill(broker, topic, events(EVENTS))
            _compare(name, broker, topic, count, Path(folder))


def _compare(name: str, broker: Broker, topic: str, count: int, folder: Path) -> None:
    print(f"-- {EVENTS:,} events, {count:,} lines: {name}")
    clock, cpu = [], []
    for number in range(ROUNDS):
        rows = broker.make_topic(partitions=PARTITIONS)
        ours = _kea(broker, topic, rows, folder / f"home-{number}")
        bare = _bare(broker, topic, rows)
        clock.append(bare["seconds"] / ours["seconds"])
        cpu.append(bare["cpu"] / ours["cpu"])
        for who, told in (("kea ingest", ours), ("bare loop", bare)):
            rates = f"{count / told['seconds']:>10,.0f} lines/s{count / told['cpu']:>10,.0f} lines/CPU second"
            print(f"{who:<12}{rates}", flush=True)
    print(f"kea / bare: {_median(clock):.2f} by the clock, {_median(cpu):.2f} by CPU (aim: .5)")


def _fill(broker: Broker, topic: str, texts: Iterable[str]) -> int:
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
    done = subprocess.run(
        [kea(), "ingest", "--source", source, "--until-end", "--json"],
        env=environment(home),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
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
