"""Templates that come together because rules give their lines one signature, and those that may not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.curation.grouping.merging import merge_categories
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, facts, templates
from knowledge_base.store.grouping.facts import Fact
from knowledge_base.store.representing import representatives
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.tables import CategoryRow
from knowledge_base.types import FactKind, Why

DIFFERENT_SOLUTIONS = "both have solutions of their own"
BOTH_LABELLED = "people labelled both"
KEPT_APART = "people keep them apart"

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """What people said of a category."""

    labelled: bool
    solution: int | None

    def joined(self, other: Standing) -> Standing:
        """Tell what is said of both together."""
        return Standing(self.labelled or other.labelled, self.solution if self.solution is not None else other.solution)


def standings(db: Connection, project: str, numbers: Collection[int]) -> dict[int, Standing]:
    """Read what people said of categories; one that a rule keeps is as good as labelled."""
    wanted = sorted(numbers)
    found: dict[int, Standing] = {}
    kept = keep_rules.kept(db, project)
    for start in range(0, len(wanted), _CHUNK):
        query = select(
            col(CategoryRow.id), col(CategoryRow.label), col(CategoryRow.solution), col(CategoryRow.ignored)
        ).where(col(CategoryRow.project) == project, col(CategoryRow.id).in_(wanted[start : start + _CHUNK]))
        for number, label, solution, ignored in db.execute(query):
            found[number] = Standing(bool(label) or solution is not None or ignored or number in kept, solution)
    return found


def objection(left: Standing, right: Standing, *, kept_apart: bool) -> str | None:
    """Tell why two categories may not come together without a person; None where they may."""
    if kept_apart:
        return KEPT_APART
    if left.solution is not None and right.solution is not None and left.solution != right.solution:
        return DIFFERENT_SOLUTIONS
    return BOTH_LABELLED if left.labelled and right.labelled else None


def are_kept_apart(known: Collection[Fact], left: Collection[int], right: Collection[int]) -> bool:
    """Tell whether one of the facts keeps a template on the left from one on the right."""
    return any(
        fact.kind is FactKind.CANNOT_LINK
        and ((fact.left in left and fact.right in right) or (fact.left in right and fact.right in left))
        for fact in known
    )


def join(db: Connection, project: str, owner: int, other: int, *, now: datetime) -> str | None:
    """Bring the categories of two templates together, as one act of Kea that can be taken back.

    The one that people said something of stays, or else the older one. Tells why it is not done; then nothing changes.
    """
    homes = templates.homes(db, project, (owner, other))
    left, right = homes[owner], homes[other]
    if left == right:
        return None
    said = standings(db, project, (left, right))
    target, source = sorted((left, right), key=lambda each: (not said[each].labelled, each))
    # What comes together by the thousand comes one by one: only the side that goes is read.
    moving = categories.templates_of(db, project, source)
    reason = objection(said[left], said[right], kept_apart=_are_kept_apart_now(db, project, moving, target))
    if reason is not None:
        return reason
    anchor = categories.first_template_of(db, project, target)
    why = {"why": Why.SIMILARITY, "score": 1.0}
    merges = merge_categories(db, project, target, [source], dict.fromkeys(moving, why), now=now)
    templates.wait_for_window(db, project, representatives.crowded(db, project, [target]))
    audit.write(
        db,
        project,
        actor=audit.MACHINE,
        action="merge",
        category=target,
        detail={"merged": [public_id(Prefix.CATEGORY, source)], "reason": "the same signature under the rules"},
        undo={"merges": merges, "facts": [], "withdrawn": [], "anchor": anchor},
        now=now,
    )
    return None


def _are_kept_apart_now(db: Connection, project: str, moving: Collection[int], target: int) -> bool:
    """Tell whether people keep one of the templates from one that is in the target now."""
    known = facts.about(db, project, moving)
    others = sorted({number for fact in known for number in (fact.left, fact.right)} - set(moving))
    homes = templates.homes(db, project, others) if others else {}
    return are_kept_apart(known, moving, {number for number, home in homes.items() if home == target})
