"""What goes on beside requests: clustering, embedding anew, chats and tickets, reading logs, keeping demand.

It runs in one process of a server. Where others answer as well, that one tells them how it fares, in a file.
"""

from __future__ import annotations

from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, Field

from assistant.desk import Desk
from ingest.clustering.loop import ClusterLoop
from ingest.clustering.reindexing import ReindexLoop
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.worker import Worker
from web.running.demand_loop import DemandLoop
from web.running.retention_loop import RetentionLoop
from web.running.roll_up_loop import RollUpLoop
from web.running.solution_health_loop import SolutionHealthLoop
from web.running.streaming import Streaming
from web.running.watch_loop import WatchLoop

log = structlog.get_logger(__name__)

TELL_SECONDS = 1.0


class Fare(BaseModel):
    """How it fares: what is held up, and which connections to platforms are up."""

    model_config = ConfigDict(frozen=True)

    clustering: dict[str, str] = Field(default={}, description="Failures by project; that of all has no name.")
    reindexing: str | None = None
    connected: dict[str, bool] = Field(default={}, description="By channel.")

    def clustering_of(self, project: str) -> str | None:
        """Say what keeps a project from being clustered; None where nothing does."""
        return self.clustering.get("") or self.clustering.get(project)


class Background:
    """Starts and stops all of it; ``runs_here`` is false in the processes that only answer.

    ``told`` names the file by which the processes of a server tell each other; None where there is only one.
    """

    def __init__(self, knowledge: KnowledgeBase, desk: Desk, *, runs_here: bool, told: Path | None) -> None:
        self.clusterer = ClusterLoop(knowledge)
        self._reindexer = ReindexLoop(knowledge)
        self._desk = desk
        self._streaming = Streaming(knowledge, self.clusterer)
        self._demand = DemandLoop(knowledge.store)
        self._solution_health = SolutionHealthLoop(knowledge.store)
        self._retention = RetentionLoop(knowledge.store, knowledge.settings)
        self._watch = WatchLoop(knowledge.store)
        self._roll_up = RollUpLoop(knowledge.store)
        self._runs_here = runs_here
        self._told = told
        self._last: Fare | None = None
        self._teller = Worker("kea-background", self._tell)

    def start(self) -> None:
        """Begin, where it runs here; returns at once."""
        if not self._runs_here:
            return
        self.clusterer.start()
        self._reindexer.start()
        self._desk.start()
        self._streaming.start()
        self._demand.start()
        self._solution_health.start()
        self._retention.start()
        self._watch.start()
        self._roll_up.start()
        if self._told is not None:
            self._teller.start()

    def stop(self) -> tuple[str, ...]:
        """Finish what is under way; names the threads that still work, and need the database."""
        if not self._runs_here:
            return ()
        self._teller.stop()
        self._roll_up.stop()
        self._watch.stop()
        self._retention.stop()
        self._solution_health.stop()
        self._demand.stop()
        self._streaming.stop()
        working = self._desk.stop()
        self._reindexer.stop()
        self.clusterer.stop()
        return working

    def fare(self) -> Fare:
        """Tell how it fares, wherever it runs."""
        if self._runs_here or self._told is None:
            return self._own()
        try:
            return Fare.model_validate_json(self._told.read_bytes())
        except FileNotFoundError:
            return Fare()  # it has only begun

    def _own(self) -> Fare:
        failure = self._reindexer.failure
        return Fare(
            clustering=self.clusterer.failures(),
            reindexing=None if failure is None else str(failure),
            connected={
                each.channel.name: each.connection.connected
                for each in self._desk.adapters
                if each.connection is not None
            },
        )

    def _tell(self) -> float:
        fare = self._own()
        if self._told is not None and fare != self._last:
            draft = self._told.with_suffix(".new")
            try:
                draft.write_text(fare.model_dump_json(), encoding="utf-8")
                draft.replace(self._told)
                self._last = fare
            except OSError as error:
                log.warning("the other processes are not told how this one fares", reason=str(error))
        return TELL_SECONDS
