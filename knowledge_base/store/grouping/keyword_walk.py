"""Which categories are to get keywords anew."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select
from sqlmodel import col

from knowledge_base.store.rarity.term_rows import AGAIN
from knowledge_base.store.rarity.term_tables import CategoryTermsRow
from knowledge_base.store.tables import CategoryRow


def asked(db: Connection, project: str, epoch: int, most: int) -> list[int]:
    """Name categories whose templates are others than when their keywords were chosen."""
    return _some(db, project, epoch, most, col(CategoryTermsRow.weighed) == AGAIN)


def outgrown(db: Connection, project: str, epoch: int, size: int, growth: float, most: int) -> list[int]:
    """Name categories whose keywords were chosen when there were far fewer categories than ``size``, or far more."""
    weighed = col(CategoryTermsRow.weighed)
    fewer = _some(db, project, epoch, most, weighed > AGAIN, weighed < int(size / growth))
    return fewer or _some(db, project, epoch, most, weighed > int(size * growth) + 1)


def _some(db: Connection, project: str, epoch: int, most: int, *which: ColumnElement[bool]) -> list[int]:
    # Without an order, for which a database would walk over all categories.
    query = (
        select(col(CategoryTermsRow.category))
        .where(col(CategoryTermsRow.project) == project, *which, col(CategoryTermsRow.epoch) == epoch)
        .limit(most)
    )
    return sorted(db.execute(query).scalars())


def keywords_after(db: Connection, project: str, category: int, most: int) -> list[tuple[int, list[str]]]:
    """Read the keywords of the next active categories behind one."""
    query = (
        select(col(CategoryRow.id), col(CategoryRow.keywords))
        .where(col(CategoryRow.project) == project, col(CategoryRow.id) > category, col(CategoryRow.state) == "active")
        .order_by(col(CategoryRow.id))
        .limit(most)
    )
    return [(row[0], row[1]) for row in db.execute(query)]
