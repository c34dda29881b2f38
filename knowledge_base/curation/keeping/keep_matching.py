"""Which templates the rules hold for, and which rule comes first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.errors import InputError
from knowledge_base.signature.custom.rule_engine import compile_pattern
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.rules.keep_scan import Scanned, of_others, scanned, walk
from knowledge_base.store.store import Store


@dataclass(frozen=True, slots=True)
class Held:
    """A template and the rule that holds it, the first one of which all conditions are true."""

    template: Scanned
    rule: KeepRule


@dataclass(frozen=True, slots=True)
class Matches:
    """What rules hold. ``shared`` counts templates left out because other services have lines of them too."""

    held: tuple[Held, ...]
    shared: int = 0

    def __add__(self, other: Matches) -> Matches:
        """Put what was found in two parts of a project together."""
        return Matches((*self.held, *other.held), self.shared + other.shared)


def holds(rule: KeepRule, template: Scanned) -> bool:
    """Tell whether a rule's conditions are true of a template, but for the service of its other lines.

    A pattern that cannot be run (it may have come with an import) is true of nothing.
    """
    if rule.template and rule.template != template.id:
        return False
    if rule.code and rule.code.casefold() not in {each.casefold() for each in template.codes}:
        return False
    if rule.service and (rule.service != template.service or not template.count):
        return False
    return _reads(rule, template.text) and bool(rule.template or rule.code or rule.service or rule.pattern)


def match(db: Connection, project: str, rules: Sequence[KeepRule], templates: Sequence[Scanned]) -> Matches:
    """Find for each template the first rule that is on and holds for it, in their order."""
    active = [rule for rule in rules if rule.enabled]
    candidates = {each.id: [rule for rule in active if holds(rule, each)] for each in templates}
    elsewhere = {
        service: of_others(db, project, _asked(candidates, service), service)
        for service in {rule.service for rule in active if rule.service}
    }
    held, shared = [], 0
    for each in templates:
        found = candidates[each.id]
        kept = [rule for rule in found if not rule.service or each.id not in elsewhere[rule.service]]
        if kept:
            held.append(Held(each, kept[0]))
        elif found:
            shared += 1
    return Matches(tuple(held), shared)


def find(store: Store, project: str, rules: Sequence[KeepRule], concerned: Collection[KeepRule]) -> Matches:
    """Walk over a project for what one of ``concerned`` may hold; what it is held by is the first of ``rules``."""
    found = Matches(())
    for part in walk(store, project, list(concerned)):
        numbers = [number for number, text in part if any(_reads(rule, text) for rule in concerned)]
        if numbers:
            with store.read() as db:
                some = [each for each in scanned(db, project, numbers) if any(holds(rule, each) for rule in concerned)]
                found += match(db, project, rules, some)
    return found


def _reads(rule: KeepRule, text: str) -> bool:
    """Tell whether a text is as a rule's pattern asks, where it asks for anything."""
    if not rule.pattern:
        return True
    try:
        return compile_pattern(rule.pattern).search(text) is not None
    except (InputError, UnicodeEncodeError):
        return False


def _asked(candidates: dict[int, list[KeepRule]], service: str) -> list[int]:
    return [number for number, rules in candidates.items() if any(rule.service == service for rule in rules)]
