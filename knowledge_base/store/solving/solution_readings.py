"""What solutions say, as it was read once: kept so that no process has to read them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.store.solving.solution_tables import SolutionReadingRow
from knowledge_base.store.upserts import insert_or_replace

CHUNK = 500


@dataclass(frozen=True, slots=True)
class NewReading:
    """What a version of a solution says; ``reader`` names what decides how it is read."""

    solution: int
    version: int
    reader: str
    said: str


def read(db: Connection, project: str, versions: Mapping[int, int], reader: str) -> dict[int, str]:
    """Give what versions of some solutions say; those that were not read, or by another reader, are left out."""
    numbers = list(versions)
    found: dict[int, str] = {}
    for start in range(0, len(numbers), CHUNK):
        query = select(
            col(SolutionReadingRow.solution), col(SolutionReadingRow.version), col(SolutionReadingRow.said)
        ).where(
            col(SolutionReadingRow.project) == project,
            col(SolutionReadingRow.solution).in_(numbers[start : start + CHUNK]),
            col(SolutionReadingRow.reader) == reader,
        )
        found.update((row[0], row[2]) for row in db.execute(query) if versions[row[0]] == row[1])
    return found


def put(db: Connection, project: str, new: Sequence[NewReading]) -> None:
    """Keep readings in place of those that the solutions had."""
    rows = [
        {
            "project": project,
            "solution": each.solution,
            "version": each.version,
            "reader": each.reader,
            "said": each.said,
        }
        for each in new
    ]
    if rows:
        insert_or_replace(db, SolutionReadingRow, ("project", "solution"), rows)
