"""The knowledge base put together: store, embedder, replicas; what the other floors ask."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from knowledge_base.absorbing import known_as
from knowledge_base.backends import Backends
from knowledge_base.embedding import Embedder
from knowledge_base.errors import ModelUnavailable
from knowledge_base.index.replica import Replica
from knowledge_base.letters import Letters
from knowledge_base.matching import Found, Matcher, Opened
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.opening import open_judge
from knowledge_base.retrieval import Retrieval
from knowledge_base.settings import Settings
from knowledge_base.signing import read_signing, signatures_of
from knowledge_base.solution_embedding import SolutionEmbedding
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories, template_reading
from knowledge_base.store.representing import backends
from knowledge_base.store.store import Clock, Store, utc_now
from knowledge_base.types import Category, Signature, Template
from knowledge_base.vocabulary.reading import Reader

log = structlog.get_logger(__name__)

TOLD_AT = 1_024
"""Wordings of known kinds after which it is said how many are embedded."""


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
        self._backends = Backends(settings, embedder)
        self._embedder: Embedder | None = None
        self._tried = False
        self._replicas: dict[str, Replica] = {}
        self._letters: dict[str, Letters] = {}
        folder = settings.home_path / "index"
        self.retrieval = Retrieval(self.store, self._backends.reader, folder=folder)
        self.solution_embedding = SolutionEmbedding(self)
        self.matcher = Matcher(self, self.retrieval, self.solution_embedding)
        self._opening = threading.Lock()  # an export takes long, and questions to other models do not wait for it
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
        """The embedding model that is set; raises ModelUnavailable where it cannot be opened.

        A project may still answer with another one: :meth:`embedder_of`.
        """
        with self._opening:
            if self._embedder is None:
                self._embedder = self._backends.wanted()
            return self._embedder

    @property
    def has_model(self) -> bool:
        """Whether a model was opened in this process."""
        return self._embedder is not None or self._backends.has_opened

    @property
    def reader(self) -> Reader:
        """What reads texts by the glossary that is set; raises InputError where that cannot be used."""
        return self._backends.reader

    @property
    def judge(self) -> Judge:
        """What judges whether texts are one error, by the model that is set; raises ModelUnavailable, InputError."""
        return self.judge_with(self.embedder)

    def judge_with(self, embedder: Embedder) -> Judge:
        """Give the judge over vectors of an embedder; the first of a model embeds the known kinds, which is logged."""
        folder = self.settings.model_dir.expanduser() / "kinds"
        reader = self._backends.reader
        return open_judge(reader, embedder, kinds=self.settings.kinds, folder=folder, progress=_tell)

    def embedder_of(self, project: str) -> Embedder:
        """Give the embedder whose vectors the project answers with: it takes cleaned texts.

        Whoever adds representatives holds the clusterer's lease, so that it stays the same meanwhile. Raises
        ModelUnavailable where it cannot be opened any more.
        """
        with self.store.read() as db:
            return self.embedder_named(backends.state(db, project).used)

    def embedder_named(self, backend: str) -> Embedder:
        """Give the embedder of a back end, the one that is set for an empty name; raises ModelUnavailable."""
        present = self._embedder
        if present is not None and present.backend == backend:
            return present
        if not backend:
            return self.embedder
        try:
            return self._backends.named(backend)
        except ModelUnavailable:
            if self._is_set(backend):
                return self.embedder
            raise

    def replica(self, db: Connection, project: str) -> Replica:
        """Give the project's index as it is in the database now, of the back end that it answers with."""
        return self._replica(db, project, self.embedder_named(backends.state(db, project).used))

    def _replica(self, db: Connection, project: str, embedder: Embedder) -> Replica:
        with self._lock:
            replica = self._replicas.get(project)
            if replica is None or replica.backend != embedder.backend:
                folder = self.settings.home_path / "index"
                replica = Replica(project, backend=embedder.backend, dimension=embedder.dimension, folder=folder)
                self._replicas[project] = replica
                self._letters.pop(project, None)
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

    def match(self, project: str, text: str, *, limit: int = 10) -> Found:
        """Rank the categories that a text may mean, one for each solution, best first; :meth:`Matcher.match` does more.

        Where the model of the project's vectors is gone, texts are compared by letters until others are made.
        Raises NotFound for a project that is not there, ModelUnavailable.
        """
        return self.matcher.match(project, text, limit=limit)

    def opened(self, project: str, used: str) -> Opened:
        """Open what a project answers with, by the name of its back end; raises ModelUnavailable.

        Where its model is gone, letters stand in for it.
        """
        try:
            embedder = self.embedder_named(used)
        except ModelUnavailable as error:
            if not used:
                raise
            letters = self._letters_of(project, used, error)
            judge = open_judge(self._backends.reader, letters.embedder, kinds=self.settings.kinds, folder=None)
            return Opened(letters.embedder, judge, is_whole=False, meaning=letters.fresh)
        return Opened(
            embedder,
            self.judge_with(embedder),
            is_whole=True,
            meaning=lambda db: self._replica(db, project, embedder),
        )

    def _is_set(self, backend: str) -> bool:
        """Tell whether a back end is that of the model that is set, which can be exported again; tried once."""
        if not self._tried:
            self._tried = True
            try:
                return self.embedder.backend == backend
            except ModelUnavailable as error:
                log.warning("the model that is set cannot be opened", reason=str(error))
        return self._embedder is not None and self._embedder.backend == backend

    def _letters_of(self, project: str, used: str, reason: ModelUnavailable) -> Letters:
        with self._lock:
            letters = self._letters.get(project)
            if letters is None or letters.backend != used:
                log.warning("questions are answered by letters alone", project=project, reason=str(reason))
                letters = self._letters[project] = Letters(project, backend=used)
            return letters


def _tell(done: int, wanted: int) -> None:
    if done == wanted or not done % TOLD_AT:
        log.info("embedding the known kinds of error, once", done=done, of=wanted)
