"""What the queue's page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from knowledge_base.store.audit import Entry
from knowledge_base.store.wanted.queue import QueueState, Summary, Waiting
from knowledge_base.store.wanted.queue_details import Hint
from knowledge_base.store.wanted.views import View
from web.drawing.sparkline import Spark
from web.identity.session import Who
from web.pages.queueing.queue_wanted import Shown
from web.showing.segments import Segment
from web.showing.visit import Visit

Choices = tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One category in the list."""

    waiting: Waiting
    template: tuple[Segment, ...]
    first_seen: datetime | None
    services: tuple[str, ...]
    hint: Hint | None
    spark: Spark
    spark_summary: Markup

    @property
    def paths(self) -> tuple[tuple[str, str], ...]:
        """The bars as one path for each look: a list of hundreds of rows is quicker with few elements."""
        drawn: dict[str, str] = {}
        for bar in self.spark.bars:
            shape = f"M{bar.x:g} {bar.y:g}h{bar.width:g}v{bar.height:g}h-{bar.width:g}z"
            drawn[bar.css] = drawn.get(bar.css, "") + shape
        return tuple(drawn.items())

    @property
    def owner(self) -> Who | None:
        """Who takes care of it."""
        return Who(self.waiting.owner) if self.waiting.owner else None


@dataclass(frozen=True, slots=True)
class QueueRows:
    """A page of rows; ``following`` is the address of the next one. ``is_day`` shows the lines of the last day."""

    rows: tuple[QueueRow, ...]
    following: str | None
    is_day: bool


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done, newest last, and whether it can be taken back; ``refused`` tells what could not be done."""

    entries: tuple[Entry, ...]
    refused: str = ""

    @property
    def undoable(self) -> str:
        """The acts to take back, newest first, as the form sends them."""
        return ",".join(str(each.id) for each in reversed(self.entries) if each.can_be_undone)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The whole page."""

    shown: Shown
    part: QueueRows
    summary: Summary
    states: tuple[tuple[QueueState, Markup, int], ...]
    state_shown: Markup
    seens: Choices
    seen_shown: Markup
    services: tuple[str, ...]
    people: tuple[str, ...]
    orders: Choices
    order_shown: Markup
    views: tuple[View, ...]
    snoozes: tuple[tuple[str, Markup, str], ...]
    acted: Acted | None

    def address(self, visit: Visit, **changed: str) -> str:
        """Write the address of the list with some filters changed, from its first page on."""
        return visit.url("/queue", **(dict(self.shown.parameters()) | changed))

    @property
    def query(self) -> str:
        """The filters as a view keeps them."""
        return self.shown.query

    @property
    def view(self) -> View | None:
        """The saved view that is shown."""
        return next((each for each in self.views if each.address == self.query), None)


@dataclass(frozen=True, slots=True)
class QueueActed:
    """What a script puts into the list after an act: rows anew, ids that left it, the counts and the toast."""

    shown: Shown
    part: QueueRows
    summary: Summary
    acted: Acted
    gone: tuple[str, ...]
    states: Mapping[QueueState, int]
