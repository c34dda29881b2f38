"""What the machine proposes, as values, and how the grounds of it are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.text import clip

WORDS, WORD_LENGTH = 12, 80


class ProposalKind(StrEnum):
    """What is proposed."""

    MERGE = "merge"
    SPLIT = "split"
    LABEL = "label"


class ProposalState(StrEnum):
    """What became of a proposal; ``closed`` ones make no sense at present, people said nothing of them."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Going:
    """A template that a split would take out, by its number, and how alike it is to those that stay, 0..1."""

    template: int
    score: float


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for a proposal and against it.

    ``threshold`` is the score from which it is made; ``runner_up`` is the category that came next, by its number.
    ``words``, ``codes`` and ``concepts`` stand on both sides, ``against`` contradicts. ``inside`` tells how alike
    templates are within the parts of a split (0..1), ``going`` which would go. ``version`` names what judged.
    """

    threshold: float = 0.0
    runner_up: int | None = None
    runner_up_score: float = 0.0
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    inside: float = 0.0
    going: tuple[Going, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Something to propose, by the numbers of its categories; ``score`` is in 0..1, higher is surer.

    ``left`` and ``right`` of a merge may be one category; of a label, ``left`` would take over the label of ``right``;
    of a split, both are the category that would be split.
    """

    left: int
    right: int
    score: float
    kind: ProposalKind = ProposalKind.MERGE
    grounds: Grounds = field(default_factory=Grounds)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal that is kept; ``left`` and ``right`` follow their categories when those are merged."""

    id: int
    kind: ProposalKind
    left: int
    right: int
    score: float
    state: ProposalState
    grounds: Grounds
    at: datetime

    @property
    def public_id(self) -> str:
        """The id that people see."""
        return public_id(Prefix.PROPOSAL, self.id)


def document_of(grounds: Grounds) -> dict[str, object]:
    """Write grounds."""
    return {
        "threshold": float(grounds.threshold),
        "runner_up": grounds.runner_up,
        "runner_up_score": float(grounds.runner_up_score),
        "words": _short(grounds.words),
        "codes": _short(grounds.codes),
        "concepts": _short(grounds.concepts),
        "against": _short(grounds.against),
        "inside": float(grounds.inside),
        "going": [[each.template, float(each.score)] for each in grounds.going],
        "version": clip(grounds.version, WORD_LENGTH),
    }


def grounds_of(detail: Mapping[str, Any]) -> Grounds:
    """Read grounds back."""
    return Grounds(
        threshold=detail.get("threshold", 0.0),
        runner_up=detail.get("runner_up"),
        runner_up_score=detail.get("runner_up_score", 0.0),
        words=tuple(detail.get("words", ())),
        codes=tuple(detail.get("codes", ())),
        concepts=tuple(detail.get("concepts", ())),
        against=tuple(detail.get("against", ())),
        inside=detail.get("inside", 0.0),
        going=tuple(Going(template, score) for template, score in detail.get("going", ())),
        version=detail.get("version", ""),
    )


def _short(words: Iterable[str]) -> list[str]:
    return [clip(each, WORD_LENGTH) for each in list(words)[:WORDS]]
