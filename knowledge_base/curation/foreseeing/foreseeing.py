"""What a merge, a split, a move or a label taken over would change, worked out and not done; refused as the act is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.curation.acts import Act
from knowledge_base.curation.grouping.apart import two_apart
from knowledge_base.curation.grouping.moves import coming_together, require_parting
from knowledge_base.curation.grouping.moving import leaving
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories
from knowledge_base.store.store import Store

NEW = 2**62
"""Stands for the category that a split would make: behind all that are there, as the new one would be."""

NOBODY = "what-if"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Where things would be.

    ``homes`` has the templates that would move and the categories that they come to; ``merged`` the categories that
    would become aliases, and of which ones; ``solutions`` the categories whose solution would be another one.
    ``about`` has templates that stay, and whose questions would be answered otherwise all the same.
    """

    homes: Mapping[int, int]
    merged: Mapping[int, int]
    solutions: Mapping[int, int | None]
    before: Mapping[int, int]
    about: frozenset[int] = frozenset()

    def category(self, template: int | None, category: int) -> int:
        """Tell where a template would be that is in a category now; None is for what belongs to the category itself."""
        if template is not None and template in self.homes:
            return self.homes[template]
        return self.merged.get(category, category)

    @property
    def concerned(self) -> set[int]:
        """The categories that templates leave or come to; a new one is not among them."""
        return {*self.before.values(), *self.homes.values()} - {NEW}


def shown(category: int) -> str:
    """Name a category; one that would be made has no id yet."""
    return "new" if category == NEW else public_id(Prefix.CATEGORY, category)


def foresee_merge(store: Store, db: Connection, project: str, into: str, others: Sequence[str]) -> Foreseen:
    """Foresee ``curation.merge``; raises what it raises."""
    this = looking(store, db, project)
    target, sources = coming_together(this, into, others)
    before = {template: source for source in sources for template in categories.templates_of(db, project, source)}
    solved = categories.solutions_of(db, project, [target, *sources])
    solution = next((solved[number] for number in (target, *sources) if number in solved), None)
    return Foreseen(
        homes=dict.fromkeys(before, target),
        merged=dict.fromkeys(sources, target),
        solutions={target: solution},
        before=before,
    )


def foresee_split(store: Store, db: Connection, project: str, category_id: str, templates: Sequence[str]) -> Foreseen:
    """Foresee ``curation.split``; raises what it raises."""
    this = looking(store, db, project)
    source = this.category(category_id)
    chosen = dict.fromkeys(number_of(Prefix.TEMPLATE, each) for each in templates)
    inside = categories.living_among(db, project, source, list(chosen))
    require_parting(chosen, inside, categories.count_living(db, project, source))
    return Foreseen(
        homes=dict.fromkeys(chosen, NEW), merged={}, solutions={NEW: None}, before=dict.fromkeys(chosen, source)
    )


def foresee_move(store: Store, db: Connection, project: str, template_id: str, into: str) -> Foreseen:
    """Foresee ``curation.move``; raises what it raises."""
    this = looking(store, db, project)
    target = this.category(into)
    template, source, _ = leaving(this, template_id, target)
    return Foreseen(homes={template: target}, merged={}, solutions={}, before={template: source})


def foresee_adopt(store: Store, db: Connection, project: str, category_id: str, other: str) -> Foreseen:
    """Foresee that a category takes label and solution of another one over; raises NotFound, Conflict, InputError."""
    this = looking(store, db, project)
    target, source = two_apart(this, category_id, other)
    solved = categories.solutions_of(db, project, [source])
    return Foreseen(
        homes={},
        merged={},
        solutions={target: solved[source]} if source in solved else {},
        before={},
        about=frozenset(categories.living_templates_of(db, project, target)),
    )


def looking(store: Store, db: Connection, project: str) -> Act:
    """Look at things as an act does; nothing is written by it."""
    projects.require_project(db, project)
    return Act(db, project, NOBODY, store.clock())
