"""A project's indexes together, as they are in the database now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from knowledge_base.store import representatives


class ByMeaning(Protocol):
    """Finds representatives by vectors: a replica, or what stands in for one."""

    project: str
    backend: str

    def search(self, db: Connection, vectors: Vectors, limit: int) -> list[list[tuple[Indexed, float]]]:
        """For each row find the nearest representatives with their cosine."""
        ...

    def with_code(self, db: Connection, code: str, limit: int) -> list[Indexed]:
        """Give representatives that hold an error code."""
        ...

    def vector(self, number: int) -> Vectors:
        """Give the vector of a representative, shape (dimension,); raises KeyError where it is not there."""
        ...


@dataclass(frozen=True)
class Shelf:
    """Finds representatives; ``without`` are numbers of those that are passed over."""

    meaning: ByMeaning
    lexical: Lexical
    without: frozenset[int] = frozenset()

    def search(self, db: Connection, vectors: Vectors, limit: int) -> list[list[tuple[Indexed, float]]]:
        """For each row find the nearest representatives with their cosine."""
        rows = self.meaning.search(db, vectors, limit + len(self.without))
        return [[pair for pair in row if pair[0].id not in self.without][:limit] for row in rows]

    def worded(self, db: Connection, terms: Terms, limit: int) -> list[Indexed]:
        """Find representatives by words and concepts, best first."""
        numbers = [number for number, _ in self.lexical.representatives(terms, limit + len(self.without))]
        found = read_indexed(db, self.meaning.project, numbers)
        return [found[number] for number in numbers if number in found and number not in self.without][:limit]

    def with_code(self, db: Connection, code: str, limit: int) -> list[Indexed]:
        """Give representatives that hold an error code."""
        found = self.meaning.with_code(db, code, limit + len(self.without))
        return [each for each in found if each.id not in self.without][:limit]

    def standing_for(self, db: Connection, categories: Sequence[int], limit: int) -> list[Indexed]:
        """Give what stands for categories, up to ``limit`` for each, the oldest first."""
        if not categories:
            return []
        counted: dict[int, int] = {}
        found = []
        for each in representatives.of_categories(db, self.meaning.project, categories, backend=self.meaning.backend):
            counted[each.category] = counted.get(each.category, 0) + 1
            if counted[each.category] <= limit and each.id not in self.without:
                found.append(indexed(each))
        return found

    def vector(self, number: int) -> Vectors | None:
        """Give the vector of a representative, shape (dimension,); None where it is gone."""
        try:
            return self.meaning.vector(number)
        except KeyError:
            return None


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
            for vector in vectors:
                found.update(dict.fromkeys(number for number, _ in self.index.search(db, vector, limit)))
        return list(found)

    def told(self, db: Connection, numbers: Sequence[int]) -> Mapping[int, tuple[Told, Vectors]]:
        """Tell what solutions say, with the vectors of their parts (PARTS, dimension); those without are left out."""
        if self.index is None:
            return {}
        said = self.retrieval.forms(db, self.judge, self.index, numbers)
        vectors = self.index.vectors_of(list(said))
        return {number: (said[number], vectors[number]) for number in vectors}
