"""What rules keep goes where it belongs before anything is compared: people said so, no score counts against it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from ingest.clustering.lease import Lease
from knowledge_base.curation.keeping.keep_matching import match
from knowledge_base.curation.keeping.keep_moves import Applied, KeptMoves, apply, decide
from knowledge_base.curation.masking.rule_joins import standings
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import categories
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_scan import scanned
from knowledge_base.store.tables import TemplateRow

AT_ONCE = 100
"""Templates that one transaction looks at, and moves where a rule holds them."""


def join_kept(knowledge: KnowledgeBase, lease: Lease, pending: Sequence[int]) -> int:
    """Put templates that wait, given by their numbers, where the first rule that holds says; tell how many went.

    What is in a category that people labelled, or put there by hand, stays. Raises LostOwnership where another process
    took over; what was moved by then stays moved.
    """
    project, moved = lease.project, 0
    with knowledge.store.read() as db:
        if not keep_rules.kept(db, project):
            return 0
    for start in range(0, len(pending), AT_ONCE):
        part = list(pending[start : start + AT_ONCE])
        with knowledge.store.read() as db:
            if not _wanted(db, project, part).moves:
                continue
        with knowledge.store.write() as db:
            projects.lock(db, project)
            lease.check(db)
            wanted = _wanted(db, project, part)
            _keep(db, project, wanted, apply(db, project, wanted, now=knowledge.clock()), knowledge.clock())
        moved += len(wanted.moves)
    return moved


def about_to_join(db: Connection, project: str) -> frozenset[int]:
    """Name the templates that wait and will join a category by a rule: nothing else is to be decided about them."""
    if not keep_rules.kept(db, project):
        return frozenset()
    query = select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project, col(TemplateRow.clustered).is_(False)
    )
    pending = sorted(db.execute(query).scalars())
    parts = (pending[start : start + AT_ONCE] for start in range(0, len(pending), AT_ONCE))
    return frozenset(number for part in parts for number in _wanted(db, project, part).moves)


def _wanted(db: Connection, project: str, numbers: Sequence[int]) -> KeptMoves:
    rules = keep_rules.read(db, project)
    found = match(db, project, rules, scanned(db, project, numbers))
    said = standings(db, project, {each.template.category for each in found.held})
    settled = {number for number, standing in said.items() if standing.labelled}
    return decide(db, project, rules, found, settled=settled)


def _keep(db: Connection, project: str, wanted: KeptMoves, done: Applied, now: datetime) -> None:
    """Note who came to each category, as acts of Kea that can be taken back."""
    merges: dict[object, list[dict[str, object]]] = {}
    for each in done.merges:
        merges.setdefault(each["target"], []).append(each)
    for target, found in merges.items():
        number = int(str(target))
        gone = {each["source"] for each in found}
        named = {wanted.rules[each] for each, (source, _) in wanted.moves.items() if source in gone}
        came = {template for each in found for template in _numbers(each["templates"])}
        before = [each for each in categories.living_templates_of(db, project, number) if each not in came]
        detail: dict[str, object] = {
            "merged": [public_id(Prefix.CATEGORY, int(str(each["source"]))) for each in found],
            "rule": ", ".join(sorted(named)),
        }
        undo: dict[str, object] = {"merges": found, "anchor": min(before, default=min(came))}
        _write(db, project, "merge", number, detail, undo | _reasons(done, number), now)
    for template, (source, target) in wanted.moves.items():
        if wanted.emptied.get(source) != target:
            told: dict[str, object] = {
                "template": public_id(Prefix.TEMPLATE, template),
                "from": public_id(Prefix.CATEGORY, source),
                "rule": wanted.rules[template],
            }
            undo = {"source": source, "template": template}
            _write(db, project, "move", target, told, undo | _reasons(done, target, template), now)


def _write(
    db: Connection,
    project: str,
    action: str,
    category: int,
    detail: dict[str, object],
    undo: dict[str, object],
    now: datetime,
) -> None:
    audit.write(
        db,
        project,
        actor=audit.MACHINE,
        action=action,
        category=category,
        detail=detail,
        undo={**undo, "facts": [], "withdrawn": []},
        now=now,
    )


def _reasons(done: Applied, target: int, *only: int) -> dict[str, object]:
    """Give why templates had been where they were that came to a category, all of them or some."""
    came = [each for each in done.moved if each["target"] == target]
    groups = [(each["reason"], [n for n in _numbers(each["templates"]) if not only or n in only]) for each in came]
    return {"reasons": [{"reason": reason, "templates": members} for reason, members in groups if members]}


def _numbers(found: object) -> list[int]:
    return list(found) if isinstance(found, list) else []
