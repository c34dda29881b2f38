"""Templates: looked up by fingerprint, made with a category of their own, sampled and counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, case, func, insert, select, update
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.projects import publish, take_numbers
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
        query = (
            select(col(FingerprintRow.fingerprint), col(TemplateRow.id), col(TemplateRow.category))
            .join(
                TemplateRow,
                (col(TemplateRow.project) == col(FingerprintRow.project))
                & (col(TemplateRow.id) == col(FingerprintRow.template)),
            )
            .where(
                col(FingerprintRow.project) == project,
                col(FingerprintRow.version) == version,
                col(FingerprintRow.fingerprint).in_(wanted[start : start + LOOKUP_CHUNK]),
            )
        )
        found.update({row[0]: TemplateRef(row[1], row[2]) for row in db.execute(query)})
    return found


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
        db.execute(insert(CategoryRow), [_category_values(project, category, now) for _, _, category in won])
        db.execute(insert(TemplateRow), [_template_values(project, *each) for each in won])
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


def _category_values(project: str, category: int, now: datetime) -> dict[str, object]:
    return {
        "project": project,
        "id": category,
        "state": "active",
        "keywords": [],
        "ignored": False,
        "created_at": now,
    }


def _template_values(project: str, new: NewTemplate, number: int, category: int) -> dict[str, object]:
    return {
        "project": project,
        "id": number,
        "category": category,
        "text": storable(new.text),
        "codes": list(new.codes),
        "service": clip(new.service, 200),
        "level": clip(new.level, 16),
        "reason": {"why": Why.FIRST},
        "clustered": False,
        "count": 0,
        "first_seen": new.at,
        "last_seen": new.at,
    }


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
    """Count the templates that no window has clustered yet, and tell when the oldest was first seen."""
    row = db.execute(
        select(func.count(), func.min(col(TemplateRow.first_seen))).where(
            col(TemplateRow.project) == project, col(TemplateRow.clustered).is_(False)
        )
    ).one()
    return int(row[0]), row[1]


def wait_where_unrepresented(db: Connection, project: str, categories: Collection[int]) -> None:
    """Let the templates of categories that nothing represents wait for a window, which will mend that."""
    representing = select(col(RepresentativeRow.id)).where(
        col(RepresentativeRow.project) == project,
        col(RepresentativeRow.category) == col(TemplateRow.category),
        col(RepresentativeRow.removed).is_(False),
    )
    db.execute(
        update(TemplateRow)
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category).in_(sorted(categories)),
            ~representing.exists(),
        )
        .values(clustered=False)
    )


def texts(db: Connection, project: str, wanted: Sequence[int]) -> dict[int, str]:
    """Read the texts of some templates."""
    query = select(col(TemplateRow.id), col(TemplateRow.text)).where(
        col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(wanted))
    )
    return {row[0]: row[1] for row in db.execute(query)}


def homes(db: Connection, project: str, wanted: Sequence[int]) -> dict[int, int]:
    """Tell the category of some templates."""
    query = select(col(TemplateRow.id), col(TemplateRow.category)).where(
        col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(wanted))
    )
    return {row[0]: row[1] for row in db.execute(query)}


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
