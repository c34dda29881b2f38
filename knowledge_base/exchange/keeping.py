"""Rules that keep templates in a category, as rows: they travel with the categories and templates that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection

from knowledge_base.curation.acts import Act
from knowledge_base.curation.keeping.keep_changes import ACTIONS
from knowledge_base.curation.keeping.keep_checks import check_together, checked
from knowledge_base.curation.keeping.keep_waiting import let_wait
from knowledge_base.exchange.shapes import KeepRuleShape, KeepRulesShape
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.store import Store
from knowledge_base.store.text import clip


def keep_rule_rows(db: Connection, project: str) -> Iterator[dict[str, object]]:
    """Yield the row of a project's rules; none where it has none."""
    rules = keep_rules.read(db, project)
    if rules:
        yield {"type": "keep_rules", "rules": [_document(each) for each in rules]}


def _document(rule: KeepRule) -> dict[str, object]:
    return {
        "code": rule.code,
        "template": public_id(Prefix.TEMPLATE, rule.template) if rule.template else None,
        "pattern": rule.pattern,
        "service": rule.service,
        "category": public_id(Prefix.CATEGORY, rule.category),
        "enabled": rule.enabled,
        "actor": rule.actor,
        "at": None if rule.at is None else rule.at.isoformat(),
        "reason": rule.reason,
    }


def import_keep_rules(
    this: Act, shape: KeepRulesShape, *, homes: Mapping[str, int], templates: Mapping[str, int]
) -> int:
    """Put rules behind those that are here, which go on coming first; tell how many were left out.

    What asks for the same as a rule here is left out, and what names a category or template that did not come along.
    Raises InputError for a rule that cannot be used, and where there are too many then.
    """
    present = keep_rules.read(this.db, this.project)
    asked = {_asks(each) for each in present}
    new: list[KeepRule] = []
    for each in shape.rules:
        rule = _rule(this, each, homes, templates)
        if rule is not None and _asks(rule) not in asked:
            asked.add(_asks(rule))
            new.append(rule)
    if new:
        numbers = take_numbers(this.db, "keep_rule", len(new))
        stored = [*keep_rules.as_made(this.db, this.project, present)]
        stored += [replace(rule, id=number) for rule, number in zip(new, numbers, strict=True)]
        check_together(stored)
        keep_rules.write(this.db, this.project, stored, now=this.now)
        for rule in stored[-len(new) :]:
            _note(this, rule)
    return len(shape.rules) - len(new)


@contextmanager
def joining(store: Store, targets: Sequence[str]) -> Iterator[None]:
    """Let what is known here already join too, once rules came within: it waits for its project's next window."""
    with store.read() as db:
        former = {project: keep_rules.read(db, project) for project in targets}
    yield
    for project, rules in former.items():
        with store.read() as db:
            is_same = keep_rules.read(db, project) == rules
        if not is_same:
            let_wait(store, project, rules)


def _rule(this: Act, shape: KeepRuleShape, homes: Mapping[str, int], templates: Mapping[str, int]) -> KeepRule | None:
    home = homes.get(shape.category)
    template = templates.get(shape.template) if shape.template else 0
    if home is None or template is None:
        return None
    rule = KeepRule(
        code=shape.code,
        template=template,
        pattern=shape.pattern,
        service=shape.service,
        category=home,
        enabled=shape.enabled,
        actor=clip(shape.actor, 200) or this.actor,
        at=shape.at or this.now,
        reason=clip(shape.reason, 500),
    )
    return checked(this, rule)


def _asks(rule: KeepRule) -> tuple[object, ...]:
    return (rule.code.casefold(), rule.template, rule.pattern, rule.service)


def _note(this: Act, rule: KeepRule) -> None:
    detail = {"rule": rule.public, "templates": 0, "enabled": rule.enabled, "reason": rule.reason}
    audit.write(
        this.db,
        this.project,
        actor=this.actor,
        action=ACTIONS["add"],
        category=rule.category,
        detail=detail,
        undo=None,
        now=this.now,
    )
