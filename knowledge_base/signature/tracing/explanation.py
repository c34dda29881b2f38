"""What an explanation of a signature says: steps, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.signature.headers.reading import Header
from knowledge_base.signature.kinds import Family


class Stage(StrEnum):
    """At which point of the way something happened, in the order of the way."""

    SECRET = "secret"  # noqa: S105 - a name
    JSON = "json"
    LIMIT = "limit"
    USER_RULE = "user_rule"
    REDUCTION = "reduction"
    HEADER = "header"
    LEFT_OUT = "left_out"
    FRAME = "frame"
    MASK = "mask"
    KEPT = "kept"


MASKING = frozenset({Stage.USER_RULE, Stage.REDUCTION, Stage.MASK})
"""Stages that put a placeholder in place of a value."""


class LeftOut(StrEnum):
    """Why a line of an event, or a part of it, is no part of the template."""

    HEADING = "heading of a trace"
    PREFIX = "header of a further line or name of a thread"
    LIBRARY = "frame of a library"
    DEEPER = "frame below the first two"
    REPEATED = "frames that were shown before"
    SOURCE = "source line of a frame"
    SUPPRESSED = "suppressed exception"
    SIDE = "detail that says only where"
    OTHER = "says nothing about which error it is"


class Limit(StrEnum):
    """What was longer than a signature looks at."""

    EVENT = "event"
    LINES = "lines"
    LINE = "line"
    TOKEN = "token"  # noqa: S105 - a name
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to the text.

    ``rule`` names who did it: a rule, a part of the header, a :class:`LeftOut` or a :class:`Limit`.
    ``matched`` is the text itself, with its digits, and empty for a secret; ``placeholder`` what stands
    there now. ``start`` and ``end`` are places in :attr:`Explanation.text`, None where they are not
    certain. ``inside``: a later step put something else over it.
    """

    stage: Stage
    rule: str
    matched: str
    placeholder: str
    start: int | None = None
    end: int | None = None
    family: Family | None = None
    meaning: str = ""
    example: str = ""
    inside: bool = False

    @property
    def has_place(self) -> bool:
        """Whether it is certain where in the text it was."""
        return self.start is not None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The way from a text to its fingerprint.

    ``text`` is the text without secrets and without white space around it, as far as a signature looks at
    it; places of steps refer to it. ``more``: how many further steps there were. ``followed`` is false where a
    text was changed in a way whose places cannot be told.
    """

    text: str
    header: Header
    json_line: bool
    steps: tuple[Step, ...]
    more: int
    followed: bool
    template: str
    key: str
    fingerprint: str
    version: str
    error_codes: tuple[str, ...]
    exception_classes: tuple[str, ...]

    @property
    def masks(self) -> tuple[Step, ...]:
        """The replacements, in the order in which the rules made them."""
        return tuple(step for step in self.steps if step.stage in MASKING)

    def of(self, stage: Stage) -> tuple[Step, ...]:
        """Give the steps of one stage."""
        return tuple(step for step in self.steps if step.stage is stage)

    def marks(self) -> tuple[Step, ...]:
        """Give what can be marked in the text: the outermost steps with a place, one after the other."""
        placed = [step for step in self.steps if step.has_place and not step.inside and step.end != step.start]
        placed.sort(key=lambda step: (step.start or 0, -(step.end or 0)))
        marks, end = list[Step](), 0
        for step in placed:
            if (step.start or 0) >= end:
                marks.append(step)
                end = step.end or 0
        return tuple(marks)
