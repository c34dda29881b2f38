"""What an act is based on: the state of the categories that it is about, as one short text to compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.store.tables import CategoryRow, SolutionRow, TemplateRow

CHUNK = 500
LARGE_PRIME, SMALL_PRIME = 65_537, 8_191


def basis_of(db: Connection, project: str, categories: Collection[int]) -> str:
    """Sum up what people see of categories before they change them: templates, label, solution, where they are.

    Two such texts are equal where nothing of it differs; lines that come in between make no difference.
    """
    wanted = sorted(set(categories))
    digest = hashlib.blake2b(digest_size=16)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        digest.update(json.dumps([_said(db, project, chunk), _templates(db, project, chunk)]).encode())
    return digest.hexdigest()


def _said(db: Connection, project: str, numbers: list[int]) -> list[list[Any]]:
    query = (
        select(
            col(CategoryRow.id),
            col(CategoryRow.merged_into),
            col(CategoryRow.state),
            col(CategoryRow.label),
            col(CategoryRow.ignored),
            col(CategoryRow.solution),
            col(SolutionRow.version),
        )
        .outerjoin(
            SolutionRow,
            (col(SolutionRow.project) == col(CategoryRow.project)) & (col(SolutionRow.id) == col(CategoryRow.solution)),
        )
        .where(col(CategoryRow.project) == project, col(CategoryRow.id).in_(numbers))
    )
    return [list(row) for row in sorted(db.execute(query).all(), key=lambda row: row.id)]


def _templates(db: Connection, project: str, numbers: list[int]) -> list[list[int]]:
    """Give a check sum of the templates of each category: how many, and sums of powers of their ids.

    Added up by the database, for a category may have tens of thousands. It takes six templates or more that change
    their categories at once, and an accident, to leave it as it was.
    """
    number = col(TemplateRow.id)
    large, small = number % LARGE_PRIME, number % SMALL_PRIME
    query = (
        select(
            col(TemplateRow.category),
            func.count(),
            func.sum(number),
            func.sum(large * large),
            func.sum(small * small * small),
        )
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category).in_(numbers),
            col(TemplateRow.evicted_at).is_(None),
        )
        .group_by(col(TemplateRow.category))
    )
    return sorted([int(value) for value in row] for row in db.execute(query))
