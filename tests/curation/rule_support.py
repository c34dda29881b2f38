"""A project that reads lines, and what its lines are known as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlmodel import col

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.curation.masking.rule_changes import Edit, RulesChanged, change_rules
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.signature import SIGNATURE_VERSION
from knowledge_base.signature.custom.user_rules import Action, UserRule
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.rules.rule_tables import RuleSetRow
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.tables import FingerprintRow
from knowledge_base.types import LogRecord

PROJECT = "billing"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(text: str) -> LogRecord:
    return LogRecord(PROJECT, "test", 0, text, NOW, "etl", "ERROR")


def keep_lines(pipeline: Pipeline, texts: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Keep lines; give template and category of each text."""
    kept = pipeline.keep([record(text) for text in texts])
    return {text: (each.template_id, each.category_id) for text, each in zip(texts, kept, strict=True)}


def mask(name: str, pattern: str, kind: str = "str") -> UserRule:
    return UserRule(name=name, pattern=pattern, kind=kind)


def kept(name: str, pattern: str) -> UserRule:
    return UserRule(name=name, pattern=pattern, action=Action.KEEP)


def change(knowledge: KnowledgeBase, edit: Edit, action: str = "add", *, force: bool = True) -> RulesChanged:
    return change_rules(knowledge.store, PROJECT, edit, action=action, subject="it", actor="ann", force=force)


def solve(knowledge: KnowledgeBase, category: str, title: str) -> str:
    done = curation.attach(knowledge.store, PROJECT, category, SolutionText(title, "", "do it"), actor="ann")
    assert done.solution is not None
    return done.solution.id


def category_of(knowledge: KnowledgeBase, text: str) -> str | None:
    found = knowledge.lookup(PROJECT, text)
    return found.category.id if found.category else None


def solution_of(knowledge: KnowledgeBase, text: str) -> str | None:
    found = knowledge.lookup(PROJECT, text)
    return found.category.solution_id if found.category else None


def look_old(knowledge: KnowledgeBase, project: str = PROJECT) -> None:
    """Let a project look as if an older Kea with other rules had written it."""
    mark = uuid4().hex
    with knowledge.store.write() as db:
        for number, version, _ in rule_sets.marks(db, project, 10):
            db.execute(
                update(RuleSetRow)
                .where(col(RuleSetRow.project) == project, col(RuleSetRow.number) == number)
                .values(version=version.replace(SIGNATURE_VERSION, "2020-01-01"))
            )
        rows = select(col(FingerprintRow.version), col(FingerprintRow.fingerprint)).where(
            col(FingerprintRow.project) == project
        )
        for place, (version, fingerprint) in enumerate(list(db.execute(rows))):
            db.execute(
                update(FingerprintRow)
                .where(
                    col(FingerprintRow.project) == project,
                    col(FingerprintRow.version) == version,
                    col(FingerprintRow.fingerprint) == fingerprint,
                )
                .values(version=version.replace(SIGNATURE_VERSION, "2020-01-01"), fingerprint=f"{mark[:8]}-{place}")
            )


Resolve = Callable[[str], str | None]
