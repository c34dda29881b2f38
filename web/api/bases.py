"""What a program looked at before it changes something: ``basis``, as ``POST /what-if`` gives it and acts take it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import Connection

from knowledge_base.curation import basis_of
from knowledge_base.curation.masking import rule_changes
from knowledge_base.errors import Conflict, KeaError, StaleVersion
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import categories
from knowledge_base.store.rules import rule_sets
from web.parts import Parts

ACTS_SHOWN = 5
PATTERN = r"^[0-9a-f]{8}\.[0-9a-z]{1,64}$"

Basis = Annotated[
    str | None,
    Field(
        pattern=PATTERN,
        description="The `basis` of `POST /what-if`: 409 with `meanwhile` where somebody changed the same since.",
        examples=["67434f00.9c1f3a5be2d04c6f8a7b6c5d4e3f2a10"],
    ),
]


def write_basis(db: Connection, project: str, concerned: Collection[int], now: datetime) -> str:
    """Write what categories are like now, given by their numbers, and when that is."""
    return f"{int(now.timestamp()):08x}.{basis_of(db, project, concerned)}"


def write_rules_basis(db: Connection, project: str, now: datetime) -> str:
    """Write which rules hold, and when that is."""
    return f"{int(now.timestamp()):08x}.{_number(db, project)}"


@contextmanager
def bound(parts: Parts, project: str, basis: str | None, *category_ids: str) -> Iterator[str | None]:
    """Give what an act compares; where that is stale, tell who did what to the categories since.

    Raises StaleVersion.
    """
    at, digest = _read(basis)
    try:
        yield digest
    except Conflict as error:
        if digest is None:
            raise
        found: dict[int, Entry] = {}
        with parts.knowledge.store.read() as db:
            for each in category_ids[:ACTS_SHOWN]:
                try:
                    number = categories.resolve_public(db, project, each)
                except KeaError:
                    continue
                found |= {act.id: act for act in audit.of_category(db, project, number, limit=ACTS_SHOWN)}
        raise StaleVersion(str(error), _told(found.values(), at)) from error


def bound_edit(parts: Parts, project: str, basis: str | None, edit: rule_changes.Edit) -> rule_changes.Edit:
    """Make an edit of the rules that is refused where they are not those of ``basis``. Raises StaleVersion."""
    at, digest = _read(basis)
    if digest is None:
        return edit
    with parts.knowledge.store.read() as db:
        number, seen = _number(db, project), rule_sets.present(db, project)
        acts = audit.of_actions(db, project, {*rule_changes.ACTIONS.values(), rule_changes.UNDONE}, limit=ACTS_SHOWN)

    def guarded(present: RuleSet) -> RuleSet:
        if number != digest or present != seen:
            message = "somebody changed the rules meanwhile; look at what would change now"
            raise StaleVersion(message, _told(acts, at))
        return edit(present)

    return guarded


def _number(db: Connection, project: str) -> str:
    found = rule_sets.newest(db, project)
    return str(found[0].number if found else 0)


def _read(basis: str | None) -> tuple[datetime, str | None]:
    if basis is None:
        return datetime.fromtimestamp(0, UTC), None
    seconds, _, digest = basis.partition(".")
    return datetime.fromtimestamp(int(seconds, 16), UTC), digest


def _told(found: Iterable[Entry], since: datetime) -> list[dict[str, object]]:
    entries = sorted((each for each in found if each.at >= since), key=lambda each: -each.id)
    return [
        {
            "actor": each.actor,
            "action": each.action,
            "category_id": None if each.category is None else public_id(Prefix.CATEGORY, each.category),
            "at": each.at.isoformat(),
        }
        for each in entries[:ACTS_SHOWN]
    ]
