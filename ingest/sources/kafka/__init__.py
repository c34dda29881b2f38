"""Apache Kafka as a source: where it is, how to connect, and how its messages are read."""
