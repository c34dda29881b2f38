"""Looks at categories that have grown: their templates are compared with each other, and a split is proposed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select
from sqlmodel import col

from ingest.clustering.gathering import embedded
from ingest.clustering.items import Comparison, Item
from ingest.clustering.lease import Lease
from ingest.clustering.snapshot import PendingTemplate
from ingest.clustering.splitting import LEAST_TEMPLATES, find_split
from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.judge import Profiles
from knowledge_base.store import projects
from knowledge_base.store.grouping import facts, proposals
from knowledge_base.store.grouping.proposal_values import Proposed
from knowledge_base.store.tables import TemplateRow
from knowledge_base.types import FactKind

STEP = 1.5
MOST_LOOKED_AT = 120
"""Templates of a category that are compared, the oldest ones."""

BUDGET = 300
"""Templates that one search embeds: about a second of a processor."""


@dataclass(frozen=True, slots=True)
class _Inside:
    """The templates of a category, and the pairs of them that people linked."""

    category: int
    templates: tuple[PendingTemplate, ...]
    together: tuple[tuple[int, int], ...]


def is_due(before: int, after: int) -> bool:
    """Tell whether a category has grown by half since it was looked at, so that each size is looked at once.

    >>> [after for after in range(3, 20) if is_due(after - 1, after)]
    [3, 4, 6, 8, 12, 18]
    """
    return after >= LEAST_TEMPLATES and _steps(after) > _steps(max(before, 1))


def _steps(size: int) -> int:
    return int(math.log(size) / math.log(STEP))


def propose_splits(
    knowledge: KnowledgeBase,
    lease: Lease,
    grown: Mapping[int, int],
    *,
    profiles: Profiles | None = None,
    known: Mapping[int, Vectors] | None = None,
) -> int:
    """Propose splits of categories that have grown much; tell how many.

    ``grown`` maps a category to the number of templates that came to it. What would not even be proposed to be merged,
    if it were two, is proposed to be split. ``profiles`` remembers what was read, ``known`` has
    vectors of templates that need not be embedded again. Runs outside of any transaction, and ends with a short one.
    """
    project, threshold = lease.project, knowledge.settings.propose_threshold
    with knowledge.store.read() as db:
        looked_at = _choose(db, project, grown)
    found: list[Proposed] = []
    embedder = knowledge.embedder_of(project)
    judge = knowledge.judge_with(embedder)
    for inside in looked_at:
        split = find_split(
            inside.category,
            Comparison(
                [Item(each.id, each.category, each.text, each.codes, False) for each in inside.templates],
                _vectors(inside.templates, known or {}, embedder),
                judge,
                profiles,
            ),
            across=threshold,
            inside=threshold,
            together=inside.together,
        )
        found += [] if split is None else [split]
    if found:
        with knowledge.store.write() as db:
            projects.lock(db, project)
            lease.check(db)
            proposals.put(db, project, found, knowledge.clock())
    return len(found)


def _vectors(templates: Sequence[PendingTemplate], known: Mapping[int, Vectors], embedder: Embedder) -> Vectors:
    """Give the vectors of templates; only those that are not known are embedded."""
    unknown = [each for each in templates if each.id not in known]
    found = {each.id: known[each.id] for each in templates if each.id in known}
    if unknown:
        found.update(zip((each.id for each in unknown), embedded(unknown, embedder), strict=True))
    return np.stack([found[each.id] for each in templates])


def _choose(db: Connection, project: str, grown: Mapping[int, int]) -> list[_Inside]:
    """Read the categories that are due, the fastest growing first, as far as the budget goes."""
    chosen: list[_Inside] = []
    left = BUDGET
    for category, added in sorted(grown.items(), key=lambda each: (-each[1], each[0])):
        if left < LEAST_TEMPLATES:
            break
        templates = _templates(db, project, category)
        if is_due(len(templates) - added, len(templates)) and len(templates) <= left:
            together = [
                (fact.left, fact.right)
                for fact in facts.about(db, project, [each.id for each in templates])
                if fact.kind is FactKind.MUST_LINK
            ]
            chosen.append(_Inside(category, tuple(templates), tuple(together)))
            left -= len(templates)
    return chosen


def _templates(db: Connection, project: str, category: int) -> list[PendingTemplate]:
    query = (
        select(col(TemplateRow.id), col(TemplateRow.text), col(TemplateRow.codes))
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category) == category,
            col(TemplateRow.evicted_at).is_(None),
        )
        # By the number itself SQLite would walk through all templates of the project in their order.
        .order_by(col(TemplateRow.id) + 0)
        .limit(MOST_LOOKED_AT)
    )
    return [PendingTemplate(number, category, text, tuple(codes)) for number, text, codes in db.execute(query)]
