"""Apache Kafka: its jars, and a broker of one's own."""

from tests.support.kafka.broker import Broker, running_broker
from tests.support.kafka.jars import find_jars

__all__ = ["Broker", "find_jars", "running_broker"]
