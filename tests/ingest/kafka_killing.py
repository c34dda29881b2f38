"""Kills Kea and its broker while lines go from a topic into the store, and tells whether every line counts once.

When to kill is told by the lines that are counted, never by a clock, so that the kills spread over the whole
way however slow the machine is.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from kafka import KafkaProducer

from knowledge_base.settings import read_settings
from knowledge_base.store.store import Store
from tests.ingest.kafka_support import each_once, read_all, repetitions, start_ingest, url
from tests.ingest.killing import KINDS
from tests.ingest.support import held_by
from tests.support.kafka import Broker

PARTITIONS = 4
DEADLINE = 240.0


def fill(broker: Broker, topic: str, lines: int) -> None:
    """Send lines of a few kinds, each with a number of its own, evenly to all partitions."""
    producer = KafkaProducer(bootstrap_servers=broker.plain, linger_ms=20, batch_size=256 * 1024)
    for place in range(lines):
        text = KINDS[place % len(KINDS)].format(place=place, small=place % 200, second=place % 60)
        producer.send(topic, text.encode(), partition=place // len(KINDS) % PARTITIONS)
    producer.flush(120)
    producer.close()


def counted(home: Path) -> int:
    """Count the lines that the store has counted by now."""
    if not (home / "kea.db").exists():
        return 0
    with Store(read_settings(home=home).url) as store:
        return held_by(store, "default").counted


class Reader:
    """``kea ingest`` as a process that is started anew after each kill."""

    def __init__(self, home: Path, source: str, *, batch_size: int, log: Path) -> None:
        self._home = home
        self._source = source
        self._batch_size = str(batch_size)
        self._log = log
        self._process: subprocess.Popen[str] | None = None

    def start(self, *more: str) -> None:
        """Start it; what it says goes into the log."""
        self._process = start_ingest(self._home, self._source, *more, output=self._log, KEA_BATCH_SIZE=self._batch_size)

    def wait_for(self, lines: int) -> None:
        """Wait until more lines are counted; fails where it ends or does not get on."""
        assert self._process is not None
        end = time.monotonic() + DEADLINE
        while counted(self._home) < lines:
            assert self._process.poll() is None, self._log.read_text()[-4000:]
            assert time.monotonic() < end, f"does not get on\n{self._log.read_text()[-4000:]}"
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it, as ``kill -9`` does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        assert self._process.wait(30) == -signal.SIGKILL

    def finish(self) -> None:
        """Let it read to the end."""
        self.start("--until-end")
        assert self._process is not None
        code = self._process.wait(DEADLINE * 3)
        assert code == 0, self._log.read_text()[-4000:]


def check_kills(
    broker: Broker, home: Path, *, lines: int, kills: int, broker_kills: int, batch_size: int, seed: int = 7
) -> None:
    """Read a topic through kills of Kea and of the broker; assert that each line counts once and has its row."""
    by = random.Random(seed)
    topic, enriched = broker.make_topic(partitions=PARTITIONS), broker.make_topic(partitions=PARTITIONS)
    fill(broker, topic, lines)
    home.mkdir(parents=True, exist_ok=True)
    source = url(broker, topic, enriched=enriched)
    reader = Reader(home, source, batch_size=batch_size, log=home.parent / "reader.log")
    steps = ["kea"] * kills + ["broker"] * broker_kills
    by.shuffle(steps)
    reader.start()
    for number, victim in enumerate(steps):
        reader.wait_for(int(lines * 0.9 * (number + by.random()) / len(steps)))
        time.sleep(by.random() * 0.1)  # so that it falls upon any step of a batch
        if victim == "kea":
            reader.kill()
            reader.start()
        else:
            broker.kill()
            time.sleep(by.random())
            broker.start()
    reader.wait_for(int(lines * 0.95))
    reader.kill()
    reader.finish()
    check_exact(broker, home, enriched, lines, largest_repetition=(len(steps) + 1) * batch_size * 3)


def check_exact(broker: Broker, home: Path, enriched: str, lines: int, *, largest_repetition: int) -> None:
    """Assert that each line is counted once, and has a row that names its category."""
    with Store(read_settings(home=home).url) as store:
        held = held_by(store, "default")
    assert held.counted == lines
    assert sorted(held.templates.values()) == sorted(Counter(place % len(KINDS) for place in range(lines)).values())
    rows = read_all(broker, enriched)
    once = each_once(rows)
    assert len(once) == lines
    # The topic is written at least once: a batch that was under way at a kill may be there again, and no more.
    assert repetitions(rows) <= largest_repetition
    assert all(json.loads(row.value)["category_id"].startswith("KE-") for row in list(once.values())[:1000])
