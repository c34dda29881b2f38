"""What the page of the masking rules shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from knowledge_base.curation.masking.rule_changes import ACTIONS, UNDONE
from knowledge_base.errors import NotFound
from knowledge_base.signature.custom.rule_engine import spans
from knowledge_base.signature.custom.user_rules import UserRule
from knowledge_base.signature.kinds import KINDS
from knowledge_base.signature.steps import message_of
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.intake import sample_walk
from knowledge_base.store.rules import rule_sets
from web.pages.correcting.keep_context import KeptPart, read_kept

CHANGES_SHOWN = 20
LINES_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class RulesState:
    """How far the stored templates follow the rules; ``conflicts`` counts those that stay apart all the same."""

    is_finished: bool
    joined: int
    conflicts: int
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Everything on the page; ``kinds`` are the placeholders that a mask can put, ``kept`` has the other rules."""

    rules: tuple[UserRule, ...]
    state: RulesState | None
    changes: tuple[Entry, ...]
    kinds: tuple[tuple[str, str], ...]
    done: Entry | None
    kept: KeptPart


@dataclass(frozen=True, slots=True)
class HitsPage:
    """How many of the recent lines each rule matches; None for a rule that is off."""

    hits: tuple[tuple[str, int | None], ...]
    of: int


def read_rules_page(db: Connection, project: str, done: int | None, *, keep: str = "", template: str = "") -> RulesPage:
    """Read the rules that hold, how far the templates follow, and who changed what.

    A rule that keeps a category is begun for ``keep`` and ``template``, where they are given.
    """
    found = rule_sets.newest(db, project)
    state = None
    if found:
        last = found[0]
        state = RulesState(last.is_finished, last.joined, len(last.conflicts), last.actor, last.at)
    return RulesPage(
        rules=found[0].rules.rules if found else (),
        state=state,
        changes=tuple(audit.of_actions(db, project, {*ACTIONS.values(), UNDONE}, limit=CHANGES_SHOWN)),
        kinds=tuple((kind.name, kind.meaning) for kind in KINDS),
        done=_entry(db, project, done),
        kept=read_kept(db, project, category_id=keep, template_id=template),
    )


def read_hits(db: Connection, project: str) -> HitsPage:
    """Count for each rule the stored recent lines in which it matches something."""
    lines = [message_of(each.text) for each in sample_walk.recent_after(db, project, -1, LINES_LOOKED_AT)]
    rules = rule_sets.present(db, project).rules
    return HitsPage(tuple((rule.name, _hits(rule, lines) if rule.enabled else None) for rule in rules), len(lines))


def _hits(rule: UserRule, messages: Sequence[str]) -> int:
    return sum(
        rule.contains in message
        and any(next(spans(rule.pattern, line), None) is not None for line in message.split("\n"))
        for message in messages
    )


def _entry(db: Connection, project: str, number: int | None) -> Entry | None:
    try:
        return None if number is None else audit.get(db, project, number)
    except NotFound:
        return None
