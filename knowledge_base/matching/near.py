"""What finds candidates: by meaning, by words and concepts, by error codes; and what solutions say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.replica import Indexed
from knowledge_base.index.solution_forms import Told

Terms = Mapping[str, float]
"""What a question is looked for by, each term with its weight."""


class Near(Protocol):
    """Finds representatives: the project's indexes, what stands in for them, or one of those as it would be."""

    def nearest(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find the numbers of the nearest representatives with their cosine."""
        ...

    def worded(self, terms: Terms, limit: int) -> list[int]:
        """Find the numbers of representatives by words and concepts, best first."""
        ...

    def with_code(self, code: str, limit: int) -> list[int]:
        """Give the numbers of representatives that hold an error code."""
        ...

    def read(self, db: Connection, numbers: Collection[int]) -> dict[int, Indexed]:
        """Read what was found, of which a connection may not see all: that is left out."""
        ...

    def standing_for(self, db: Connection, categories: Sequence[int], limit: int) -> list[Indexed]:
        """Give what stands for categories, up to ``limit`` for each."""
        ...

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Give the vectors of representatives in their order, each of shape (dimension,); what is gone is left out."""
        ...


class Remedies(Protocol):
    """Finds solutions, and tells what they say."""

    def search(self, db: Connection, vectors: Vectors, terms: Terms, limit: int) -> list[int]:
        """Find published solutions that answer for a category: by meaning and by words, each up to ``limit``."""
        ...

    def told(self, db: Connection, numbers: Sequence[int]) -> Mapping[int, tuple[Told, Vectors]]:
        """Tell what solutions say, with the vectors of their parts (PARTS, dimension); those without are left out."""
        ...
