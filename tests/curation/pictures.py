"""What a project looks like, in a form that two moments can be compared by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.store.grouping import facts
from knowledge_base.store.grouping.facts import Fact
from knowledge_base.store.grouping.tombstones import EVICTED
from knowledge_base.store.solving import solutions
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow, TemplateRow


@dataclass(frozen=True)
class Look:
    """One active category: its templates and what people said of it; ``solution`` is its words."""

    templates: frozenset[int]
    label: str | None
    solution: tuple[str, str, str] | None
    ignored: bool

    @property
    def labelled(self) -> bool:
        return self.label is not None or self.solution is not None or self.ignored


@dataclass(frozen=True)
class Picture:
    """Active categories, where each merged id leads to, the home of each template, the standing facts.

    ``tombstones`` are categories that were evicted, ``evicted`` such templates, which have a home all the same.
    """

    active: dict[int, Look]
    aliases: dict[int, int]
    homes: dict[int, int]
    facts: tuple[Fact, ...]
    tombstones: frozenset[int] = frozenset()
    evicted: frozenset[int] = frozenset()


def picture(store: Store, project: str) -> Picture:
    """Look at a project."""
    with store.read() as db:
        return _look(db, project)


def _look(db: Connection, project: str) -> Picture:
    homes: dict[int, int] = {}
    evicted: set[int] = set()
    for template in db.execute(
        select(col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.evicted_at)).where(
            col(TemplateRow.project) == project
        )
    ):
        homes[template.id] = template.category
        if template.evicted_at is not None:
            evicted.add(template.id)
    active: dict[int, Look] = {}
    tombstones: set[int] = set()
    aliases: dict[int, int] = {}
    for row in db.execute(
        select(
            col(CategoryRow.id),
            col(CategoryRow.state),
            col(CategoryRow.merged_into),
            col(CategoryRow.label),
            col(CategoryRow.solution),
            col(CategoryRow.ignored),
        ).where(col(CategoryRow.project) == project)
    ):
        if row.state == "active":
            assert row.merged_into is None
            templates = frozenset(number for number, home in homes.items() if home == row.id)
            words = None
            if row.solution is not None:
                found = solutions.get(db, project, row.solution)
                words = (found.title, found.cause, found.body)
            active[row.id] = Look(templates, row.label, words, row.ignored)
        elif row.state == EVICTED:
            assert row.merged_into is None
            tombstones.add(row.id)
        else:
            aliases[row.id] = row.merged_into
    known = tuple(facts.standing(db, project))
    return Picture(active, aliases, homes, known, frozenset(tombstones), frozenset(evicted))
