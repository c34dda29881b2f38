"""One change of the rules that keep templates, before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from knowledge_base.errors import InputError, NotFound
from knowledge_base.store.rules.keep_rules import KeepRule

Step = Literal["add", "edit", "switch", "remove", "move"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepChange:
    """What somebody wants of the rules.

    ``rule`` has what a rule asks for, of add and edit; its id and who said so are left out. ``number`` names the rule
    that is changed. ``position`` is where add and move put it, counted from 1; 0 is behind all others. ``enabled`` is
    what switch makes of it.
    """

    step: Step
    rule: KeepRule | None = None
    number: int = 0
    position: int = 0
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Edited:
    """The rules behind a change, the rule that it is about, and all whose templates may go elsewhere by it."""

    rules: tuple[KeepRule, ...]
    about: KeepRule
    concerned: tuple[KeepRule, ...]


def edited(rules: Sequence[KeepRule], change: KeepChange) -> Edited:
    """Make a change; what is stored is left alone.

    Raises NotFound for a rule that is not there, InputError for a position that is none or where nothing changes.
    """
    if change.step == "add":
        made = _given(change)
        return Edited(_inserted(rules, made, change.position), made, (made,))
    place = _place(rules, change.number)
    former = rules[place]
    others = (*rules[:place], *rules[place + 1 :])
    if change.step == "remove":
        return Edited(others, former, (former,))
    if change.step == "move":
        found = Edited(_inserted(others, former, change.position), former, (former,))
    else:
        given = replace(former, enabled=change.enabled) if change.step == "switch" else _given(change)
        made = replace(given, id=former.id, actor=former.actor, at=former.at, reason=former.reason)
        found = Edited((*rules[:place], made, *rules[place + 1 :]), made, (former, made))
    if [each.asks for each in found.rules] == [each.asks for each in rules]:
        raise InputError("that changes nothing; the rules are as they were")
    return found


def document_of(change: KeepChange) -> list[Any]:
    """Write a change down; :func:`read_change` gives it back."""
    rule = None if change.rule is None else list(change.rule.asks)
    return [change.step, rule, change.number, change.position, change.enabled]


def read_change(document: Sequence[Any]) -> KeepChange:
    """Read a change that was written down."""
    step, asks, number, position, enabled = document
    names = ("code", "template", "pattern", "service", "category", "enabled")
    values: Mapping[str, Any] = {} if asks is None else dict(zip(names, asks, strict=True))
    rule = None if asks is None else KeepRule(**values)
    return KeepChange(step=step, rule=rule, number=number, position=position, enabled=enabled)


def _given(change: KeepChange) -> KeepRule:
    if change.rule is None:
        raise InputError("say what the rule asks for, and the category that it keeps")
    return change.rule


def _place(rules: Sequence[KeepRule], number: int) -> int:
    for place, rule in enumerate(rules):
        if rule.id == number:
            return place
    raise NotFound(f"there is no rule R-{number} any more; reload the page")


def _inserted(others: Sequence[KeepRule], rule: KeepRule, position: int) -> tuple[KeepRule, ...]:
    place = position or len(others) + 1
    if not 1 <= place <= len(others) + 1:
        raise InputError(f"there is no position {position}; the first is 1, the last {len(others) + 1}")
    return (*others[: place - 1], rule, *others[place - 1 :])
