"""What a window decided, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.clustering.items import Item
from knowledge_base.embedding.port import Vectors
from knowledge_base.store.grouping.proposal_values import Proposed


@dataclass(frozen=True, slots=True)
class Merge:
    """Categories that become part of ``target``; ``reasons`` tells for each moved template why."""

    target: int
    sources: tuple[int, ...]
    reasons: Mapping[int, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Part:
    """What is written in one short transaction: whole categories, so that each part stands by itself."""

    merges: tuple[Merge, ...]
    new: tuple[tuple[Item, Vectors], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The merges and proposals of a window, its new items with their vectors, and where each category went."""

    merges: tuple[Merge, ...]
    proposals: tuple[Proposed, ...]
    new: tuple[tuple[Item, Vectors], ...]
    home: Mapping[int, int]

    def parts(self, size: int) -> Iterator[Part]:
        """Cut the plan into parts of about ``size`` templates."""
        merges = {merge.target: merge for merge in self.merges}
        new: dict[int, list[tuple[Item, Vectors]]] = {}
        for item, vector in self.new:
            new.setdefault(self.home.get(item.category, item.category), []).append((item, vector))
        chosen: list[int] = []
        load = 0
        for category in sorted(new.keys() | merges.keys()):
            chosen.append(category)
            load += len(new.get(category, ())) + (len(merges[category].sources) if category in merges else 0)
            if load >= size:
                yield _part(chosen, merges, new)
                chosen, load = [], 0
        if chosen:
            yield _part(chosen, merges, new)


def _part(
    chosen: Sequence[int], merges: Mapping[int, Merge], new: Mapping[int, Sequence[tuple[Item, Vectors]]]
) -> Part:
    return Part(
        tuple(merges[category] for category in chosen if category in merges),
        tuple(entry for category in chosen for entry in new.get(category, ())),
    )
