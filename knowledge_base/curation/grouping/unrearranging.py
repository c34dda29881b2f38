"""Taking a whole reclustering back, step by step; what newer acts build on is refused, and said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.curation.acts import Act, act
from knowledge_base.curation.grouping.merging import move_templates
from knowledge_base.curation.grouping.rearranging import contradiction, template_rows
from knowledge_base.errors import Conflict
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, reclusterings
from knowledge_base.store.grouping.proposal_settling import settle
from knowledge_base.store.grouping.reclusterings import ACTION, Step
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow

SHOWN = 5


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Templates that were put back, and for each step that was refused why."""

    templates: int
    refused: tuple[str, ...]


def undo_recluster(
    store: Store,
    project: str,
    audit_id: int,
    *,
    actor: str,
    partly: bool = False,
    tick: Callable[[int], None] = lambda _more: None,
) -> TakenBack:
    """Put the templates of a reclustering back where they were, in short transactions.

    Raises NotFound, and Conflict where it was taken back before, or where something newer builds on it; then nothing is
    changed. With ``partly`` the rest is taken back all the same.
    """
    with store.read() as db:
        _require(db, project, audit_id)
        numbers = reclusterings.steps(db, project, audit_id)
        known = [reclusterings.read_step(db, project, audit_id, number) for number in numbers] if not partly else []
        # Steps are taken back last one first, so that what a later one brings back is there for an earlier one.
        revived = reclusterings.aliased(db, project, audit_id)
        objections = [
            found for step in known if (found := _objection(db, project, audit_id, step, revived)) is not None
        ]
    if objections:
        raise Conflict(f"{_shortened(objections)}; take that back first, or take back only the rest (`--partly`)")
    done, refused = 0, []
    for number in numbers:
        with act(store, project, actor) as this:
            _require(this.db, project, audit_id)
            step = reclusterings.read_step(this.db, project, audit_id, number)
            # A later step that was refused brings nothing back.
            revived = {each.category: each.target for each in step.aliased if each.former is None}
            objection = _objection(this.db, project, audit_id, step, revived)
            if objection is not None:
                refused.append(objection)
                continue
            _put_back(this, step)
            reclusterings.forget_steps(this.db, project, audit_id, [number])
            done += len(step.moved)
            tick(len(step.moved))
    with act(store, project, actor) as this:
        entry = _require(this.db, project, audit_id)
        if not refused:
            audit.mark_undone(this.db, project, audit_id, this.now)
        if entry.category is not None:
            shown = categories.resolve(this.db, project, entry.category)
            detail = {"undone": ACTION, "audit": audit_id, "templates": done, "refused": refused[:SHOWN]}
            this.keep("undo", shown, detail=detail, undo=None)
    return TakenBack(done, tuple(refused))


def _require(db: Connection, project: str, audit_id: int) -> audit.Entry:
    entry = audit.get(db, project, audit_id)
    if entry.undone_at is not None:
        raise Conflict("this was taken back before")
    if entry.action != ACTION:
        raise Conflict("this act is no reclustering; `POST /undo` takes other acts back")
    return entry


def _objection(db: Connection, project: str, audit_id: int, step: Step, revived: Mapping[int, int]) -> str | None:
    """Tell what newer things stand in the way of putting a step's templates back; None where nothing does.

    ``revived`` has the categories that are active again by then, and what they are aliases of now.
    """
    rows = template_rows(db, project, [each.template for each in step.moved])
    for each in step.moved:
        row = rows.get(each.template)
        if row is None or row.category != each.target:
            return f"{public_id(Prefix.TEMPLATE, each.template)} was moved on"
    merged_into = _homes(db, project, {each.source for each in step.moved} | {each.target for each in step.moved})
    for number, home in merged_into.items():
        if home is not None and revived.get(number) != home:
            return f"{public_id(Prefix.CATEGORY, number)} was merged into {public_id(Prefix.CATEGORY, home)}"
    concerned = sorted(merged_into)
    for entry in audit.newer_about(db, project, audit_id, concerned):
        if entry.actor != audit.MACHINE:
            named = "" if entry.category is None else f" of {public_id(Prefix.CATEGORY, entry.category)}"
            return f"{entry.actor} did a newer act ({entry.action}{named})"
    behind = {each.template: each.source for each in step.moved}
    return contradiction(db, project, behind)


def _put_back(this: Act, step: Step) -> None:
    for each in step.aliased:
        state = "active" if each.former is None else "merged"
        categories.set_fields(this.db, this.project, each.category, state=state, merged_into=each.former)
    moves = {each.template: each.source for each in step.moved}
    reasons: Mapping[int, Mapping[str, object]] = {each.template: each.reason for each in step.moved}
    move_templates(this.db, this.project, moves, reasons, now=this.now)
    targets = {each.target for each in step.moved}
    for target in sorted(targets):
        # A category that the reclustering made, or that nothing is left in, goes back to where its templates are.
        if not categories.templates_of(this.db, this.project, target):
            heir = next(each.source for each in step.moved if each.target == target)
            former = categories.aliases_of(this.db, this.project, target)
            for number in (target, *former):
                categories.set_fields(this.db, this.project, number, state="merged", merged_into=heir)
    settle(this.db, this.project, targets)


def _homes(db: Connection, project: str, numbers: set[int]) -> dict[int, int | None]:
    wanted = sorted(numbers)
    found: dict[int, int | None] = {}
    for start in range(0, len(wanted), 500):
        query = select(col(CategoryRow.id), col(CategoryRow.merged_into)).where(
            col(CategoryRow.project) == project, col(CategoryRow.id).in_(wanted[start : start + 500])
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    return found


def _shortened(found: Sequence[str]) -> str:
    more = f", and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more
