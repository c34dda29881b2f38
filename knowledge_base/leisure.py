"""Work that goes on beside all other work at leisure: it rests by what it took, and backs off where it fails."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

import structlog

from knowledge_base.errors import KeaError
from knowledge_base.worker import Worker

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between two tries of what fails again and again."""

SHORTEST_REST = 0.05


class Leisure(ABC):
    """Repeats its ``step``, which tells whether more is to do, in a thread until it is stopped.

    While there is more to do the pause behind a step is ``rest`` times what it took, so that the rest of the server has
    that many parts of a core; otherwise it is ``poll`` seconds. A step that raises is told in the log as ``held_up``.
    """

    def __init__(self, name: str, *, rest: float, poll: float, held_up: str) -> None:
        self._rest = rest
        self._poll = poll
        self._held_up = held_up
        self._failures = 0
        self._worker = Worker(name, self._turn)

    @abstractmethod
    def step(self) -> bool:
        """Do one short step; False where nothing is to do for now."""

    @property
    def is_stopping(self) -> bool:
        """Whether a step that is under way shall end soon."""
        return self._worker.is_stopping

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._worker.start()

    def stop(self) -> None:
        """Stop after the step that is under way."""
        self._worker.stop()

    def for_each(self, projects: Iterable[str], act: Callable[[str], bool]) -> bool:
        """Act for each project in turn; tells whether one of them has more to do.

        What fails in one project stops no other; the last such error is raised when all had their turn.
        """
        is_busy, failed = False, None
        for project in projects:
            if self.is_stopping:
                break
            try:
                is_busy = act(project) or is_busy
            except Exception as error:
                failed = error
        if failed is not None:
            raise failed
        return is_busy

    def _turn(self) -> float:
        begun = time.monotonic()
        try:
            is_busy = self.step()
        except Exception as error:
            self._failures += 1
            pause = min(2.0**self._failures, LONGEST_PAUSE)
            known = isinstance(error, KeaError)
            log.warning(self._held_up, reason=str(error), again_in=pause, exc_info=None if known else error)
            return pause
        self._failures = 0
        return max(SHORTEST_REST, self._rest * (time.monotonic() - begun)) if is_busy else self._poll
