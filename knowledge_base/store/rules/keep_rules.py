"""The rules of a project that keep templates in a category: read, written, and which categories they keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.rules.keep_tables import KeepRuleRow
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.store.text import clip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRule:
    """What all its conditions hold for belongs to a category, given by its number; an empty one asks for nothing.

    ``code`` is an error code, ``template`` a template's number (0 asks for none), ``pattern`` is searched in the
    template's text (RE2), and a ``service`` is one that all of its lines came from. ``id`` is 0 until it is stored.
    """

    code: str = ""
    template: int = 0
    pattern: str = ""
    service: str = ""
    category: int = 0
    enabled: bool = True
    id: int = 0
    actor: str = ""
    at: datetime | None = None
    reason: str = ""

    @property
    def public(self) -> str:
        """What people call it."""
        return public_id(Prefix.RULE, self.id)

    @property
    def asks(self) -> tuple[object, ...]:
        """All that it is, but for who said so."""
        return (self.code, self.template, self.pattern, self.service, self.category, self.enabled)


def read(db: Connection, project: str) -> tuple[KeepRule, ...]:
    """Read the rules in the order in which they are tried; each with the category that its own is part of now."""
    return tuple(
        KeepRule(
            id=row.id,
            code=row.code,
            template=row.template,
            pattern=row.pattern,
            service=row.service,
            category=row.home,
            enabled=row.enabled,
            actor=row.actor,
            at=row.at,
            reason=row.reason,
        )
        for row in db.execute(_all(), {"project": project})
    )


@cache
def _all() -> Any:
    home = func.coalesce(col(CategoryRow.merged_into), col(KeepRuleRow.category)).label("home")
    return (
        select(*(each for each in KeepRuleRow.__table__.c if each.name != "category"), home)  # type: ignore[attr-defined]
        .outerjoin(
            CategoryRow,
            (col(CategoryRow.project) == col(KeepRuleRow.project)) & (col(CategoryRow.id) == col(KeepRuleRow.category)),
        )
        .where(col(KeepRuleRow.project) == bindparam("project"))
        .order_by(col(KeepRuleRow.position), col(KeepRuleRow.id))
    )


def as_made(db: Connection, project: str, rules: Sequence[KeepRule]) -> list[KeepRule]:
    """Give rules as they were made: for the category itself, which comes back where a merge of it is undone."""
    join = (col(CategoryRow.project) == col(KeepRuleRow.project)) & (col(CategoryRow.id) == col(KeepRuleRow.category))
    query = (
        select(col(KeepRuleRow.id), col(KeepRuleRow.category), col(CategoryRow.merged_into))
        .outerjoin(CategoryRow, join)
        .where(col(KeepRuleRow.project) == project)
    )
    own = {(row[0], row[1] if row[2] is None else row[2]): row[1] for row in db.execute(query)}
    return [replace(rule, category=own.get((rule.id, rule.category), rule.category)) for rule in rules]


def write(db: Connection, project: str, rules: Sequence[KeepRule], *, now: datetime) -> None:
    """Put these rules, in this order, in place of all that are there. The caller holds the project."""
    db.execute(delete(KeepRuleRow).where(col(KeepRuleRow.project) == project))
    rows = [
        {
            "project": project,
            "id": rule.id,
            "position": place,
            "code": rule.code,
            "template": rule.template,
            "pattern": rule.pattern,
            "service": rule.service,
            "category": rule.category,
            "enabled": rule.enabled,
            "actor": clip(rule.actor, 200),
            "at": rule.at or now,
            "reason": clip(rule.reason, 500),
        }
        for place, rule in enumerate(rules, start=1)
    ]
    if rows:
        db.execute(insert(KeepRuleRow), rows)


def kept(db: Connection, project: str) -> frozenset[int]:
    """Name the categories that a rule keeps now: to the clusterer they are as good as labelled."""
    return frozenset(row[0] for row in db.execute(_kept(), {"project": project}))


@cache
def _kept() -> Any:
    return (
        select(func.coalesce(col(CategoryRow.merged_into), col(CategoryRow.id)))
        .join(
            KeepRuleRow,
            (col(CategoryRow.project) == col(KeepRuleRow.project)) & (col(CategoryRow.id) == col(KeepRuleRow.category)),
        )
        .where(col(KeepRuleRow.project) == bindparam("project"), col(KeepRuleRow.enabled).is_(True))
        .distinct()
    )


def rules_of(db: Connection, project: str, category: int) -> tuple[str, ...]:
    """Name the rules that keep a category now, as people call them; those that are off keep nothing."""
    return tuple(each.public for each in read(db, project) if each.enabled and each.category == category)


def keeps(project: str) -> tuple[ColumnElement[bool], ...]:
    """Name the conditions, of which one holds where a rule, on or off, is for the category of a template's row."""
    own = aliased(CategoryRow)
    return (
        exists().where(col(KeepRuleRow.project) == project, col(KeepRuleRow.category) == col(TemplateRow.category)),
        exists().where(
            col(own.project) == project,
            col(own.merged_into) == col(TemplateRow.category),
            col(KeepRuleRow.project) == project,
            col(KeepRuleRow.category) == col(own.id),
        ),
    )


def documents(rules: Sequence[KeepRule]) -> list[dict[str, Any]]:
    """Write rules down, so that an act can be taken back; :func:`from_documents` gives them back."""
    return [
        {
            "id": rule.id,
            "code": rule.code,
            "template": rule.template,
            "pattern": rule.pattern,
            "service": rule.service,
            "category": rule.category,
            "enabled": rule.enabled,
            "actor": rule.actor,
            "at": rule.at.isoformat() if rule.at else "",
            "reason": rule.reason,
        }
        for rule in rules
    ]


def from_documents(documents: Sequence[dict[str, Any]]) -> tuple[KeepRule, ...]:
    """Read rules that were written down."""
    found = (KeepRule(**{**each, "at": None}) for each in documents)
    return tuple(
        replace(rule, at=datetime.fromisoformat(each["at"]) if each["at"] else None)
        for rule, each in zip(found, documents, strict=True)
    )
