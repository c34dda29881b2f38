"""What the search for further categories shows."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_base.types import Solution


@dataclass(frozen=True, slots=True)
class Found:
    """A category that the solution may be given to; ``solution_id`` is the one that it has."""

    id: str
    label: str
    template: str
    solution_id: str


@dataclass(frozen=True, slots=True)
class Giving:
    """What was looked for, and what was found."""

    solution: Solution
    text: str
    rows: tuple[Found, ...]
