"""Which stored lines would belong to another category after an act: recent ones, and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.curation.foreseeing.foreseeing import Foreseen, shown
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.tables import RecentRow, SampleRow, TemplateRow

CHUNK = 500
MOST_SHOWN = 10
TEXT_SHOWN = 300


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A line that would belong to another category; the text is scrubbed, and cut."""

    text: str
    template_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLines:
    """``moved`` of ``of`` stored lines would move: the recent ones, and samples of the categories concerned.

    ``seen`` counts all lines that ever were of the templates that move, ``templates`` these.
    """

    moved: int
    of: int
    templates: int
    seen: int
    examples: tuple[MovedLine, ...]


def moved_lines(db: Connection, project: str, foreseen: Foreseen) -> MovedLines:
    """Count the lines that would move, and show the newest ones."""
    moving = sorted(foreseen.homes)
    inside = _templates_of(db, project, sorted(foreseen.concerned))
    recent = int(db.execute(select(func.count()).where(col(RecentRow.project) == project)).scalar_one())
    moved_recent = moved_samples = seen = 0
    examples: list[tuple[object, str, int]] = []
    for chunk in _chunks(moving):
        mine = (col(RecentRow.project) == project, col(RecentRow.template).in_(chunk))
        moved_recent += int(db.execute(select(func.count()).where(*mine)).scalar_one())
        samples = (col(SampleRow.project) == project, col(SampleRow.template).in_(chunk))
        moved_samples += int(db.execute(select(func.count()).where(*samples)).scalar_one())
        counted = select(func.sum(col(TemplateRow.count))).where(
            col(TemplateRow.project) == project, col(TemplateRow.id).in_(chunk)
        )
        seen += int(db.execute(counted).scalar() or 0)
        if len(examples) < MOST_SHOWN:
            newest = select(col(SampleRow.at), col(SampleRow.text), col(SampleRow.template)).where(*samples)
            rows = db.execute(newest.order_by(col(SampleRow.at).desc(), col(SampleRow.template)).limit(MOST_SHOWN))
            examples += [(row[0], row[1], row[2]) for row in rows]
    return MovedLines(
        moved=moved_recent + moved_samples,
        of=recent + _samples(db, project, inside),
        templates=len(moving),
        seen=seen,
        examples=tuple(_example(foreseen, template, text) for _, text, template in examples[:MOST_SHOWN]),
    )


def _example(foreseen: Foreseen, template: int, text: str) -> MovedLine:
    before = foreseen.before[template]
    return MovedLine(
        text[:TEXT_SHOWN],
        public_id(Prefix.TEMPLATE, template),
        shown(before),
        shown(foreseen.category(template, before)),
    )


def _templates_of(db: Connection, project: str, numbers: Sequence[int]) -> list[int]:
    found: list[int] = []
    for chunk in _chunks(numbers):
        query = select(col(TemplateRow.id)).where(
            col(TemplateRow.project) == project, col(TemplateRow.category).in_(chunk)
        )
        found += db.execute(query).scalars()
    return sorted(found)


def _samples(db: Connection, project: str, templates: Sequence[int]) -> int:
    total = 0
    for chunk in _chunks(templates):
        query = select(func.count()).where(col(SampleRow.project) == project, col(SampleRow.template).in_(chunk))
        total += int(db.execute(query).scalar_one())
    return total


def _chunks(numbers: Sequence[int]) -> list[list[int]]:
    return [list(numbers[start : start + CHUNK]) for start in range(0, len(numbers), CHUNK)]
