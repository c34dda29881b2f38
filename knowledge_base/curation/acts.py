"""One act of a person: a write transaction that also keeps the audit entry and the change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.curation.basis import basis_of
from knowledge_base.errors import InputError, StaleVersion
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import categories, templates
from knowledge_base.store.grouping.proposal_settling import settle
from knowledge_base.store.grouping.tombstones import require_alive
from knowledge_base.store.representing import representatives
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow
from knowledge_base.types import Category, Solution


@dataclass(frozen=True, slots=True)
class Done:
    """What an act led to; ``audit_id`` is what ``undo`` takes."""

    audit_id: int
    category: Category
    solution: Solution | None = None


@dataclass(frozen=True, slots=True)
class CategoryState:
    """The part of a category's row that people change."""

    label: str | None
    solution: int | None
    ignored: bool


class Act:
    """A transaction in the name of ``actor``."""

    def __init__(self, db: Connection, project: str, actor: str, now: datetime) -> None:
        self.db = db
        self.project = project
        self.actor = actor
        self.now = now
        self.touched: set[int] = set()
        self.proposal: str | None = None

    def category(self, public: str) -> int:
        """Resolve a category's public id; raises NotFound, and Conflict where it was evicted."""
        number = categories.resolve_public(self.db, self.project, public)
        require_alive(self.db, self.project, number)
        return number

    def require(self, basis: str | None, numbers: Collection[int]) -> None:
        """Go on only where categories are as ``basis`` says (see ``basis_of``); None asks for nothing.

        Raises StaleVersion.
        """
        if basis is not None and basis_of(self.db, self.project, numbers) != basis:
            raise StaleVersion("somebody changed these categories meanwhile; look at what would change now")

    def state(self, number: int) -> CategoryState:
        """Read what people said of a category."""
        row = self.db.execute(
            select(col(CategoryRow.label), col(CategoryRow.solution), col(CategoryRow.ignored)).where(
                col(CategoryRow.project) == self.project, col(CategoryRow.id) == number
            )
        ).one()
        return CategoryState(*row)

    def keep(
        self, action: str, category: int, *, detail: Mapping[str, object], undo: Mapping[str, object] | None
    ) -> int:
        """Write the audit entry and the change, and settle what is proposed; tell the entry's number.

        ``touched`` holds further categories that the act changed, ``proposal`` names what it agrees to or dismisses.
        """
        if self.proposal is not None:
            detail = {**detail, "proposal": self.proposal}
        settle(self.db, self.project, {category, *self.touched})
        # What came together has more that stands for it than it needs; the next window chooses among that.
        crowded = representatives.crowded(self.db, self.project, {category, *self.touched})
        templates.wait_for_window(self.db, self.project, crowded)
        named = {"category": public_id(Prefix.CATEGORY, category), "actor": self.actor, **detail}
        projects.publish(self.db, self.project, [(action, named)], self.now)
        return audit.write(
            self.db,
            self.project,
            actor=self.actor,
            action=action,
            category=category,
            detail=detail,
            undo=undo,
            now=self.now,
        )

    def done(self, audit_id: int, category: int, solution: Solution | None = None) -> Done:
        """Read back what the act led to."""
        return Done(audit_id, categories.get(self.db, self.project, category), solution)


@contextmanager
def act(store: Store, project: str, actor: str) -> Iterator[Act]:
    """Begin an act; raises NotFound for an unknown project, InputError without an actor."""
    if not actor.strip():
        raise InputError("an act needs a name to stand under")
    with store.write() as db:
        projects.require_project(db, project)
        projects.lock(db, project)
        yield Act(db, project, actor.strip(), store.clock())
