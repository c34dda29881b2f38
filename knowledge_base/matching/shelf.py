"""A project's indexes together, as they are in the database now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.lexical import Lexical
from knowledge_base.index.replica import Indexed, indexed, read_indexed
from knowledge_base.index.solution_forms import Told
from knowledge_base.index.solutions import SolutionIndex
from knowledge_base.matching.near import Terms
from knowledge_base.pairs.judge import Judge
from knowledge_base.retrieval import Retrieval
from knowledge_base.store.representing import found_representatives


class ByMeaning(Protocol):
    """Finds representatives by vectors: a replica, or what stands in for one."""

    project: str
    backend: str

    def nearest(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find the numbers of the nearest representatives with their cosine."""
        ...

    def holding(self, code: str, limit: int) -> list[int]:
        """Give the numbers of representatives that hold an error code, oldest first."""
        ...

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Give the vectors of representatives in their order, each of shape (dimension,); what is gone is left out."""
        ...


@dataclass(frozen=True)
class Shelf:
    """Finds representatives; ``without`` are numbers of those that are passed over."""

    meaning: ByMeaning
    lexical: Lexical
    without: frozenset[int] = frozenset()

    def nearest(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find the numbers of the nearest representatives with their cosine."""
        rows = self.meaning.nearest(vectors, limit + len(self.without))
        return [[pair for pair in row if pair[0] not in self.without][:limit] for row in rows]

    def worded(self, terms: Terms, limit: int) -> list[int]:
        """Find the numbers of representatives by words and concepts, best first."""
        found = self.lexical.representatives(terms, limit + len(self.without))
        return [number for number, _ in found if number not in self.without][:limit]

    def with_code(self, code: str, limit: int) -> list[int]:
        """Give the numbers of representatives that hold an error code."""
        found = self.meaning.holding(code, limit + len(self.without))
        return [number for number in found if number not in self.without][:limit]

    def read(self, db: Connection, numbers: Collection[int]) -> dict[int, Indexed]:
        """Read what was found, of which a connection may not see all: that is left out."""
        return read_indexed(db, self.meaning.project, sorted(numbers))

    def standing_for(self, db: Connection, categories: Sequence[int], limit: int) -> list[Indexed]:
        """Give what stands for categories, up to ``limit`` for each, the oldest first."""
        if not categories:
            return []
        counted: Counter[int] = Counter()
        found = []
        for row in found_representatives.by_category(db, self.meaning.project, categories, self.meaning.backend):
            number, category, *_ = row
            counted[category] += 1
            if counted[category] <= limit and number not in self.without:
                found.append(indexed(*row))
        return found

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Give the vectors of representatives in their order, each of shape (dimension,); what is gone is left out."""
        return self.meaning.vectors(numbers)


@dataclass(frozen=True)
class SolutionShelf:
    """Finds solutions, and tells what they say; ``index`` is None while there is no model to compare meanings by."""

    project: str
    lexical: Lexical
    index: SolutionIndex | None
    retrieval: Retrieval
    judge: Judge

    def search(self, db: Connection, vectors: Vectors, terms: Terms, limit: int) -> list[int]:
        """Find published solutions that answer for a category: by meaning and by words, each up to ``limit``."""
        found = dict.fromkeys(number for number, _ in self.lexical.solutions(db, terms, limit))
        if self.index is not None:
            for row in self.index.search(db, vectors, limit):
                found.update(dict.fromkeys(number for number, _ in row))
        return list(found)

    def told(self, db: Connection, numbers: Sequence[int]) -> Mapping[int, tuple[Told, Vectors]]:
        """Tell what solutions say, with the vectors of their parts (PARTS, dimension); those without are left out."""
        if self.index is None:
            return {}
        said = self.retrieval.forms(db, self.judge, self.index, numbers)
        vectors = self.index.vectors_of(list(said))
        return {number: (said[number], vectors[number]) for number in vectors}
