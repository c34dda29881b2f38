"""What a category's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from knowledge_base.store.asking.questions import AskedQuestion, FeedbackSum
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping.category_services import ServiceCount
from knowledge_base.types import Category, Solution, Template
from web.drawing.charts import Chart
from web.drawing.sparkline import Bar
from web.pages.browsing.care import CarePart
from web.pages.browsing.proposed import ProposedPart
from web.pages.browsing.related import Related
from web.pages.browsing.volume import Volume
from web.pages.solving.solutions_context import Meanwhile
from web.showing.segments import Segment


@dataclass(frozen=True, slots=True)
class Member:
    """A template of the category."""

    template: Template
    pieces: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """What put the other templates here, summed up."""

    by_score: int
    by_code: int
    by_word: int
    by_rule: int
    by_people: int
    lowest: float
    threshold: float
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A scrubbed line; ``foreign`` is its language where it is not that of the page.

    ``text`` is empty where the line is too long to be sent back to be explained.
    """

    at: datetime
    service: str
    text: str
    pieces: tuple[Segment, ...]
    foreign: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What the editor holds: ``based_on`` is the version that it started from, ``id`` the draft that it publishes.

    ``seen`` is the solution that it started from; ``is_other`` where the category has another one by now.
    ``restored`` is when it was kept, where it was brought back; ``is_behind`` where a newer version is there by now.
    """

    title: str = ""
    cause: str = ""
    body: str = ""
    based_on: int | None = None
    id: str = ""
    seen: str = ""
    is_other: bool = False
    restored: datetime | None = None
    is_behind: bool = False


@dataclass(frozen=True, slots=True)
class LabelClash:
    """A label that was not kept because somebody changed it meanwhile: what it was when it was typed, and the new."""

    seen: str
    typed: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score the machine proposes a merge, and from which it groups alone."""

    propose: float
    group: float


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """Everything on the page."""

    category: Category
    template: tuple[Segment, ...]
    members: tuple[Member, ...]
    joined: Joined
    volume: Volume
    range: str
    ranges: tuple[tuple[str, Markup], ...]
    samples: tuple[Sample, ...]
    questions: tuple[AskedQuestion, ...]
    feedback: FeedbackSum
    health: tuple[Bar, ...]
    waiting: int
    solution: Solution | None
    drafts: tuple[Solution, ...]
    shared_with: tuple[str, ...]
    history: tuple[Entry, ...]
    more_history: bool
    proposed: ProposedPart
    related: tuple[Related, ...]
    services: tuple[ServiceCount, ...]
    care: CarePart
    rules: tuple[str, ...]
    thresholds: Thresholds
    done: Entry | None
    editing: bool
    draft: Draft
    conflict: str
    refused: str
    clash: LabelClash | None
    stale: str
    meanwhile: Meanwhile | None

    @property
    def other_drafts(self) -> tuple[Solution, ...]:
        """The drafts that are not shown in the solution's place."""
        return self.drafts if self.solution else self.drafts[1:]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The chart in its two widths."""
        return self.volume.charts
