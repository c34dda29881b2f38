"""What a text is recognised as, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.types import Category, Evidence, Solution, Template


class How(StrEnum):
    """By what a text is recognised."""

    EXACT = "exact"
    JOINED = "joined"
    LINE = "line"
    CODE = "code"
    SIMILARITY = "similarity"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category that may be meant; ``confidence`` that it is, in 0..1."""

    category: Category
    template: Template | None
    solution: Solution | None
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text is recognised as.

    ``best`` is a guess where ``how`` says nothing; ``threshold`` is the confidence from which it is more.
    ``not_searched`` tells why nothing similar was looked for.
    """

    how: How
    best: Candidate | None
    runner_up: Candidate | None
    threshold: float
    not_searched: str = ""
