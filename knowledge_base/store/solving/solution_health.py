"""Whether published solutions help: what people said of their answers, and what became of their categories' lines.

Both count from when the newest version was published. `docs/solutions.md` defines the marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, case, func, select, union_all
from sqlmodel import col

from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.intake.counts import LEVELS, minute_of
from knowledge_base.store.solving.solution_work_tables import SolutionHealthRow
from knowledge_base.store.tables import CategoryRow, SolutionRow, TemplateRow
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.types import Outcome, SolutionState, Verdict

HOUR = timedelta(hours=1)
WEEK_MINUTES = 7 * 1440
FEWEST_VERDICTS = 3
FEWEST_LINES = 20
STILL = 0.8


class Health(StrEnum):
    """The mark of a solution; ``NONE`` where there is too little to tell."""

    NONE = "none"
    HELPS = "helps"
    FEEDBACK = "feedback"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Verdicts on all answers with a solution and on those with its newest version; lines of its categories.

    ``before`` are the lines of the week before the newest version was published, ``after`` those of the last seven
    days; both are 0 until it has been out for a week.
    """

    helpful: int = 0
    not_helpful: int = 0
    recent_helpful: int = 0
    recent_not_helpful: int = 0
    before: int = 0
    after: int = 0

    @property
    def mark(self) -> Health:
        """Judge what was measured.

        >>> Measured(recent_helpful=1, recent_not_helpful=3).mark, Measured(before=100, after=81).mark
        (<Health.FEEDBACK: 'feedback'>, <Health.VOLUME: 'volume'>)
        >>> Measured(before=100, after=80).mark, Measured(before=19, after=19).mark
        (<Health.HELPS: 'helps'>, <Health.NONE: 'none'>)
        """
        judged = self.recent_helpful + self.recent_not_helpful
        if judged >= FEWEST_VERDICTS and self.recent_not_helpful > self.recent_helpful:
            return Health.FEEDBACK
        fell = self.before >= FEWEST_LINES and self.after <= STILL * self.before
        if self.before >= FEWEST_LINES and not fell:
            return Health.VOLUME
        praised = judged >= FEWEST_VERDICTS and self.recent_helpful > self.recent_not_helpful
        return Health.HELPS if fell or praised else Health.NONE

    @property
    def change(self) -> int | None:
        """By how much percent the lines rose; None where too few are there to compare."""
        if self.before < FEWEST_LINES:
            return None
        return round(100 * (self.after - self.before) / self.before)


def measure(db: Connection, project: str, numbers: Sequence[int], now: datetime) -> dict[int, Measured]:
    """Measure solutions in two statements; a draft has no lines."""
    lines = {row[0]: (int(row[1]), int(row[2])) for row in db.execute(_lines(project, numbers, now))}
    return _measured(db, project, numbers, lines)


def measure_one(db: Connection, project: str, number: int, now: datetime) -> Measured:
    """Measure a published solution; its lines as they were counted within the last hour, if they were.

    A category may have so many templates that counting takes longer than a page may.
    """
    s, h = SolutionRow, SolutionHealthRow
    query = (
        select(col(h.before), col(h.after), col(h.at), col(s.published_minute))
        .join(s, and_(col(s.project) == col(h.project), col(s.id) == col(h.solution)))
        .where(col(h.project) == project, col(h.solution) == number, col(h.at) >= now - HOUR)
    )
    row = db.execute(query).first()
    if row is None or minute_of(row[2]) <= (row[3] or 0):
        return measure(db, project, [number], now)[number]
    return _measured(db, project, [number], {number: (row[0], row[1])})[number]


def _measured(
    db: Connection, project: str, numbers: Sequence[int], lines: Mapping[int, tuple[int, int]]
) -> dict[int, Measured]:
    said = {row[0]: row[1:] for row in db.execute(_verdicts(project, numbers))}
    found = {}
    for number in numbers:
        helpful, not_helpful, recent, recent_not = said.get(number, (0, 0, 0, 0))
        before, after = lines.get(number, (0, 0))
        found[number] = Measured(
            helpful=int(helpful),
            not_helpful=int(not_helpful),
            recent_helpful=int(recent),
            recent_not_helpful=int(recent_not),
            before=before,
            after=after,
        )
    return found


def _verdicts(project: str, numbers: Sequence[int]) -> Any:
    q, f, s = QuestionRow, FeedbackRow, SolutionRow
    newest = col(q.solution_version) == col(s.version)
    good, bad = (col(f.verdict) == each for each in (Verdict.HELPFUL, Verdict.NOT_HELPFUL))
    counted = (good, bad, and_(good, newest), and_(bad, newest))
    return (
        select(col(q.solution), *(func.sum(case((each, 1), else_=0)) for each in counted))
        .select_from(q)
        # Outer joins: SQLite would begin with all that people ever said otherwise, and with all counts below.
        .outerjoin(f, and_(col(f.project) == project, col(f.question) == col(q.id)))
        .outerjoin(s, and_(col(s.project) == project, col(s.id) == col(q.solution)))
        # Outcomes are named so that the index that begins with them can be used.
        .where(col(q.project) == project, col(q.outcome).in_(list(Outcome)), col(q.solution).in_(list(numbers)))
        .group_by(col(q.solution))
    )


def _lines(project: str, numbers: Sequence[int], now: datetime) -> Any:
    """Sum the lines of both weeks; a slot belongs to where it begins."""
    s, c, t = SolutionRow, CategoryRow, TemplateRow
    end = minute_of(now)
    parts = []
    for level in LEVELS:
        x = level.table
        minute = col(x.slot) * level.minutes
        published = col(s.published_minute)
        is_before = and_(minute >= published - WEEK_MINUTES, minute < published)
        is_after = and_(minute > end - WEEK_MINUTES, minute <= end)
        parts.append(
            select(
                col(s.id).label("solution"),
                case((is_before, col(x.lines)), else_=0).label("before"),
                case((is_after, col(x.lines)), else_=0).label("after"),
            )
            .select_from(s)
            .outerjoin(c, and_(col(c.project) == project, col(c.solution) == col(s.id), col(c.state) == "active"))
            .outerjoin(t, and_(col(t.project) == project, col(t.category) == col(c.id)))
            .outerjoin(x, and_(col(x.project) == project, col(x.template) == col(t.id), is_before | is_after))
            .where(
                col(s.project) == project,
                col(s.id).in_(list(numbers)),
                col(s.state) == SolutionState.PUBLISHED,
                published <= end - WEEK_MINUTES,
            )
        )
    counted = union_all(*parts).subquery("totals")
    return select(counted.c.solution, func.sum(counted.c.before), func.sum(counted.c.after)).group_by(
        counted.c.solution
    )


def waiting(db: Connection, project: str, *, older_than: datetime, limit: int) -> list[int]:
    """Name published solutions that were never measured or not since then, those that waited longest first."""
    s, h = SolutionRow, SolutionHealthRow
    query = (
        select(col(s.id))
        .outerjoin(h, and_(col(h.project) == project, col(h.solution) == col(s.id)))
        .where(
            col(s.project) == project,
            col(s.state) == SolutionState.PUBLISHED,
            col(h.at).is_(None) | (col(h.at) < older_than),
        )
        .order_by(col(h.at).is_not(None), col(h.at), col(s.id))
        .limit(limit)
    )
    return list(db.execute(query).scalars())


def keep(db: Connection, project: str, measured: dict[int, Measured], now: datetime) -> None:
    """Keep what was measured, so that lists can be narrowed by it; not of what became a draft meanwhile."""
    s = SolutionRow
    mine = (col(s.project) == project, col(s.id).in_(list(measured)))
    # Locked where the database knows that: a draft that is made now must come before or behind.
    published = set(
        db.execute(
            select(col(s.id))
            .where(*mine, col(s.state) == SolutionState.PUBLISHED)
            .order_by(col(s.id))
            .with_for_update()
        ).scalars()
    )
    rows = [
        {
            "project": project,
            "solution": number,
            "mark": each.mark,
            "helpful": each.helpful,
            "not_helpful": each.not_helpful,
            "recent_helpful": each.recent_helpful,
            "recent_not_helpful": each.recent_not_helpful,
            "before": each.before,
            "after": each.after,
            "at": now,
        }
        for number, each in sorted(measured.items())
        if number in published
    ]
    insert_or_replace(db, SolutionHealthRow, ("project", "solution"), rows)
