"""Two texts of a solution beside each other, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge_base.solution_details import Details
from knowledge_base.store.solving.solutions import SolutionText
from web.showing.wording import Change, Line, compare

PARTS = ("title", "cause", "steps", "applies", "links", "other")


@dataclass(frozen=True, slots=True)
class Part:
    """One part, and what differs in it; ``name`` is one of ``PARTS``."""

    name: str
    lines: tuple[Line, ...]


def compare_texts(before: SolutionText, after: SolutionText) -> tuple[Part, ...]:
    """Compare two texts; parts that are equal are left out."""
    found = (
        Part(name, compare(left, right))
        for name, left, right in zip(PARTS, _parts(before), _parts(after), strict=True)
        if left != right
    )
    return tuple(part for part in found if any(line.change is not Change.SAME for line in part.lines))


def _parts(text: SolutionText) -> Iterator[str]:
    details = text.details or Details()
    yield text.title.strip()
    yield text.cause.strip()
    yield text.body.strip()
    yield "\n".join(f"{each.service} {each.version}".strip() for each in details.applies)
    yield "\n".join(f"{each.title} {each.url}".strip() for each in details.links)
    yield "\n\n".join(f"{each.title}\n{each.cause}\n{each.body}".strip() for each in details.variants)
