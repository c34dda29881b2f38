"""What the dialog shows that tells what a correction would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from assistant.what_if import ChangedAnswers, Moves
from knowledge_base.store.audit import Entry
from knowledge_base.types import Outcome
from web.drawing.flows import Flow
from web.showing.segments import Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A category before or after; ``id`` is empty for one that would be made, ``notes`` tell what it gets."""

    title: Markup
    id: str
    facts: Markup
    notes: tuple[Markup, ...] = ()
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a question gets; ``id`` is empty where it gets nothing, ``label`` where the category has none."""

    id: str
    label: str
    solution: str
    confidence: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """A question whose answer would change. ``effect`` is confirmed, loses, changes, gains, or renamed."""

    question_id: str
    text: str
    before: Said
    after: Said
    effect: str
    verdict: str


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template that would move, or would read otherwise than it does: ``was``."""

    id: str
    pieces: tuple[Segment, ...]
    before: str
    after: str
    count: int
    was: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfPage:
    """Everything in the dialog.

    ``asked`` and ``answers`` tell what questions would get: None and nothing as long as none was asked again, which
    is what the address ``ask`` does. ``confirm`` and ``cancel`` are addresses too, ``kind`` names the correction,
    ``meanwhile`` has what others did since the last look, ``verb`` is on the button, ``flow`` is None where no lines
    are drawn.
    ``notes`` tell of the rules that keep a category.
    """

    replay: str
    confirm: str
    ask: str
    cancel: str
    title: Markup
    found: Moves
    asked: ChangedAnswers | None
    before: tuple[Box, ...]
    after: tuple[Box, ...]
    flow: Flow | None
    answers: tuple[AnswerRow, ...]
    templates: tuple[TemplateRow, ...]
    verb: Markup
    promise: Markup
    reason: str
    is_stale: bool
    meanwhile: tuple[Entry, ...]
    kind: str = ""
    notes: tuple[Markup, ...] = ()

    @property
    def changing(self) -> int:
        """Answers that become another one or none: those that are gained are told apart."""
        return self.asked.changed - self.asked.gained if self.asked else 0


@dataclass(frozen=True, slots=True)
class FoundCategory:
    """One that a correction may be about, as the search shows it."""

    id: str
    label: str
    pieces: tuple[Segment, ...]
    count: int
    last_seen: datetime | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found; ``single`` where only one can be chosen, under the form's ``name``."""

    found: tuple[FoundCategory, ...]
    text: str
    single: bool
    name: str
