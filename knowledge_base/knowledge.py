"""The knowledge base put together: store, embedder, replicas; what the other floors ask."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.absorbing import known_as
from knowledge_base.embedding import Embedder, open_embedder
from knowledge_base.index.replica import Replica
from knowledge_base.matching import Match, match, one_for_each_solution, prepare
from knowledge_base.settings import Settings
from knowledge_base.signing import read_signing, signatures_of
from knowledge_base.store import categories, projects, template_reading
from knowledge_base.store.store import Clock, Store, utc_now
from knowledge_base.types import Category, Signature, Template


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a raw line is known as; None where neither it nor one that differs in a variable word was ever seen."""

    signature: Signature
    template: Template | None
    category: Category | None


class KnowledgeBase:
    """One database with its index and model. Nothing is opened before ``open``; the model on first use."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now, embedder: Embedder | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self.store = Store(settings.url, clock=clock)
        self._embedder = embedder
        self._replicas: dict[str, Replica] = {}
        self._lock = threading.Lock()

    def open(self) -> KnowledgeBase:
        """Open the database; raises StorageUnavailable."""
        self.store.open()
        return self

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def __enter__(self) -> KnowledgeBase:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """The embedding model; raises ModelUnavailable where it cannot be opened."""
        with self._lock:
            if self._embedder is None:
                self._embedder = open_embedder(self.settings)
            return self._embedder

    def replica(self, db: Connection, project: str) -> Replica:
        """Give the project's index as it is in the database now."""
        embedder = self.embedder
        with self._lock:
            replica = self._replicas.get(project)
            if replica is None:
                folder = self.settings.home_path / "index"
                replica = Replica(project, backend=embedder.backend, dimension=embedder.dimension, folder=folder)
                self._replicas[project] = replica
        replica.refresh(db)
        return replica

    def lookup(self, project: str, text: str) -> Lookup:
        """Tell what a raw line is known as; raises NotFound for a project that is not there."""
        with self.store.read() as db:
            projects.require_project(db, project)
            signing = read_signing(db, project)
        signatures = signatures_of(signing, text)
        signature = signatures[0]
        with self.store.read() as db:
            [ref] = known_as(db, project, [signatures])
            if ref is None:
                return Lookup(signature, None, None)
            template = template_reading.read_templates(db, project, [ref.template])[0]
            return Lookup(signature, template, categories.get(db, project, ref.category))

    def match(self, project: str, text: str, *, limit: int = 10) -> tuple[Match, ...]:
        """Rank the categories that a text may mean, one for each solution, best first.

        Raises NotFound for a project that is not there.
        """
        with self.store.read() as db:
            projects.require_project(db, project)
            signing = read_signing(db, project)
        query = prepare(text, self.embedder, signing)
        with self.store.read() as db:
            found = match(db, project, query, self.replica(db, project), limit=limit * 5)
            solutions = categories.solutions_of(db, project, [each.category for each in found])
        return tuple(one_for_each_solution(found, solutions)[:limit])
