"""The indexes of all projects in a process, besides those of vectors of representatives: words, and solutions."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from knowledge_base.embedding.port import Embedder
from knowledge_base.index.lexical import Lexical
from knowledge_base.index.solution_forms import SolutionForms, Told
from knowledge_base.index.solutions import SolutionIndex
from knowledge_base.pairs.judge import Judge
from knowledge_base.store.engine import database_file
from knowledge_base.store.store import Store
from knowledge_base.vocabulary.reading import Reader

READY = 16
"""Projects asked about last whose lexical indexes are ready to be changed; each keeps a dozen threads for that."""


class Retrieval:
    """Gives each project's indexes as they are in the database now. ``folder`` keeps what speeds up the next start."""

    def __init__(self, store: Store, reader: Reader, *, folder: Path | None) -> None:
        self._store = store
        self._reader = reader
        self._folder = folder
        self._lexical: dict[str, Lexical] = {}
        self._solutions: dict[str, SolutionIndex] = {}
        self._forms = SolutionForms()
        self._lock = threading.Lock()

    def lexical(self, db: Connection, project: str, *, wait: bool = False) -> Lexical:
        """Give a project's lexical index; without ``wait`` a thread may still read what is much at once."""
        with self._lock:
            found = self._lexical.get(project)
            if found is None:
                # A database in memory has one connection for all: no thread can read from it beside another.
                shared = self._store.is_sqlite and database_file(self._store.engine) is None
                connect = None if shared else self._store.read
                found = Lexical(project, reader=self._reader, folder=self._folder, connect=connect)
                self._lexical[project] = found
            # The last is the one that was asked about last.
            self._lexical[project] = self._lexical.pop(project)
            idle = list(self._lexical.values())[:-READY][-1:]
        found.refresh(db, wait=wait)
        for each in idle:
            each.rest()
        return found

    def solutions(self, db: Connection, project: str, embedder: Embedder) -> SolutionIndex:
        """Give the index of a project's solutions by the vectors of an embedder."""
        with self._lock:
            found = self._solutions.get(project)
            if found is None or found.backend != embedder.backend:
                found = SolutionIndex(project, backend=embedder.backend, dimension=embedder.dimension)
                self._solutions[project] = found
        found.refresh(db)
        return found

    def forms(self, db: Connection, judge: Judge, index: SolutionIndex, numbers: Sequence[int]) -> dict[int, Told]:
        """Give what some solutions say, for the judge; those without a vector are left out."""
        return self._forms.profiles(db, judge, index, numbers)

    def keep_read(self, project: str) -> None:
        """Keep what was read of solutions for the next process; one small transaction, mostly none."""
        self._forms.save(self._store, project)

    def settle(self) -> None:
        """Wait for the threads that read."""
        for each in list(self._lexical.values()):
            each.settle()
