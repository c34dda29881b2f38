"""A thread of `kea serve` that forgets what is older than the settings allow."""

from __future__ import annotations

import structlog

from assistant.retention import Retention, forget_by_age
from knowledge_base.errors import KeaError
from knowledge_base.settings import Settings
from knowledge_base.store.store import Store
from knowledge_base.worker import Worker

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 3600.0


class RetentionLoop:
    """Looks once an hour; there is no thread where nothing is ever forgotten."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._retention = Retention(settings.question_days, settings.line_days)
        self._worker = Worker("kea-retention", self._turn)

    def start(self) -> None:
        """Begin in a thread of its own."""
        if self._retention.is_limited:
            self._worker.start()

    def stop(self) -> None:
        """Stop after the transaction that is under way."""
        self._worker.stop()

    def _turn(self) -> float:
        try:
            forgotten = forget_by_age(self._store, self._retention, lambda: self._worker.is_stopping)
            if forgotten:
                log.info("forgot what is too old", rows=forgotten)
        except Exception as error:
            known = isinstance(error, KeaError)
            log.warning("nothing is forgotten for now", reason=str(error), exc_info=None if known else error)
        return PAUSE_SECONDS
