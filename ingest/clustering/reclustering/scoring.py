"""How likely texts are one error: single pairs, so that not all are compared with all, and all pairs of a few."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.clustering.items import Comparison, Item, Similarities
from ingest.clustering.reclustering.vectors import Stored, rows_of
from knowledge_base.pairs.judge import Judge, Profiles


class Scorer:
    """Scores the items of a project, named by their places; the score of a pair is the same in both ways."""

    def __init__(self, items: Sequence[Item], stored: Stored, judge: Judge) -> None:
        self._items = items
        self._stored = stored
        self._judge = judge
        self._profiles = Profiles()

    def all_with_all(self, places: Sequence[int]) -> Similarities:
        """Compare some items with each other."""
        return self._compared(places).block(range(len(places)))

    def pairs(self, pairs: Sequence[Sequence[int]]) -> list[float]:
        """Compare single pairs."""
        places = sorted({place for pair in pairs for place in pair})
        rows = {place: row for row, place in enumerate(places)}
        compared = self._compared(places)
        wanted = [(min(rows[left], rows[right]), max(rows[left], rows[right])) for left, right in pairs]
        found = compared.pairs(pair for pair in wanted if pair[0] != pair[1])
        return [found.get(pair, 1.0) for pair in wanted]

    def _compared(self, places: Sequence[int]) -> Comparison:
        vectors = rows_of(self._stored, places)
        return Comparison([self._items[place] for place in places], vectors, self._judge, self._profiles)
