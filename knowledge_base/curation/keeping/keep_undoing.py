"""Taking a change of the rules that keep templates back: the rules, and what it moved, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from knowledge_base.curation.acts import Act
from knowledge_base.curation.grouping.merging import move_templates
from knowledge_base.curation.grouping.rearranging import contradiction
from knowledge_base.curation.grouping.reviving import revive
from knowledge_base.curation.keeping.keep_changes import digest_of
from knowledge_base.errors import Conflict
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import categories, templates
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.tables import CategoryRow

CHUNK = 500


def undo_keep(this: Act, category: int, undo: Mapping[str, Any]) -> int:
    """Put the rules back that held before, and the templates that the change moved where they were, and why.

    What joined later by a rule stays where it is. Raises Conflict where the rules were changed again, or something
    newer was said of what would go back.
    """
    db, project = this.db, this.project
    present = keep_rules.as_made(db, project, keep_rules.read(db, project))
    if digest_of(present) != undo["behind"]:
        raise Conflict("the rules were changed again meanwhile; take that back first")
    keep_rules.write(db, project, keep_rules.from_documents(undo["rules"]), now=this.now)
    back = {number: moved["source"] for moved in undo["moved"] for number in moved["templates"]}
    if back:
        _require(this, undo, back)
        _revive(this, undo["merges"])
        along = {number: each["source"] for each in undo["merges"] for number in each["templates"]}
        reasons = {number: moved["reason"] for moved in undo["moved"] for number in moved["templates"]}
        move_templates(db, project, along | back, reasons, now=this.now)
        this.touched |= {*back.values(), *(categories.resolve(db, project, each["target"]) for each in undo["moved"])}
    return categories.resolve(db, project, category)


def _revive(this: Act, merges: Sequence[Mapping[str, Any]]) -> None:
    """Bring categories back; those that had nothing to hand over, which may be very many, all at once."""
    plain = [each["source"] for each in merges if not (each["label"] or each["solution"] or each["aliases"])]
    for start in range(0, len(plain), CHUNK):
        this.db.execute(
            update(CategoryRow)
            .where(col(CategoryRow.project) == this.project, col(CategoryRow.id).in_(plain[start : start + CHUNK]))
            .values(state="active", merged_into=None)
        )
    done = set(plain)
    for merged in reversed([each for each in merges if each["source"] not in done]):
        revive(this, merged, categories.resolve(this.db, this.project, merged["target"]))


def _require(this: Act, undo: Mapping[str, Any], back: Mapping[int, int]) -> None:
    """Raise Conflict where what was moved is not where it was moved to, or would leave nothing behind there."""
    db, project = this.db, this.project
    homes = templates.homes(db, project, sorted(back))
    living = templates.living(db, project, sorted(back))
    merged = {each["source"] for each in undo["merges"]}
    for moved in undo["moved"]:
        target = categories.resolve(db, project, moved["target"])
        for number in moved["templates"]:
            if homes[number] != target or number not in living:
                named = public_id(Prefix.TEMPLATE, number)
                raise Conflict(f"{named} was moved on, or made room for newer ones meanwhile; take that back first")
    for source in sorted({moved["source"] for moved in undo["moved"]} - merged):
        if categories.resolve(db, project, source) != source:
            named = public_id(Prefix.CATEGORY, source)
            raise Conflict(f"{named} was merged into another category meanwhile; take that back first")
    for target in sorted({homes[number] for number in back}):
        if set(categories.living_templates_of(db, project, target)) <= back.keys():
            named = public_id(Prefix.CATEGORY, target)
            raise Conflict(f"nothing would be left in {named}: what it held was moved meanwhile; take that back first")
    told = contradiction(db, project, back)
    if told is not None:
        raise Conflict(f"{told} by now; take that back first")
