"""``make kafka``: a broker to try things with, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys

from tests.support.kafka.broker import running_broker
from tests.support.kafka.jars import fetch


def main() -> None:
    """Run a broker on port 9092, or on the one that PORT names."""
    port = int(os.environ.get("PORT", "9092"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"Starting Kafka on 127.0.0.1:{port} ...", flush=True)
    with running_broker(fetch(), port=port) as broker:
        topic = "logs"
        admin_topic(broker.plain, topic)
        print(f"Kafka is ready, with a topic {topic!r}. In another shell:")
        print(f"  kea ingest --source 'kafka://{broker.plain}/{topic}?enriched={topic}-enriched'")
        print("Ctrl-C ends it; its data are thrown away.", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("\nStopping ...", flush=True)


def admin_topic(address: str, topic: str) -> None:
    """Make the topics that the hint names."""
    from kafka import KafkaAdminClient
    from kafka.admin import NewTopic

    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics([NewTopic(topic, 4, 1), NewTopic(f"{topic}-enriched", 4, 1)])
    admin.close()


if __name__ == "__main__":
    main()
