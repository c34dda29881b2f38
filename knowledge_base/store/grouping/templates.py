"""Templates: looked up by fingerprint, made with a category of their own, sampled and counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import repeat
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, case, func, select, update
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.bulk import replace_all
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.projects import add_living, publish
from knowledge_base.store.tables import CategoryRow, FingerprintRow, RepresentativeRow, TemplateRow
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_or_skip
from knowledge_base.types import Why

LOOKUP_CHUNK = 500


@dataclass(frozen=True, slots=True)
class TemplateRef:
    """The numbers of a template and of the category that it is in now."""

    template: int
    category: int


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """An unseen fingerprint and what its first line told."""

    fingerprint: str
    version: str
    text: str
    codes: tuple[str, ...]
    service: str
    level: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Lines of one template in a batch."""

    template: int
    lines: int
    first: datetime
    last: datetime


def find(db: Connection, project: str, version: str, fingerprints: Iterable[str]) -> dict[str, TemplateRef]:
    """Look fingerprints up; what is not known is left out."""
    wanted = list(dict.fromkeys(fingerprints))
    found: dict[str, TemplateRef] = {}
    for start in range(0, len(wanted), LOOKUP_CHUNK):
        sought = {"project": project, "version": version, "wanted": wanted[start : start + LOOKUP_CHUNK]}
        found.update({row[0]: TemplateRef(row[1], row[2]) for row in db.execute(_find(), sought)})
    return found


@cache
def _find() -> Any:
    return (
        select(col(FingerprintRow.fingerprint), col(TemplateRow.id), col(TemplateRow.category))
        .join(
            TemplateRow,
            (col(TemplateRow.project) == col(FingerprintRow.project))
            & (col(TemplateRow.id) == col(FingerprintRow.template)),
        )
        .where(
            col(FingerprintRow.project) == bindparam("project"),
            col(FingerprintRow.version) == bindparam("version"),
            col(FingerprintRow.fingerprint).in_(bindparam("wanted", expanding=True)),
        )
    )


def create(db: Connection, project: str, new: Sequence[NewTemplate], now: datetime) -> dict[str, TemplateRef]:
    """Give each unseen fingerprint a template and a category of its own.

    The caller holds the write lock (SQLite) or accepts that another worker was faster: then that
    worker's template is returned. Fingerprints in ``new`` are distinct.
    """
    if not new:
        return {}
    numbers = take_numbers(db, "template", len(new))
    category_numbers = take_numbers(db, "category", len(new))
    insert_or_skip(
        db,
        FingerprintRow,
        [
            {"project": project, "version": each.version, "fingerprint": each.fingerprint, "template": number}
            for each, number in zip(new, numbers, strict=True)
        ],
    )
    owners = fingerprint_owners(db, project, new)
    won = [
        (each, number, category)
        for each, number, category in zip(new, numbers, category_numbers, strict=True)
        if owners[each.fingerprint] == number
    ]
    if won:
        _insert(db, project, won, now)
        add_living(db, project, len(won))
        publish(
            db,
            project,
            [
                (
                    "category_created",
                    {"category": public_id(Prefix.CATEGORY, c), "template": public_id(Prefix.TEMPLATE, n)},
                )
                for _, n, c in won
            ],
            now,
        )
    refs = {each.fingerprint: TemplateRef(number, category) for each, number, category in won}
    lost = [each for each in new if each.fingerprint not in refs]
    if lost:
        refs |= find(db, project, lost[0].version, [each.fingerprint for each in lost])
    return refs


def fingerprint_owners(db: Connection, project: str, new: Sequence[NewTemplate]) -> dict[str, int]:
    """Tell which template each fingerprint belongs to after an insert that may have been skipped."""
    owners: dict[str, int] = {}
    for start in range(0, len(new), LOOKUP_CHUNK):
        chunk = new[start : start + LOOKUP_CHUNK]
        query = select(col(FingerprintRow.fingerprint), col(FingerprintRow.template)).where(
            col(FingerprintRow.project) == project,
            col(FingerprintRow.version) == chunk[0].version,
            col(FingerprintRow.fingerprint).in_([each.fingerprint for each in chunk]),
        )
        owners.update({row[0]: row[1] for row in db.execute(query)})
    return owners


def _insert(db: Connection, project: str, won: Sequence[tuple[NewTemplate, int, int]], now: datetime) -> None:
    """Insert templates with their categories; thousands come at once when a system begins to log something else."""
    new, numbers, categories = zip(*won, strict=True)
    every = len(won)
    replace_all(
        db,
        CategoryRow,
        ("project", "id"),
        {
            "project": repeat(project, every),
            "id": categories,
            "label": repeat(None, every),
            "state": repeat("active", every),
            "merged_into": repeat(None, every),
            "keywords": repeat([], every),
            "solution": repeat(None, every),
            "ignored": repeat(False, every),
            "created_at": repeat(now, every),
        },
    )
    replace_all(
        db,
        TemplateRow,
        ("project", "id"),
        {
            "project": repeat(project, every),
            "id": numbers,
            "category": categories,
            "text": [storable(each.text) for each in new],
            "codes": [list(each.codes) for each in new],
            "service": [clip(each.service, 200) for each in new],
            "level": [clip(each.level, 16) for each in new],
            "reason": repeat({"why": Why.FIRST}, every),
            "clustered": repeat(False, every),
            "count": repeat(0, every),
            "first_seen": [each.at for each in new],
            "last_seen": [each.at for each in new],
            "evicted_at": repeat(None, every),
            "counted": repeat(0, every),
        },
    )


def add_tallies(db: Connection, project: str, tallies: Sequence[Tally]) -> None:
    """Add what a batch saw to the templates' totals and times."""
    if not tallies:
        return
    first: BindParameter[datetime] = bindparam("first")
    last: BindParameter[datetime] = bindparam("last")
    statement = (
        update(TemplateRow)
        .where(col(TemplateRow.project) == project, col(TemplateRow.id) == bindparam("number"))
        .values(
            count=TemplateRow.count + bindparam("lines"),
            first_seen=case((col(TemplateRow.first_seen) > first, first), else_=col(TemplateRow.first_seen)),
            last_seen=case((col(TemplateRow.last_seen) < last, last), else_=col(TemplateRow.last_seen)),
        )
    )
    db.execute(
        statement,
        [
            {"number": t.template, "lines": t.lines, "first": t.first, "last": t.last}
            for t in sorted(tallies, key=lambda tally: tally.template)
        ],
    )


def set_category(
    db: Connection, project: str, moves: Mapping[int, int], reasons: Mapping[int, Mapping[str, object]]
) -> None:
    """Put templates into other categories; ``reasons`` replaces why, where given."""
    row = (col(TemplateRow.project) == project, col(TemplateRow.id) == bindparam("number"))
    moved = [{"number": template, "home": category} for template, category in moves.items()]
    if moved:
        db.execute(update(TemplateRow).where(*row).values(category=bindparam("home")), moved)
    told = [{"number": each, "why": dict(reasons[each])} for each in moves if each in reasons]
    if told:
        db.execute(update(TemplateRow).where(*row).values(reason=bindparam("why")), told)


def pending(db: Connection, project: str) -> tuple[int, datetime | None]:
    """Count the templates that no window has clustered yet, and tell when the first of them came.

    That is when it was stored, not the time that its line bears, which may be long ago.
    """
    waiting = (col(TemplateRow.project) == project, col(TemplateRow.clustered).is_(False))
    count = int(db.execute(select(func.count()).where(*waiting)).scalar_one())
    if not count:
        return 0, None
    oldest = (
        select(col(CategoryRow.created_at))
        .join(
            TemplateRow,
            (col(TemplateRow.project) == col(CategoryRow.project)) & (col(TemplateRow.category) == col(CategoryRow.id)),
        )
        .where(*waiting)
        .order_by(col(TemplateRow.id))
        .limit(1)
    )
    return count, db.execute(oldest).scalar()


def wait_where_unrepresented(db: Connection, project: str, categories: Collection[int]) -> None:
    """Let the templates of categories that nothing represents wait for a window, which will mend that."""
    representing = select(col(RepresentativeRow.id)).where(
        col(RepresentativeRow.project) == project,
        col(RepresentativeRow.category) == col(TemplateRow.category),
        col(RepresentativeRow.removed).is_(False),
        col(RepresentativeRow.learnt).is_(None),
    )
    db.execute(
        update(TemplateRow)
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category).in_(sorted(categories)),
            col(TemplateRow.evicted_at).is_(None),
            ~representing.exists(),
        )
        .values(clustered=False)
    )


def wait_for_window(db: Connection, project: str, wanted: Sequence[int]) -> None:
    """Let templates wait for a window, which looks at their categories again."""
    for start in range(0, len(wanted), 500):
        row = (col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(wanted[start : start + 500])))
        db.execute(update(TemplateRow).where(*row).values(clustered=False))


def texts(db: Connection, project: str, wanted: Sequence[int]) -> dict[int, str]:
    """Read the texts of some templates."""
    return {row[0]: row[1] for row in db.execute(_texts(), {"project": project, "wanted": list(wanted)})}


@cache
def _texts() -> Any:
    return select(col(TemplateRow.id), col(TemplateRow.text)).where(
        col(TemplateRow.project) == bindparam("project"),
        col(TemplateRow.id).in_(bindparam("wanted", expanding=True)),
    )


def living(db: Connection, project: str, wanted: Sequence[int]) -> set[int]:
    """Tell which templates were not evicted."""
    found: set[int] = set()
    for start in range(0, len(wanted), 500):
        query = select(col(TemplateRow.id)).where(
            col(TemplateRow.project) == project,
            col(TemplateRow.id).in_(list(wanted[start : start + 500])),
            col(TemplateRow.evicted_at).is_(None),
        )
        found.update(db.execute(query).scalars())
    return found


def homes(db: Connection, project: str, wanted: Sequence[int]) -> dict[int, int]:
    """Tell the category of some templates."""
    found: dict[int, int] = {}
    for start in range(0, len(wanted), 500):
        query = select(col(TemplateRow.id), col(TemplateRow.category)).where(
            col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(wanted[start : start + 500]))
        )
        found.update((row[0], row[1]) for row in db.execute(query))
    return found


def reasons(db: Connection, project: str, wanted: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Read why some templates are where they are."""
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(wanted), 500):
        query = select(col(TemplateRow.id), col(TemplateRow.reason)).where(
            col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(wanted[start : start + 500]))
        )
        found.update({row[0]: dict(row[1]) for row in db.execute(query)})
    return found


def version_of(db: Connection, project: str, wanted: Sequence[int]) -> str | None:
    """Tell the signature version that most of some templates' fingerprints have, the newest of these; None for none."""
    query = (
        select(col(FingerprintRow.version))
        .where(col(FingerprintRow.project) == project, col(FingerprintRow.template).in_(list(wanted)))
        .group_by(col(FingerprintRow.version))
        .order_by(func.count().desc(), col(FingerprintRow.version).desc())
        .limit(1)
    )
    return db.execute(query).scalar()


def add_fingerprints(db: Connection, project: str, template: int, pairs: Iterable[tuple[str, str]]) -> None:
    """Let pairs of (version, fingerprint) stand for a template too, unless they stand for one already."""
    insert_or_skip(
        db,
        FingerprintRow,
        [
            {"project": project, "version": version, "fingerprint": fingerprint, "template": template}
            for version, fingerprint in pairs
        ],
    )
