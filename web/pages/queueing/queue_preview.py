"""The preview beside the queue: what one category is, what is proposed about it, and its newest lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.store.grouping import assignments, categories, template_reading
from knowledge_base.store.grouping.assignments import Care
from knowledge_base.store.grouping.tombstones import require_alive
from knowledge_base.store.wanted import queue
from knowledge_base.store.wanted.queue import QueueState, Waiting, Wanted
from knowledge_base.types import Category
from web.identity.session import Who
from web.pages.browsing.category_context import Sample, Thresholds
from web.pages.browsing.category_reading import read_samples
from web.pages.browsing.proposed import ProposedPart, find_proposed
from web.pages.browsing.volume import Volume, read_volume
from web.pages.opening import Opened
from web.showing.segments import Segment, template_segments

LINES_SHOWN = 4
MEMBERS_READ = 20
SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class QueuePreview:
    """Everything in the preview; ``waiting`` is None for a category that has no row yet."""

    category: Category
    template: tuple[Segment, ...]
    waiting: Waiting | None
    care: Care
    suggested: tuple[str, ...]
    volume: Volume
    proposed: ProposedPart
    thresholds: Thresholds
    lines: tuple[Sample, ...]

    @property
    def owner(self) -> Who | None:
        """Who takes care of it."""
        return Who(self.care.owner) if self.care.owner else None

    @property
    def is_spiking(self) -> bool:
        """Whether the last day stands out in its volume."""
        return bool(self.volume.spike_text)


def read_preview(db: Connection, page: Opened, category_id: str) -> QueuePreview:
    """Read the preview; raises NotFound, and Conflict for a category that was evicted."""
    project, settings = page.project, page.parts.settings
    number = categories.resolve_public(db, project, category_id)
    require_alive(db, project, number)
    category = categories.get(db, project, number)
    members = template_reading.templates_in(db, project, number, MEMBERS_READ)
    proposed = find_proposed(db, project, category)
    wanted = Wanted(state=QueueState.ALL, only=(number,))
    waiting, _ = queue.list_queue(db, project, wanted, now=page.parts.clock(), limit=1)
    return QueuePreview(
        category=category,
        template=template_segments(members[0].text if members else category.template),
        waiting=waiting[0] if waiting else None,
        care=assignments.read_care(db, project, [number]).get(number, Care()),
        suggested=_suggested(category, proposed),
        volume=read_volume(db, project, number, range_name="day", versions=(), formats=page.visit.formats),
        proposed=proposed,
        thresholds=Thresholds(settings.propose_threshold, settings.group_threshold),
        lines=tuple(read_samples(db, project, number, members, page.visit.language, limit=LINES_SHOWN)),
    )


def _suggested(category: Category, proposed: ProposedPart) -> tuple[str, ...]:
    """Suggest names: what is offered, what near ones are called, and the words that tell this one from others."""
    if category.label:
        return ()
    near: Sequence[str] = [each.other.label for each in proposed.merges if each.other.label]
    offered = [proposed.label.name] if proposed.label else []
    words = " ".join(category.keywords[:3])
    named = [each for each in (*offered, *near, words[:1].upper() + words[1:]) if each]
    return tuple(dict.fromkeys(named))[:SUGGESTIONS]
