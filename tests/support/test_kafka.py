"""The broker of the tests is a real one, asks for passwords where it says so, and keeps its data when it is killed."""

from __future__ import annotations

from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from tests.support.kafka import Broker, find_jars, running_broker
from tests.support.kafka.broker import PASSWORD, USER
from tests.support.missing import missing


def produce(address: str, topic: str, count: int, **settings: object) -> None:
    producer = KafkaProducer(bootstrap_servers=address, **settings)
    for n in range(count):
        producer.send(topic, b"line %d" % n)
    producer.flush(30)
    producer.close()


def consume(address: str, topic: str, **settings: object) -> list[bytes]:
    consumer = KafkaConsumer(bootstrap_servers=address, **settings)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning()
    end = consumer.end_offsets([partition])[partition]
    values: list[bytes] = []
    while consumer.position(partition) < end:
        values += [each.value for batch in consumer.poll(1000).values() for each in batch]
    consumer.close()
    return values


def credentials(password: str, mechanism: str) -> dict[str, object]:
    return {"sasl_mechanism": mechanism, "sasl_plain_username": USER, "sasl_plain_password": password}


def test_what_is_produced_is_consumed(kafka_broker: Broker) -> None:
    topic = kafka_broker.make_topic()
    produce(kafka_broker.plain, topic, 3)
    assert consume(kafka_broker.plain, topic) == [b"line 0", b"line 1", b"line 2"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
@pytest.mark.parametrize("over_tls", [False, True])
def test_a_password_is_asked_for(kafka_broker: Broker, mechanism: str, over_tls: bool) -> None:
    topic = kafka_broker.make_topic()
    address = kafka_broker.tls if over_tls else kafka_broker.sasl
    secured: dict[str, object] = {"security_protocol": "SASL_SSL" if over_tls else "SASL_PLAINTEXT"}
    if over_tls:
        secured["ssl_cafile"] = str(kafka_broker.ca_file)
    produce(address, topic, 1, **secured, **credentials(PASSWORD, mechanism))
    assert consume(kafka_broker.plain, topic) == [b"line 0"]
    with pytest.raises(KafkaError):
        produce(address, topic, 1, **secured, **credentials("wrong", mechanism), bootstrap_timeout_ms=3000)


def test_a_broker_that_was_killed_comes_back_with_its_data_and_leaves_no_process() -> None:
    jars = find_jars()
    if jars is None:
        missing("Kafka (its jars, and Java 17)")
    with running_broker(jars) as broker:
        topic = broker.make_topic()
        produce(broker.plain, topic, 5)
        first = broker.process_id
        broker.kill()
        assert not Path(f"/proc/{first}").exists()
        broker.start()
        assert len(consume(broker.plain, topic)) == 5
        last = broker.process_id
    assert not Path(f"/proc/{last}").exists()
    assert not broker.folder.exists()
