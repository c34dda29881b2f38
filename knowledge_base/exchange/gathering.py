"""Categories of a file beside those that are here: what changes one that was known here is an act like any other."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from knowledge_base.curation.acts import Act
from knowledge_base.curation.grouping.merging import merge_categories, move_templates
from knowledge_base.curation.labels import ignore_within, label_within, name_of
from knowledge_base.curation.masking.rule_joins import are_kept_apart
from knowledge_base.curation.said import reasons_of
from knowledge_base.curation.seen import IGNORING, NAMING
from knowledge_base.exchange.shapes import CategoryShape
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, facts, templates
from knowledge_base.store.text import clip
from knowledge_base.types import Why

REASON = "they are one category in an imported file"


def gather(this: Act, numbers: Sequence[int], made: Collection[int]) -> int:
    """Bring the templates of one imported category together, without touching what people said here; tell where.

    ``made`` are the categories that came with the import: nobody knew them, so nobody is told that they come together.
    """
    homes = templates.homes(this.db, this.project, numbers)
    target = homes[numbers[0]]
    for home in dict.fromkeys(homes[number] for number in numbers):
        if home == target or _is_settled(this, home):
            continue
        inside = categories.templates_of(this.db, this.project, home)
        moving = [number for number in numbers if homes[number] == home]
        if _are_kept_apart(this, moving, target):
            continue
        if set(inside) <= set(moving):
            _merge(this, target, home, inside, is_told=home not in made or target not in made)
        else:
            for number in moving:
                _move(this, target, home, number)
    return target


def say(this: Act, number: int, shape: CategoryShape) -> None:
    """Give a category the name and the state of the file, unless people decided that here ever."""
    state = this.state(number)
    label = name_of(clip(shape.label or "", 200))
    if label and not state.label and not audit.was_done(this.db, this.project, number, NAMING):
        label_within(this, number, label)
    if shape.ignored and not state.ignored and not audit.was_done(this.db, this.project, number, IGNORING):
        ignore_within(this, number, True)


def _is_settled(this: Act, home: int) -> bool:
    state = this.state(home)
    return bool(state.label or state.solution)


def _are_kept_apart(this: Act, moving: Sequence[int], target: int) -> bool:
    known = facts.about(this.db, this.project, moving)
    return bool(known) and are_kept_apart(known, moving, categories.templates_of(this.db, this.project, target))


def _merge(this: Act, target: int, home: int, inside: Sequence[int], *, is_told: bool) -> None:
    """Merge without a fact: nobody said that they belong together but the file."""
    reasons = reasons_of(this, inside) if is_told else []
    anchor = categories.first_template_of(this.db, this.project, target)
    merges = merge_categories(this.db, this.project, target, [home], dict.fromkeys(inside, _why(this)), now=this.now)
    if is_told:
        this.touched = {home}
        this.keep(
            "merge",
            target,
            detail={"merged": [public_id(Prefix.CATEGORY, home)], "reason": REASON},
            undo={"merges": merges, "facts": [], "withdrawn": [], "anchor": anchor, "reasons": reasons},
        )
        this.touched.clear()


def _move(this: Act, target: int, source: int, number: int) -> None:
    reasons = reasons_of(this, [number])
    move_templates(this.db, this.project, {number: target}, {number: _why(this)}, now=this.now)
    named = {"template": public_id(Prefix.TEMPLATE, number), "from": public_id(Prefix.CATEGORY, source)}
    this.touched = {source}
    this.keep(
        "move",
        target,
        detail={**named, "reason": REASON},
        undo={"source": source, "template": number, "facts": [], "withdrawn": [], "reasons": reasons},
    )
    this.touched.clear()


def _why(this: Act) -> dict[str, object]:
    return {"why": Why.PERSON, "actor": this.actor}
