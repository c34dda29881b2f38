"""Writes the knowledge of a project as rows: users' rules, categories with templates, solutions, facts, proposals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.exchange.keeping import keep_rule_rows
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import projects
from knowledge_base.store.asking import learnt, thresholds
from knowledge_base.store.grouping import facts, proposals
from knowledge_base.store.grouping.proposal_values import Proposal, ProposalKind
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.rules.rule_documents import document_of
from knowledge_base.store.solving import solutions
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow, FingerprintRow, TemplateRow

Rows = Iterator[dict[str, object]]
CHUNK = 500


def export_rows(store: Store, project: str) -> Rows:
    """Yield the rows of a project as they were when the export began. Raises NotFound."""
    with store.read() as db:
        projects.require_project(db, project)
        present = rule_sets.present(db, project)
        if present.rules:
            yield {"type": "rules", "rules": [document_of(rule) for rule in present.rules]}
        limits = thresholds.own_of(db, project)
        if limits is not None:
            yield {"type": "thresholds", "answer": limits.answer, "suggest": limits.suggest}
        yield from _categories(db, project)
        yield from _solutions(db, project)
        for fact in facts.standing(db, project):
            yield {
                "type": "fact",
                "kind": fact.kind,
                "left": public_id(Prefix.TEMPLATE, fact.left),
                "right": public_id(Prefix.TEMPLATE, fact.right),
            }
        yield from _learnt(db, project)
        yield from keep_rule_rows(db, project)
        for proposal in proposals.open_proposals(db, project):
            yield _proposal(proposal)


def _learnt(db: Connection, project: str) -> Rows:
    after = 0
    while rows := learnt.walk(db, project, after=after, limit=CHUNK):
        for each in rows:
            yield {
                "type": "learnt",
                "kind": each.kind,
                "form": each.form,
                "version": each.version,
                "template": public_id(Prefix.TEMPLATE, each.template),
                "text": each.text,
                "people": each.people,
                "actor": each.actor,
                "at": each.at.isoformat(),
            }
        after = rows[-1].id


def _proposal(proposal: Proposal) -> dict[str, object]:
    """Write a proposal; of a split, both sides are the category that would be split."""
    grounds = proposal.grounds
    row: dict[str, object] = {
        "type": "proposal",
        "kind": proposal.kind,
        "left": public_id(Prefix.CATEGORY, proposal.left),
        "right": public_id(Prefix.CATEGORY, proposal.right),
        "score": round(proposal.score, 6),
        "threshold": round(grounds.threshold, 6),
        "runner_up": None if grounds.runner_up is None else public_id(Prefix.CATEGORY, grounds.runner_up),
        "runner_up_score": round(grounds.runner_up_score, 6),
        "words": list(grounds.words),
        "codes": list(grounds.codes),
        "concepts": list(grounds.concepts),
        "against": list(grounds.against),
    }
    if proposal.kind is ProposalKind.SPLIT:
        row["templates"] = [public_id(Prefix.TEMPLATE, each.template) for each in grounds.going]
    return row


def _categories(db: Connection, project: str) -> Rows:
    aliases: dict[int, list[str]] = {}
    for number, into in db.execute(
        select(col(CategoryRow.id), col(CategoryRow.merged_into))
        .where(col(CategoryRow.project) == project, col(CategoryRow.merged_into).is_not(None))
        .order_by(col(CategoryRow.id))
    ):
        aliases.setdefault(into or 0, []).append(public_id(Prefix.CATEGORY, number))
    after = 0
    while rows := _active(db, project, after):
        templates = _templates(db, project, [row.id for row in rows])
        for row in rows:
            yield {
                "type": "category",
                "id": public_id(Prefix.CATEGORY, row.id),
                "aliases": aliases.get(row.id, []),
                "label": row.label,
                "ignored": row.ignored,
                "keywords": row.keywords,
                "solution_id": None if row.solution is None else public_id(Prefix.SOLUTION, row.solution),
                "templates": templates.get(row.id, []),
            }
        after = rows[-1].id


def _active(db: Connection, project: str, after: int) -> list[Any]:
    query = (
        select(CategoryRow.__table__)  # type: ignore[attr-defined]
        .where(col(CategoryRow.project) == project, col(CategoryRow.state) == "active", col(CategoryRow.id) > after)
        .order_by(col(CategoryRow.id))
        .limit(CHUNK)
    )
    return list(db.execute(query))


def _templates(db: Connection, project: str, categories: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows: Any = db.execute(
        select(
            col(TemplateRow.category),
            col(TemplateRow.id),
            col(TemplateRow.text),
            col(TemplateRow.codes),
            col(TemplateRow.service),
            col(TemplateRow.level),
            col(TemplateRow.count).label("lines"),
            col(TemplateRow.first_seen),
            col(TemplateRow.last_seen),
            col(FingerprintRow.version),
            col(FingerprintRow.fingerprint),
        )
        .join(
            FingerprintRow,
            (col(FingerprintRow.project) == col(TemplateRow.project))
            & (col(FingerprintRow.template) == col(TemplateRow.id)),
        )
        .where(col(TemplateRow.project) == project, col(TemplateRow.category).in_(categories))
        .order_by(col(TemplateRow.id), col(FingerprintRow.version), col(FingerprintRow.fingerprint))
    )
    last: dict[str, Any] = {}
    for row in rows:
        public = public_id(Prefix.TEMPLATE, row.id)
        if last.get("id") != public:
            last = {
                "id": public,
                "text": row.text,
                "codes": row.codes,
                "service": row.service,
                "level": row.level,
                "count": row.lines,
                "first_seen": row.first_seen.isoformat(),
                "last_seen": row.last_seen.isoformat(),
                "fingerprints": [],
            }
            found.setdefault(row.category, []).append(last)
        last["fingerprints"].append({"version": row.version, "fingerprint": row.fingerprint})
    return found


def _solutions(db: Connection, project: str) -> Rows:
    after = 0
    while batch := solutions.list_all(db, project, after=after, limit=CHUNK):
        for each in batch:
            yield {
                "type": "solution",
                "id": each.id,
                "title": each.title,
                "cause": each.cause,
                "body": each.body,
                "version": each.version,
                "author": each.author,
                "at": each.at.isoformat(),
                "category_ids": list(each.category_ids),
                "state": each.state,
                **({"details": details} if (details := each.details.document()) else {}),
            }
        after = int(batch[-1].id.partition("-")[2])
