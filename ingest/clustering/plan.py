"""What a window decided, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.clustering.items import Item
from knowledge_base.embedding.port import Vectors


@dataclass(frozen=True, slots=True)
class Merge:
    """Categories that become part of ``target``; ``reasons`` tells for each moved template why."""

    target: int
    sources: tuple[int, ...]
    reasons: Mapping[int, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Proposed:
    """Two categories that may be one."""

    left: int
    right: int
    score: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The merges and proposals of a window, its new items with their vectors, and where each category went."""

    merges: tuple[Merge, ...]
    proposals: tuple[Proposed, ...]
    new: tuple[tuple[Item, Vectors], ...]
    home: Mapping[int, int]
