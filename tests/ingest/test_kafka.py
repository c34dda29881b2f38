"""Kafka in and out, against a real broker: exact counts, whatever happens to the readers."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.admin import NewTopic

from knowledge_base.settings import read_settings
from knowledge_base.store.store import Store
from tests.ingest.kafka_killing import check_kills
from tests.ingest.kafka_support import each_once, ingest_to_end, read_all, send, start_ingest, url
from tests.ingest.support import Held, held_by
from tests.support.kafka import Broker, find_jars, running_broker
from tests.support.kafka.broker import PASSWORD, USER
from tests.support.missing import missing

LINES = [b"2026-03-01 10:00:00 ERROR disk %d is full" % n for n in range(6)]


@pytest.fixture
def home(tmp_path: Path, model_dir: Path) -> Path:
    """A data folder; the model is there for the clusterer."""
    return tmp_path / "home"


def held(home: Path) -> Held:
    with Store(read_settings(home=home).url) as store:
        return held_by(store, "default")


def wait_until(true: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)


def counted(home: Path) -> int:
    return held(home).counted if (home / "kea.db").exists() else 0


def test_lines_are_counted_and_published_with_their_category(kafka_broker: Broker, home: Path) -> None:
    topic, enriched = kafka_broker.make_topic(partitions=2), kafka_broker.make_topic(partitions=2)
    send(kafka_broker, topic, [*LINES, b'{"message": "table gone", "level": "warn", "colour": "red"}'])
    done = ingest_to_end(home, url(kafka_broker, topic, enriched=enriched))
    assert done.returncode == 0, done.stderr
    assert "7 lines, 7 events, 2 new templates" in done.stdout
    assert held(home).templates == {"disk <n> is full": 6, "table gone": 1}
    rows = read_all(kafka_broker, enriched)
    assert {row.source for row in rows} == {(topic, n % 2, n // 2) for n in range(7)}
    documents = [json.loads(row.value) for row in rows]
    assert all(row.key == document["template_id"].encode() for row, document in zip(rows, documents, strict=True))
    assert sum(document["is_new"] for document in documents) == 2
    [row] = [document for document in documents if document.get("colour")]
    assert row["message"] == "table gone"
    assert row["category_id"].startswith("KE-")


def test_the_next_run_goes_on_where_the_last_one_stopped(kafka_broker: Broker, home: Path) -> None:
    topic = kafka_broker.make_topic()
    send(kafka_broker, topic, LINES)
    source = url(kafka_broker, topic)
    assert ingest_to_end(home, source).returncode == 0
    send(kafka_broker, topic, LINES[:2])
    assert "2 lines" in ingest_to_end(home, source).stdout
    assert counted(home) == 8
    assert "6" not in ingest_to_end(home, source.replace("?", "?group=other&")).stdout.split(" lines")[0]
    assert counted(home) == 16


def test_what_cannot_be_used_goes_to_the_dead_letter_topic(kafka_broker: Broker, home: Path) -> None:
    topic, letters = kafka_broker.make_topic(), kafka_broker.make_topic()
    send(kafka_broker, topic, [b'{"text": "fine"}', b"no row, password=hunter2secret", None])
    done = ingest_to_end(home, url(kafka_broker, topic, dead_letters=letters, format="jsonl"))
    assert done.returncode == 3 or "1 dead letter" in done.stdout, done
    [row] = read_all(kafka_broker, letters)
    assert row.source == (topic, 0, 1)
    assert b"JSON" in row.headers["kea-reason"]
    assert b"hunter2secret" not in row.value
    assert json.loads(row.value)["reason"]


def test_without_a_topic_dead_letters_go_to_a_file(kafka_broker: Broker, home: Path) -> None:
    topic = kafka_broker.make_topic()
    send(kafka_broker, topic, [b"no row"])
    ingest_to_end(home, url(kafka_broker, topic, format="jsonl"))
    [file] = (home / "dead-letters").glob("kafka-*.jsonl")
    assert json.loads(file.read_text())["source"] == f"{topic}/0"


def test_a_record_too_large_for_the_enriched_topic_is_a_dead_letter(kafka_broker: Broker, home: Path) -> None:
    topic = kafka_broker.make_topic(max_message_bytes="1000000")
    enriched = kafka_broker.make_topic(max_message_bytes="20000")
    letters = kafka_broker.make_topic()
    send(kafka_broker, topic, [b"small one", b"large one " + b"x" * 30_000, b"small one"])
    ingest_to_end(home, url(kafka_broker, topic, enriched=enriched, dead_letters=letters))
    assert sorted(row.source[2] for row in read_all(kafka_broker, enriched)) == [0, 2]
    assert [row.source[2] for row in read_all(kafka_broker, letters)] == [1]
    assert counted(home) == 3


def test_an_event_that_is_open_at_a_stop_goes_on_afterwards(kafka_broker: Broker, home: Path) -> None:
    topic = kafka_broker.make_topic()
    keyed = [(b"a", b"2026-03-01 10:00:00 ERROR job a failed"), (b"b", b"2026-03-01 10:00:00 ERROR job b failed")]
    send(kafka_broker, topic, [*keyed, (b"a", b"java.io.IOException: disk full"), (b"a", b"\tat a.B.c(B.java:1)")])
    ingest_to_end(home, url(kafka_broker, topic))
    assert sorted(held(home).templates.values()) == [1, 1]
    assert any("IOException" in text for text in held(home).templates)


def test_a_topic_that_was_made_anew_is_read_from_its_start(kafka_broker: Broker, home: Path) -> None:
    topic = kafka_broker.make_topic()
    send(kafka_broker, topic, LINES)
    ingest_to_end(home, url(kafka_broker, topic))
    make_anew(kafka_broker, topic)
    send(kafka_broker, topic, LINES[:4])
    done = ingest_to_end(home, url(kafka_broker, topic))
    assert "made anew" in done.stderr
    assert counted(home) == 10


def test_where_the_group_stands_in_kafka_changes_nothing(kafka_broker: Broker, home: Path, tmp_path: Path) -> None:
    topic = kafka_broker.make_topic()
    send(kafka_broker, topic, LINES)
    ingest_to_end(home, url(kafka_broker, topic))
    send(kafka_broker, topic, LINES)
    consumer = KafkaConsumer(bootstrap_servers=kafka_broker.plain, group_id="kea", enable_auto_commit=False)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(10, "", -1)})
    consumer.close()
    ingest_to_end(home, url(kafka_broker, topic))
    assert counted(home) == 12
    # Another database has counted nothing yet, whatever the group of that name has read.
    ingest_to_end(tmp_path / "other", url(kafka_broker, topic))
    assert counted(tmp_path / "other") == 12


def test_a_topic_that_is_made_anew_while_it_is_read_counts_once(kafka_broker: Broker, home: Path) -> None:
    topic = kafka_broker.make_topic()
    send(kafka_broker, topic, LINES)
    process = start_ingest(home, url(kafka_broker, topic))
    try:
        wait_until(lambda: counted(home) == 6, "the first count")
        make_anew(kafka_broker, topic)
        send(kafka_broker, topic, LINES * 2)
        wait_until(lambda: counted(home) >= 18, "the count of the new topic")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    ingest_to_end(home, url(kafka_broker, topic))
    assert counted(home) == 18


def make_anew(broker: Broker, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.plain)
    admin.delete_topics([topic])
    wait_until(lambda: topic not in admin.list_topics(), "the deletion")
    admin.create_topics([NewTopic(topic, 1, 1)])
    admin.close()


def test_messages_that_kafka_deleted_are_told_and_passed_over(kafka_broker: Broker, home: Path) -> None:
    topic = kafka_broker.make_topic()
    send(kafka_broker, topic, LINES[:1])
    ingest_to_end(home, url(kafka_broker, topic))
    send(kafka_broker, topic, LINES[1:])
    admin = KafkaAdminClient(bootstrap_servers=kafka_broker.plain)
    admin.delete_records({TopicPartition(topic, 0): 4})
    admin.close()
    done = ingest_to_end(home, url(kafka_broker, topic))
    assert "lost=3" in done.stderr
    assert counted(home) == 3


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_packed_messages_are_read(kafka_broker: Broker, home: Path, codec: str) -> None:
    topic = kafka_broker.make_topic()
    send(kafka_broker, topic, LINES, codec=codec)
    assert ingest_to_end(home, url(kafka_broker, topic)).returncode == 0
    assert counted(home) == len(LINES)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_tls_and_a_password_come_from_the_settings(kafka_broker: Broker, home: Path, mechanism: str) -> None:
    topic, enriched = kafka_broker.make_topic(), kafka_broker.make_topic()
    send(kafka_broker, topic, LINES)
    source = f"kafka://{kafka_broker.tls}/{topic}?enriched={enriched}"
    secured = {
        "KEA_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KEA_KAFKA_SASL_MECHANISM": mechanism,
        "KEA_KAFKA_USERNAME": USER,
        "KEA_KAFKA_CA_FILE": str(kafka_broker.ca_file),
    }
    assert ingest_to_end(home, source, **secured, KEA_KAFKA_PASSWORD=PASSWORD).returncode == 0
    assert counted(home) == len(read_all(kafka_broker, enriched)) == 6
    wrong = ingest_to_end(home, source, **secured, KEA_KAFKA_PASSWORD="wrong secret")
    assert wrong.returncode == 1
    assert "KEA_KAFKA_PASSWORD" in wrong.stderr
    assert "wrong secret" not in wrong.stderr + wrong.stdout
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("kafka://127.0.0.1:9/logs", "cannot be reached"),
        ("kafka://{broker}/no-such-topic", "has no topic no-such-topic"),
        ("kafka://{broker}/{topic}?enriched=no-such-output", "has no topic no-such-output"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(kafka_broker: Broker, home: Path, source: str, complaint: str) -> None:
    address = source.format(broker=kafka_broker.plain, topic=kafka_broker.make_topic())
    done = ingest_to_end(home, address)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def two_readers(kafka_broker: Broker, home: Path) -> Iterator[tuple[str, str]]:
    """Two processes of one group that read the same topic; gives the topics."""
    topic, enriched = kafka_broker.make_topic(partitions=4), kafka_broker.make_topic(partitions=2)
    source = url(kafka_broker, topic, enriched=enriched, group=topic)
    send(kafka_broker, topic, LINES)
    ingest_to_end(home, source)
    readers = [start_ingest(home, source) for _ in range(2)]
    wait_until(lambda: members(kafka_broker, topic) == 2, "that both joined the group")
    yield topic, enriched
    for reader in readers:
        reader.send_signal(signal.SIGTERM)
    for reader in readers:
        _, err = reader.communicate(timeout=60)
        assert reader.returncode == 0, err
        assert "Traceback" not in err, err


def members(broker: Broker, group: str) -> int:
    admin = KafkaAdminClient(bootstrap_servers=broker.plain)
    try:
        return len(admin.describe_groups([group])[group]["members"])
    finally:
        admin.close()


def test_two_readers_share_a_topic_and_count_each_line_once(
    kafka_broker: Broker, home: Path, two_readers: tuple[str, str]
) -> None:
    topic, enriched = two_readers
    for _ in range(5):
        send(kafka_broker, topic, LINES * 100)
        time.sleep(0.5)  # the group finds its balance meanwhile
    wait_until(lambda: counted(home) >= 3006, "the count")
    time.sleep(2)
    assert counted(home) == 3006
    rows = read_all(kafka_broker, enriched)
    assert len(each_once(rows)) == 3006


def test_a_broken_database_pauses_the_reading_and_loses_nothing(
    kafka_broker: Broker, home: Path, tmp_path: Path
) -> None:
    topic, said = kafka_broker.make_topic(), tmp_path / "said"
    send(kafka_broker, topic, LINES)
    process = start_ingest(home, url(kafka_broker, topic), output=said, KEA_BATCH_SIZE="100")
    try:
        wait_until(lambda: counted(home) == 6, "the first count")
        with Store(read_settings(home=home).url) as store, store.write():
            send(kafka_broker, topic, LINES)
            wait_until(lambda: "reading is paused" in said.read_text(), "that the database is missed")
        wait_until(lambda: counted(home) == 12, "the count after the lock")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert process.returncode == 0, said.read_text()


def test_kills_of_kea_and_of_its_broker_lose_and_double_nothing(home: Path) -> None:
    jars = find_jars()
    if jars is None:
        missing("Kafka (its jars, and Java 17)")
    with running_broker(jars) as broker:  # one of its own: others must not lose theirs
        check_kills(broker, home, lines=20_000, kills=3, broker_kills=1, batch_size=500)
