"""Matches the questions of a knowledge base's projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.index.replica import Indexed
from knowledge_base.matching.exact import known
from knowledge_base.matching.judging import Weighed
from knowledge_base.matching.match import Found, Match, joined, judged_matches, known_matches, weighed_candidates
from knowledge_base.matching.query import Query, Signed, prepare, sign_question
from knowledge_base.matching.ranking import match_model
from knowledge_base.matching.remembering import Remembering
from knowledge_base.matching.shelf import ByMeaning, Shelf, SolutionShelf
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.retrieval import Retrieval
from knowledge_base.signing import read_signing
from knowledge_base.solution_embedding import SolutionEmbedding
from knowledge_base.store import projects
from knowledge_base.store.asking import learnt
from knowledge_base.store.grouping import categories
from knowledge_base.store.representing import backends
from knowledge_base.store.store import Store

EMBEDDED_AT_ONCE = 16
"""Solutions that whoever asks embeds at most where they have no vector yet, so that it does not wait long."""


@dataclass(frozen=True)
class Opened:
    """What a project answers with: embedder, judge, and what gives its representatives as they are in the database.

    ``is_whole`` is False where something stands in for the model: then solutions have no vectors.
    """

    embedder: Embedder
    judge: Judge
    is_whole: bool
    meaning: Callable[[Connection], ByMeaning]


class Parts(Protocol):
    """What is needed of a knowledge base."""

    @property
    def store(self) -> Store:
        """The database."""
        ...

    def opened(self, project: str, used: str) -> Opened:
        """Open what a project answers with, by the name of its back end; raises ModelUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """A question beside its candidates, not yet in order: for fitting. ``certain`` is a category that it is exactly.

    ``grounds`` has shape (candidates, features), ``categories`` a category of each candidate, ``words`` the number of
    words in the question.
    """

    words: int
    categories: tuple[int, ...]
    grounds: tuple[tuple[float, ...], ...]
    certain: int | None


class Matcher:
    """May be shared by threads."""

    def __init__(self, parts: Parts, retrieval: Retrieval, embedding: SolutionEmbedding) -> None:
        self._parts = parts
        self._retrieval = retrieval
        self._embedding = embedding
        self._remembering = Remembering()

    def match(
        self,
        project: str,
        text: str,
        *,
        around: str = "",
        verbatim: str = "",
        limit: int = 10,
        is_complete: bool = True,
        without: frozenset[int] = frozenset(),
        is_taught: bool = True,
    ) -> Found:
        """Rank the categories that a text may mean, one for each solution, best first.

        ``around`` is the message that the text stands in, ``verbatim`` the same with its mark-up. With ``is_complete``
        False a text that is known exactly is not compared with anything else. ``without`` are representatives that are
        passed over; with ``is_taught`` False nothing that people said of this very question counts. Raises NotFound for
        a project that is not there.
        """
        while True:
            with self._parts.store.read() as db:
                signed, used = self._signed(db, project, text, around, verbatim)
                certain = self._certain(db, project, signed, is_taught=is_taught)
                if certain and not is_complete:
                    return Found(signed.form, tuple(certain[:limit]))
                is_embedded = self._embedding.is_whole(db, project, used)
            opened = self._parts.opened(project, used)
            query = self._prepared(project, signed, opened, is_embedded=is_embedded)
            with self._parts.store.read() as db:
                if backends.state(db, project).used != used:
                    continue  # it answers with another model since; that happens once a roll-over
                refused = learnt.refused(db, project, signed.form) if is_taught else frozenset()
                asked, weighed = self._weighed(db, project, query, opened, refused=refused, without=without)
                most = limit + len(certain)  # as many as are certain may be among those judged
                judged = judged_matches(asked, weighed, opened.judge, match_model(), limit=most) if weighed else []
                every = [each.category for each in (*certain, *judged)] if certain else []
                solutions = categories.solutions_of(db, project, every) if every else {}
            self._retrieval.keep_read(project)
            return Found(signed.form, tuple(joined(certain, judged, solutions, limit)))

    def compare(self, project: str, text: str, *, around: str = "") -> Compared:
        """Compare a question with its candidates and leave it at that."""
        with self._parts.store.read() as db:
            signed, used = self._signed(db, project, text, around)
            certain = self._certain(db, project, signed, is_taught=True)
            is_embedded = self._embedding.is_whole(db, project, used)
        opened = self._parts.opened(project, used)
        query = self._prepared(project, signed, opened, is_embedded=is_embedded)
        with self._parts.store.read() as db:
            asked, weighed = self._weighed(db, project, query, opened, refused=frozenset(), without=frozenset())
        return Compared(
            len(asked.words) if asked else 0,
            tuple(each.best.category for each in weighed),
            tuple(each.grounds for each in weighed),
            certain[0].category if certain else None,
        )

    def warm(self, project: str) -> None:
        """Make everything ready that a first question would otherwise wait for, or do without."""
        with self._parts.store.read() as db:
            used = backends.state(db, project).used
        opened = self._parts.opened(project, used)
        if opened.is_whole:
            self._embedding.catch_up(project, opened.embedder)
        with self._parts.store.read() as db:
            self._retrieval.lexical(db, project, wait=True)
            opened.meaning(db)

    def shelves(
        self, db: Connection, project: str, opened: Opened, without: frozenset[int]
    ) -> tuple[Shelf, SolutionShelf]:
        """Give a project's indexes as they are in the database now."""
        lexical = self._retrieval.lexical(db, project)
        index = self._retrieval.solutions(db, project, opened.embedder) if opened.is_whole else None
        return (
            Shelf(opened.meaning(db), lexical, without),
            SolutionShelf(project, lexical, index, self._retrieval, opened.judge),
        )

    def profiles(
        self, db: Connection, project: str, judge: Judge, held: Sequence[Indexed], vectors: Mapping[int, Vectors]
    ) -> dict[int, Profile]:
        """Give the profiles of representatives by their numbers."""
        return self._remembering.profiles(db, project, judge, held, vectors)

    @staticmethod
    def _signed(db: Connection, project: str, text: str, around: str, verbatim: str = "") -> tuple[Signed, str]:
        projects.require_project(db, project)
        signing = read_signing(db, project)
        used = backends.state(db, project).used
        return sign_question(text, signing, around=around, verbatim=verbatim), used

    @staticmethod
    def _certain(db: Connection, project: str, signed: Signed, *, is_taught: bool) -> list[Match]:
        found = known(db, project, signed, is_taught=is_taught)
        solutions = categories.solutions_of(db, project, [each.category for each in found]) if len(found) > 1 else {}
        return known_matches(signed, found, solutions)

    def _prepared(self, project: str, signed: Signed, opened: Opened, *, is_embedded: bool) -> Query:
        if opened.is_whole and not is_embedded:
            self._embedding.catch_up(project, opened.embedder, most=EMBEDDED_AT_ONCE)
        return prepare(signed, opened.embedder, opened.judge)

    def _weighed(
        self,
        db: Connection,
        project: str,
        query: Query,
        opened: Opened,
        *,
        refused: frozenset[int],
        without: frozenset[int],
    ) -> tuple[Profile | None, list[Weighed]]:
        near, remedies = self.shelves(db, project, opened, without)
        return weighed_candidates(
            db, project, query, near, remedies, judge=opened.judge, read=self.profiles, refused=refused
        )
