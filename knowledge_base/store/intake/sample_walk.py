"""Going through all templates of a project with their samples, and through its recent lines, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.store.tables import RecentRow, SampleRow, TemplateRow


@dataclass(frozen=True, slots=True)
class SampledTemplate:
    """A template and the texts of its samples, in the order of their slots; ``lines`` counts what was ever seen."""

    number: int
    category: int
    text: str
    lines: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecentLine:
    """A line of the ring."""

    slot: int
    template: int
    text: str


def templates_after(db: Connection, project: str, number: int, limit: int) -> list[SampledTemplate]:
    """Read the next templates with their samples, by number; evicted ones are left out."""
    query = (
        select(col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.text), col(TemplateRow.count))
        .where(col(TemplateRow.project) == project, col(TemplateRow.id) > number, col(TemplateRow.evicted_at).is_(None))
        .order_by(col(TemplateRow.id))
        .limit(limit)
    )
    rows = list(db.execute(query))
    samples = samples_by_template(db, project, [row[0] for row in rows])
    return [SampledTemplate(row[0], row[1], row[2], row[3], tuple(samples.get(row[0], ()))) for row in rows]


def samples_by_template(db: Connection, project: str, templates: Sequence[int]) -> dict[int, list[str]]:
    """Read the texts of all samples of some templates."""
    found: dict[int, list[str]] = {}
    query = (
        select(col(SampleRow.template), col(SampleRow.text))
        .where(col(SampleRow.project) == project, col(SampleRow.template).in_(list(templates)))
        .order_by(col(SampleRow.template), col(SampleRow.slot))
    )
    for template, text in db.execute(query):
        found.setdefault(template, []).append(text)
    return found


def some_samples(db: Connection, project: str, limit: int) -> list[str]:
    """Read the texts of some samples, the first ones of the newest templates."""
    query = (
        select(col(SampleRow.text))
        .where(col(SampleRow.project) == project, col(SampleRow.slot) == 0)
        .order_by(col(SampleRow.template).desc())
        .limit(limit)
    )
    return list(db.execute(query).scalars())


def recent_after(db: Connection, project: str, slot: int, limit: int) -> list[RecentLine]:
    """Read the next lines of the ring, by slot."""
    query = (
        select(col(RecentRow.slot), col(RecentRow.template), col(RecentRow.text))
        .where(col(RecentRow.project) == project, col(RecentRow.slot) > slot)
        .order_by(col(RecentRow.slot))
        .limit(limit)
    )
    return [RecentLine(*row) for row in db.execute(query)]


def count_templates(db: Connection, project: str) -> int:
    """Count the templates that such a walk passes."""
    query = select(func.count()).where(col(TemplateRow.project) == project, col(TemplateRow.evicted_at).is_(None))
    return int(db.execute(query).scalar_one())
