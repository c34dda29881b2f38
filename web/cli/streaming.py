"""Reading a stream from the command line, until its end or until a signal."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.runners.kafka import KafkaRunner
    from ingest.runners.summary import Summary


def stream(url: str, project: str, *, form: str, join: str, service: str, until_end: bool) -> Summary:
    """Read a source; options that are given win over those of its address.

    A first SIGINT or SIGTERM ends it in order. Raises InputError, NotFound and Unavailable.
    """
    from ingest.clustering import ClusterLoop
    from ingest.formats import Format
    from ingest.joining import JoinMode
    from ingest.runners.kafka_assembling import run_kafka
    from ingest.sources.kafka.place import parse_place
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.progress import watching_ingest

    place = parse_place(url)
    if form != Format.AUTO:
        place = replace(place, form=Format(form))
    if service:
        place = replace(place, service=service)
    with KnowledgeBase(read_settings()) as knowledge, watching_ingest() as watcher:
        return run_kafka(
            knowledge,
            project,
            place,
            clustering=ClusterLoop(knowledge, project),
            watcher=watcher,
            until_end=until_end,
            join=JoinMode(join),
            started=_end_in_order,
        )


def _end_in_order(runner: KafkaRunner) -> None:
    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # who asks twice does not want to wait
        runner.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
