"""An index of another kind, made beside the one in use: nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
import structlog

from knowledge_base.embedding.port import Vectors
from knowledge_base.index import kinds
from knowledge_base.index.kinds import AnyIndex

log = structlog.get_logger(__name__)


class _Abandoned(Exception):
    """The process ends."""


class Rebuilding(threading.Thread):
    """Makes the index that the vectors of another one take by now, then hands it to ``done``.

    ``done`` is called with the index that the vectors come from and the new one. What was added and removed
    meanwhile is for it to settle. ``lock`` is held for some milliseconds at a time.
    """

    def __init__(
        self, index: AnyIndex, lock: threading.Lock, done: Callable[[AnyIndex, AnyIndex], None], *, switch: int
    ) -> None:
        # No daemon: a thread that the end of the process surprises inside of FAISS may crash it.
        super().__init__(name="kea-index", daemon=False)
        self._index = index
        self._switch = switch
        self._turn = lock
        self._done = done

    def run(self) -> None:
        """Do it."""
        try:
            with self._turn:
                ids = self._index.ids
            made = kinds.build(ids, self._read, dimension=self._index.dimension, switch=self._switch)
            self._done(self._index, made)
        except _Abandoned:
            return
        except (MemoryError, RuntimeError) as error:
            log.warning("the index stays as it is", vectors=len(self._index), reason=str(error)[:200])

    def _read(self, ids: Sequence[int]) -> Vectors:
        if not threading.main_thread().is_alive():
            raise _Abandoned
        with self._turn:
            return np.stack([self._vector(number) for number in ids])

    def _vector(self, number: int) -> Vectors:
        try:
            return self._index.vector(number)
        except KeyError:
            # Removed meanwhile: its place is taken until ``done`` removes it here too.
            return np.zeros(self._index.dimension, np.float32)


def settle(old: AnyIndex, new: AnyIndex) -> None:
    """Make a new index hold what the old one holds by now."""
    wanted, held = old.ids, new.ids
    new.remove(np.setdiff1d(held, wanted, assume_unique=True).tolist())
    for portion in kinds.portions(np.setdiff1d(wanted, held, assume_unique=True)):
        new.add(portion, np.stack([old.vector(number) for number in portion]))
