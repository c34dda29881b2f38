"""Which other categories are near one: what a person may want to merge."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.errors import NotFound
from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.ngrams import common_words
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import categories, proposals
from knowledge_base.types import Category
from web.segments import Segment, template_segments

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another category and how near it is, 0..1; ``words`` stand in the templates of both."""

    category: Category
    score: float
    pieces: tuple[Segment, ...]
    words: tuple[str, ...]


def find_neighbours(db: Connection, project: str, category: Category) -> tuple[Neighbour, ...]:
    """Name the categories that the machine proposes to merge with this one, nearest first."""
    own = number_of(Prefix.CATEGORY, category.id)
    near: dict[int, float] = {}
    for each in proposals.open_proposals(db, project):
        if own in (each.left, each.right):
            other = each.right if each.left == own else each.left
            near.setdefault(other, each.score)
    found = []
    for number, score in list(near.items())[: SHOWN * 2]:
        try:
            other_category = categories.get(db, project, number)
        except NotFound:
            continue
        if other_category.id != category.id:
            words = common_words(cleaned(category.template), cleaned(other_category.template))
            found.append(Neighbour(other_category, score, template_segments(other_category.template), words))
    return tuple(found[:SHOWN])
