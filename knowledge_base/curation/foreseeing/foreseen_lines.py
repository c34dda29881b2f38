"""Which stored lines would belong to another category after an act: recent ones, and samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select
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
    recent = int(db.execute(select(func.count()).where(col(RecentRow.project) == project)).scalar_one())
    moved = seen = 0
    examples: list[tuple[datetime, str, int]] = []
    for moving in _moving(db, project, foreseen):
        is_recent = (col(RecentRow.project) == project, col(RecentRow.template).in_(moving))
        is_sample = (col(SampleRow.project) == project, col(SampleRow.template).in_(moving))
        for which in (is_recent, is_sample):
            moved += int(db.execute(select(func.count()).where(*which)).scalar_one())
        counted = select(func.sum(col(TemplateRow.count))).where(
            col(TemplateRow.project) == project, col(TemplateRow.id).in_(moving)
        )
        seen += int(db.execute(counted).scalar() or 0)
        newest = select(col(SampleRow.at), col(SampleRow.text), col(SampleRow.template)).where(*is_sample)
        rows = db.execute(newest.order_by(col(SampleRow.at).desc(), col(SampleRow.template)).limit(MOST_SHOWN))
        examples += [(row[0], row[1], row[2]) for row in rows]
    examples.sort(key=lambda each: each[2])
    examples.sort(key=lambda each: each[0], reverse=True)
    return MovedLines(
        moved=moved,
        of=recent + _samples(db, project, sorted(foreseen.concerned)),
        templates=len(foreseen.homes),
        seen=seen,
        examples=tuple(_examples(db, project, foreseen, examples[:MOST_SHOWN])),
    )


def _moving(db: Connection, project: str, foreseen: Foreseen) -> Iterator[Sequence[int] | Select[int]]:
    """Give the templates that would move, in parts: those of categories that go as a whole, and the others."""
    whole = _whole(db, project, foreseen)
    for chunk in _chunks(sorted(whole)):
        yield _inside(project, chunk)
    yield from _chunks(sorted(each for each in foreseen.homes if foreseen.before[each] not in whole))


def _whole(db: Connection, project: str, foreseen: Foreseen) -> set[int]:
    """Name the categories of which every template would move, evicted ones too."""
    moving = Counter(foreseen.before[each] for each in foreseen.homes)
    found: set[int] = set()
    for chunk in _chunks(sorted(foreseen.merged)):
        query = (
            select(col(TemplateRow.category), func.count())
            .where(col(TemplateRow.project) == project, col(TemplateRow.category).in_(chunk))
            .group_by(col(TemplateRow.category))
        )
        found |= {category for category, count in db.execute(query) if count == moving[category]}
    return found


def _inside(project: str, categories: Sequence[int]) -> Select[int]:
    return select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project, col(TemplateRow.category).in_(categories)
    )


def _examples(
    db: Connection, project: str, foreseen: Foreseen, found: Sequence[tuple[datetime, str, int]]
) -> Iterator[MovedLine]:
    inside = select(col(TemplateRow.id), col(TemplateRow.category)).where(
        col(TemplateRow.project) == project, col(TemplateRow.id).in_([template for _, _, template in found])
    )
    before = {row[0]: row[1] for row in db.execute(inside)}
    for _, text, template in found:
        after = foreseen.category(template, before[template])
        yield MovedLine(text[:TEXT_SHOWN], public_id(Prefix.TEMPLATE, template), shown(before[template]), shown(after))


def _samples(db: Connection, project: str, categories: Sequence[int]) -> int:
    total = 0
    for chunk in _chunks(categories):
        query = select(func.count()).where(
            col(SampleRow.project) == project, col(SampleRow.template).in_(_inside(project, chunk))
        )
        total += int(db.execute(query).scalar_one())
    return total


def _chunks(numbers: Sequence[int]) -> list[list[int]]:
    return [list(numbers[start : start + CHUNK]) for start in range(0, len(numbers), CHUNK)]
