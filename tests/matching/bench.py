"""A knowledge base to ask: lines in, solutions on, and each way of finding candidates by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.embedding.port import Vectors
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.index.replica import Indexed
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import Match, prepare, sign_question
from knowledge_base.matching.candidates import Candidate, gather
from knowledge_base.matching.near import Near, Remedies, Terms
from knowledge_base.signing import read_signing
from knowledge_base.store.grouping import categories
from knowledge_base.store.representing import backends
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from tests.store.databases import MINE
from tests.store.knowledge import ingest

WAYS = frozenset({"meaning", "words", "code", "solution"})


class OneWay:
    """A shelf on which things are found in some ways alone."""

    def __init__(self, near: Near, ways: Collection[str]) -> None:
        self._near = near
        self._ways = ways

    def nearest(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        return self._near.nearest(vectors, limit) if "meaning" in self._ways else [[] for _ in vectors]

    def worded(self, terms: Terms, limit: int) -> list[int]:
        return self._near.worded(terms, limit) if "words" in self._ways else []

    def with_code(self, code: str, limit: int) -> list[int]:
        return self._near.with_code(code, limit) if "code" in self._ways else []

    def read(self, db: Connection, numbers: Collection[int]) -> dict[int, Indexed]:
        return self._near.read(db, numbers)

    def standing_for(self, db: Connection, categories: Sequence[int], limit: int) -> list[Indexed]:
        return self._near.standing_for(db, categories, limit)

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        return self._near.vectors(numbers)


class NoRemedies:
    """Finds no solutions."""

    def __init__(self, remedies: Remedies) -> None:
        self.told = remedies.told

    def search(self, db: Connection, vectors: Vectors, terms: Terms, limit: int) -> list[int]:
        return []


@dataclass(frozen=True)
class Bench:
    """Numbers name categories, as in the store."""

    knowledge: KnowledgeBase

    def know(self, *lines: str, project: str = MINE) -> list[int]:
        """Ingest lines and cluster them; give the category of each."""
        made = ingest(self.knowledge, *lines, project=project)
        ClusterLoop(self.knowledge, project).drain(project)
        return [number_of(Prefix.CATEGORY, each.category_id) for each in made]

    def solve(self, category: int, title: str, cause: str = "", body: str = "", *, project: str = MINE) -> str:
        """Attach a solution, or its next version; give its public id."""
        store, name = self.knowledge.store, public_id(Prefix.CATEGORY, category)
        with store.read() as db:
            present = categories.solutions_of(db, project, [category]).get(category)
            version = None if present is None else solutions.get(db, project, present).version
        text = SolutionText(title, cause, body)
        done = curation.attach(store, project, name, text, actor="Mei", based_on=version)
        assert done.solution is not None
        return done.solution.id

    def link(self, category: int, solution: str) -> None:
        curation.link(self.knowledge.store, MINE, public_id(Prefix.CATEGORY, category), solution, actor="Mei")

    def merge(self, into: int, *others: int) -> None:
        names = [public_id(Prefix.CATEGORY, each) for each in others]
        curation.merge(self.knowledge.store, MINE, public_id(Prefix.CATEGORY, into), names, actor="Mei")

    def match(self, text: str, **more: object) -> tuple[Match, ...]:
        return self.knowledge.matcher.match(MINE, text, **more).matches  # type: ignore[arg-type]

    def found(self, text: str, **more: object) -> list[int]:
        """Give the categories that a question may mean, best first."""
        return [each.category for each in self.match(text, **more)]

    def gathered(self, text: str, ways: Collection[str] = WAYS, *, refused: Collection[int] = ()) -> list[Candidate]:
        """Give the candidates that a question has, found in some ways alone."""
        knowledge = self.knowledge
        with knowledge.store.read() as db:
            signed = sign_question(text, read_signing(db, MINE))
            opened = knowledge.opened(MINE, backends.state(db, MINE).used)
        knowledge.matcher.warm(MINE)
        query = prepare(signed, opened.embedder, opened.judge)
        with knowledge.store.read() as db:
            near, remedies = knowledge.matcher.shelves(db, MINE, opened, frozenset())
            chosen: Remedies = remedies if "solution" in ways else NoRemedies(remedies)
            return gather(db, MINE, query, OneWay(near, ways), chosen, refused=frozenset(refused))[0]

    def categories_gathered(self, text: str, ways: Collection[str] = WAYS) -> set[int]:
        return {one.category for each in self.gathered(text, ways) for one in each.held}
