"""Keeping what people said of templates free of contradictions while templates move."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from knowledge_base.curation.acts import Act
from knowledge_base.curation.grouping.together import Together
from knowledge_base.store.grouping import facts, templates
from knowledge_base.types import FactKind


def withdraw_between(this: Act, kind: FactKind, left: Collection[int], right: Collection[int]) -> list[int]:
    """Take back facts of a kind between two sets of templates; tell their numbers."""
    ones, others = set(left), set(right)
    ids = [
        fact.id
        for fact in facts.about(this.db, this.project, ones)
        if fact.kind is kind
        and ((fact.left in ones and fact.right in others) or (fact.right in ones and fact.left in others))
    ]
    facts.withdraw(this.db, this.project, ids, this.now)
    return ids


def restore_fitting(this: Act, ids: Sequence[int]) -> None:
    """Let facts hold again that were taken back, as far as they agree with where the templates are now."""
    known = facts.named(this.db, this.project, ids)
    named = sorted({each for fact in known for each in (fact.left, fact.right)})
    homes = templates.homes(this.db, this.project, named)
    living = templates.living(this.db, this.project, named)
    fitting = [
        fact.id
        for fact in known
        if {fact.left, fact.right} <= living
        and (fact.kind is FactKind.MUST_LINK) == (homes[fact.left] == homes[fact.right])
    ]
    facts.restore(this.db, this.project, fitting)


def reasons_of(this: Act, numbers: Sequence[int]) -> list[dict[str, object]]:
    """Write down why templates are where they are, so that an act that moves them can be taken back."""
    groups: dict[str, dict[str, object]] = {}
    members: dict[str, list[int]] = {}
    for number, reason in sorted(templates.reasons(this.db, this.project, numbers).items()):
        key = repr(sorted(reason.items()))
        members.setdefault(key, []).append(number)
        groups[key] = {"reason": reason, "templates": members[key]}
    return list(groups.values())


def former_reasons(undo: Mapping[str, Any]) -> dict[int, dict[str, object]]:
    """Read what ``reasons_of`` wrote: acts of Kea and older ones have nothing of it."""
    return {number: group["reason"] for group in undo.get("reasons", ()) for number in group["templates"]}


def inherit_apart(this: Act, chosen: Sequence[int], rest: Sequence[int]) -> list[int]:
    """Keep both parts of a category from what it as a whole was kept from; tell the new facts' numbers.

    Facts name single templates; without this the part without the named one could be merged again.
    """
    inside = {*chosen, *rest}
    moving = set(chosen)
    pairs = []
    for fact in facts.about(this.db, this.project, inside):
        if fact.kind is FactKind.CANNOT_LINK and not {fact.left, fact.right} <= inside:
            mine, outside = (fact.left, fact.right) if fact.left in inside else (fact.right, fact.left)
            pairs.append((rest[0] if mine in moving else chosen[0], outside))
    return facts.add(this.db, this.project, FactKind.CANNOT_LINK, pairs, actor=this.actor, now=this.now)


def bridge(this: Act, withdrawn: Sequence[int], left: Collection[int], via: Collection[int]) -> list[int]:
    """Link those of ``left`` directly that were linked only through templates of ``via``; tell the new facts' numbers.

    ``withdrawn`` are the must-links between the two that were taken back. Without this, what a person put together
    could be taken apart because a third template was taken out of it.
    """
    inside, passed = set(left), set(via)
    cut = [fact for fact in facts.named(this.db, this.project, withdrawn) if fact.kind is FactKind.MUST_LINK]
    known = [
        fact
        for fact in facts.about(this.db, this.project, passed)
        if fact.kind is FactKind.MUST_LINK and {fact.left, fact.right} <= passed
    ]
    together = Together()
    for fact in (*cut, *known):
        together.join(fact.left, fact.right)
    pairs = []
    for members in together.groups():
        mine = [each for each in members if each in inside]
        pairs += [(mine[0], each) for each in mine[1:]]
    return facts.add(this.db, this.project, FactKind.MUST_LINK, pairs, actor=this.actor, now=this.now)
