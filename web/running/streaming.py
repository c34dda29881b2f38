"""Reading logs beside the web server: one thread that begins again, more and more seldom, while its source is away."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog

from knowledge_base.errors import KeaError
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.types import DEFAULT_PROJECT

if TYPE_CHECKING:
    from ingest.clustering.loop import ClusterLoop
    from ingest.runners.kafka import KafkaRunner
    from ingest.sources.kafka.place import KafkaPlace

log = structlog.get_logger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STOP_SECONDS = 20.0


class Streaming:
    """Reads the source that the settings name; does nothing without one. Raises InputError for a wrong one."""

    def __init__(self, knowledge: KnowledgeBase, clusterer: ClusterLoop, *, project: str = DEFAULT_PROJECT) -> None:
        self._knowledge = knowledge
        self._clusterer = clusterer
        self._project = project
        self._place: KafkaPlace | None = None
        if knowledge.settings.source:
            from ingest.sources.kafka.connection import client_config
            from ingest.sources.kafka.place import parse_place

            self._place = parse_place(knowledge.settings.source)
            client_config(knowledge.settings, self._place.brokers)
        self._stopping = threading.Event()
        self._runner: KafkaRunner | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; returns at once, also where the source is away."""
        if self._place is not None:
            self._thread = threading.Thread(target=self._run, args=(self._place,), name="kea-kafka", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Commit what was read and leave."""
        self._stopping.set()
        if self._runner is not None:
            self._runner.stop()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def _run(self, place: KafkaPlace) -> None:
        from ingest.runners.kafka_assembling import run_kafka
        from ingest.runners.ports import Unwatched, Wakened

        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                run_kafka(
                    self._knowledge,
                    self._project,
                    place,
                    clustering=Wakened(self._clusterer),  # the server's own loop clusters all projects
                    watcher=Unwatched(),
                    started=self._started,
                )
            except KeaError as error:
                log.warning("logs are not read", source=place.title, reason=str(error), again_in=pause)
            except Exception:
                log.exception("logs are not read", source=place.title, again_in=pause)
            if time.monotonic() - begun > LONGEST_PAUSE:
                pause = FIRST_PAUSE  # it had worked
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _started(self, runner: KafkaRunner) -> None:
        self._runner = runner
        if self._stopping.is_set():
            runner.stop()
