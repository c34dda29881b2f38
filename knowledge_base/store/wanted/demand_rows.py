"""The rows of the demand queue: computed anew for a few at a time, and written where they changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, tuple_
from sqlmodel import col

from knowledge_base.store.grouping.category_sums import Sums, changed_sums, forget_sums, write_sums
from knowledge_base.store.tables import CategoryRow
from knowledge_base.store.upserts import insert_or_replace, insert_or_skip
from knowledge_base.store.wanted.demand_counting import count_categories, count_forms
from knowledge_base.store.wanted.demand_tables import DemandRow, DemandServiceRow
from knowledge_base.store.wanted.demand_values import Counted, DemandKind
from knowledge_base.store.wanted.queue_texts import changed_texts, forget_texts, write_texts

KEY = ("project", "kind", "key")
THOUSANDTHS = 1000

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Changes:
    """What has to be written so that the rows are right again."""

    rows: Sequence[Row] = ()
    gone: Sequence[tuple[str, str]] = ()
    services: Sequence[tuple[int, str]] = ()
    left: Sequence[tuple[int, str]] = ()
    texts: Sequence[tuple[int, str]] = ()
    sums: Sequence[Sums] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.gone or self.services or self.left or self.texts or self.sums)


def look_at_categories(db: Connection, project: str, numbers: Collection[int], now: datetime) -> Changes:
    """Compute the rows of categories; one that was merged or evicted has none."""
    if not numbers:
        return Changes()
    wanted = sorted(numbers)
    is_there = (col(CategoryRow.project) == project, col(CategoryRow.id).in_(wanted))
    active = list(
        db.execute(select(col(CategoryRow.id)).where(*is_there, col(CategoryRow.state) == "active")).scalars()
    )
    counted = count_categories(db, project, active, now) if active else {}
    rows = {str(each): _row(project, DemandKind.CATEGORY, str(each), each, counted[each][0]) for each in active}
    named = {(each, service) for each in active for service in counted[each][1]}
    of_these = (col(DemandServiceRow.project) == project, col(DemandServiceRow.category).in_(wanted))
    query = select(col(DemandServiceRow.category), col(DemandServiceRow.service)).where(*of_these)
    known = {(row[0], row[1]) for row in db.execute(query)}
    return _changes(
        _kept(db, project, DemandKind.CATEGORY, [str(each) for each in wanted]),
        rows,
        services=sorted(named - known),
        left=sorted(known - named),
        texts=changed_texts(db, project, active),
        sums=changed_sums(db, project, active, now),
    )


def look_at_forms(db: Connection, project: str, forms: Collection[str], now: datetime) -> Changes:
    """Compute the rows of groups of questions; where nobody asks any more there is none."""
    wanted = sorted({each for each in forms if each})
    if not wanted:
        return Changes()
    counted = count_forms(db, project, wanted, now)
    rows = {form: _row(project, DemandKind.QUESTION, form, newest, of) for form, (of, newest) in counted.items()}
    return _changes(_kept(db, project, DemandKind.QUESTION, wanted), rows)


def write(db: Connection, project: str, changes: Changes) -> None:
    """Write what has changed."""
    insert_or_replace(db, DemandRow, KEY, changes.rows)
    if changes.gone:
        key = tuple_(col(DemandRow.kind), col(DemandRow.key))
        db.execute(delete(DemandRow).where(col(DemandRow.project) == project, key.in_(list(changes.gone))))
        gone = [int(key) for kind, key in changes.gone if kind == DemandKind.CATEGORY]
        forget_texts(db, project, gone)
        forget_sums(db, project, gone)
    added: list[Row] = [
        {"project": project, "service": service, "category": category} for category, service in changes.services
    ]
    insert_or_skip(db, DemandServiceRow, added)
    write_texts(db, project, changes.texts)
    write_sums(db, project, changes.sums)
    if changes.left:
        service = tuple_(col(DemandServiceRow.category), col(DemandServiceRow.service))
        db.execute(
            delete(DemandServiceRow).where(col(DemandServiceRow.project) == project, service.in_(list(changes.left)))
        )


def _row(project: str, kind: DemandKind, key: str, number: int, counted: Counted) -> Row:
    score = round(counted.score * THOUSANDTHS)
    return {"project": project, "kind": str(kind), "key": key, "number": number, "score": score, **asdict(counted)}


def _kept(db: Connection, project: str, kind: DemandKind, keys: Sequence[str]) -> dict[str, Row]:
    query = select(DemandRow.__table__).where(  # type: ignore[attr-defined]
        col(DemandRow.project) == project, col(DemandRow.kind) == kind, col(DemandRow.key).in_(keys)
    )
    return {row.key: dict(row._mapping) for row in db.execute(query)}


def _changes(
    kept: Mapping[str, Row],
    rows: Mapping[str, Row],
    *,
    services: Iterable[tuple[int, str]] = (),
    left: Iterable[tuple[int, str]] = (),
    texts: Sequence[tuple[int, str]] = (),
    sums: Sequence[Sums] = (),
) -> Changes:
    return Changes(
        rows=[row for key, row in rows.items() if kept.get(key) != row],
        gone=[(str(row["kind"]), key) for key, row in kept.items() if key not in rows],
        services=tuple(services),
        left=tuple(left),
        texts=texts,
        sums=sums,
    )
