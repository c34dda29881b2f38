"""Puts a Kafka run together: cluster, partitions, publisher, pipeline and clusterer."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.pipeline import Pipeline
from ingest.runners.committing import Committer
from ingest.runners.kafka import KafkaRun, KafkaRunner
from ingest.runners.ports import Clustering, Watcher
from ingest.runners.summary import Summary
from ingest.sinks.file import FileSink
from ingest.sinks.kafka import KafkaPublisher
from ingest.sources.kafka.cluster import ask_cluster, require_topics
from ingest.sources.kafka.connection import client_config
from ingest.sources.kafka.messages import MessageOptions
from ingest.sources.kafka.partitions import Partitions
from ingest.sources.kafka.place import KafkaPlace
from knowledge_base.knowledge import KnowledgeBase


def run_kafka(
    knowledge: KnowledgeBase,
    project: str,
    place: KafkaPlace,
    *,
    clustering: Clustering,
    watcher: Watcher,
    until_end: bool = False,
    join: JoinMode = JoinMode.AUTO,
    started: Callable[[KafkaRunner], None] = lambda _runner: None,
) -> Summary:
    """Read topics into the knowledge base, which is open, until the runner that ``started`` gets is stopped.

    Raises InputError for wrong settings, NotFound for topics that are not there, and Unavailable.
    """
    settings = knowledge.settings
    config = client_config(settings, place.brokers)
    cluster = ask_cluster(config, place, more=(place.enriched, place.dead_letters))
    require_topics(cluster, (*place.topics, place.enriched, place.dead_letters), place)
    pipeline = Pipeline(knowledge, project)
    publisher = KafkaPublisher(config, enriched=place.enriched, dead_letters=place.dead_letters)
    # Each process has a file of its own: nobody cuts what another one writes.
    file = f"kafka-{place.topics[0][:80]}-{socket.gethostname()}-{os.getpid()}.jsonl"
    letters = FileSink(settings.home_path / "dead-letters" / file, project=project, clock=knowledge.clock, foreign=True)
    committer = Committer(pipeline, enriched=None, dead_letters=lambda _title: letters, publisher=publisher)
    options = MessageOptions(Format(place.form), join, settings.max_event_bytes)
    partitions = Partitions(knowledge.store, project, place, cluster, options, knowledge.clock)
    runner = KafkaRunner(
        pipeline, committer, clustering, partitions, run=KafkaRun(place, config, until_end), watcher=watcher
    )
    started(runner)
    try:
        return runner.run()
    finally:
        publisher.close()
