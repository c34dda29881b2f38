"""Writes a fold: the template with the place left open, and the merge of categories, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlmodel import col

from ingest.clustering.grouping import Standing, fits, target_of
from ingest.clustering.snapshot import read_snapshot
from knowledge_base.curation.grouping.merging import merge_categories
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signature import SIGNATURE_VERSION, fingerprint_of, key_of
from knowledge_base.signature.wildcards.candidates import opened, wildcards
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, templates
from knowledge_base.store.grouping import wildcards as known_wildcards
from knowledge_base.store.grouping.templates import NewTemplate, Tally
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.tables import TemplateRow
from knowledge_base.types import Why

MOST_MEMBERS = 50
"""Templates that one transaction moves."""

_WORDS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fold:
    """Templates that differ at a place, or templates that join ``into``, to which a known place leads."""

    place: int
    members: tuple[int, ...]
    into: int | None


def write_fold(db: Connection, project: str, fold: Fold, now: datetime) -> int:
    """Make a fold true where nothing that people said stands against it; tell how many categories were merged."""
    rows = _living(db, project, fold.members if fold.into is None else (*fold.members, fold.into))
    if len(rows) < 2:
        return 0
    homes = {row.id: row.category for row in rows}
    if fold.into is not None:
        return _join(db, project, homes, fold.into, now)
    at_place = [(row, each) for row in rows for each in wildcards(row.text) if each.hash == fold.place]
    if not at_place:
        return 0
    new = _open_template(db, project, rows, min(opened(row.text, each) for row, each in at_place))
    known = templates.find(db, project, new.version, [new.fingerprint]).get(new.fingerprint)
    if known is not None:
        homes[known.template] = known.category
    standings = _standings(db, project, homes)
    if standings is None:
        return 0
    if known is None:
        known = templates.create(db, project, [new], now)[new.fingerprint]
        # It has no lines of its own yet. As cold as its first member it would be the first to be evicted.
        seen = Tally(known.template, 0, new.at, max(row.last_seen for row in rows))
        templates.add_tallies(db, project, [seen])
        homes[known.template] = known.category
        standings[known.category] = Standing(labelled=False, solution=None)
    depth = 1 + max(known_wildcards.depths(db, project, fold.members).values(), default=0)
    known_wildcards.add(db, project, fold.place, known.template, depth)
    # The others are taken in by the next fold, now that the place is known; a transaction stays short.
    late = {row.id for row in rows[MOST_MEMBERS:]}
    homes = {template: category for template, category in homes.items() if template not in late}
    words = sorted({row.text[each.start : each.end] for row, each in at_place})[:_WORDS_SHOWN]
    return _merge(db, project, homes, standings, words, now)


def _join(db: Connection, project: str, homes: Mapping[int, int], into: int, now: datetime) -> int:
    """Let templates, given with their categories, join one; those that people keep from it are left out."""
    if into not in homes:
        return 0
    snapshot = read_snapshot(db, project, set(homes.values()))
    chosen = {homes[into]}
    for category in homes.values():
        group = sorted(chosen | {category})
        if snapshot.standings.keys() >= set(group) and fits(group, snapshot.standings, snapshot.forbidden):
            chosen.add(category)
    together = {template: category for template, category in homes.items() if category in chosen}
    return _merge(db, project, together, snapshot.standings, (), now)


def _standings(db: Connection, project: str, homes: Mapping[int, int]) -> dict[int, Standing] | None:
    """Read what people said of the categories of templates; None where that keeps them from becoming one."""
    chosen = set(homes.values())
    snapshot = read_snapshot(db, project, chosen)
    together = chosen <= snapshot.standings.keys() and fits(sorted(chosen), snapshot.standings, snapshot.forbidden)
    return dict(snapshot.standings) if together else None


def _living(db: Connection, project: str, members: Sequence[int]) -> list[Row[Any]]:
    query = (
        select(
            col(TemplateRow.id),
            col(TemplateRow.category),
            col(TemplateRow.text),
            col(TemplateRow.codes),
            col(TemplateRow.service),
            col(TemplateRow.level),
            col(TemplateRow.first_seen),
            col(TemplateRow.last_seen),
        )
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.id).in_(list(members)),
            col(TemplateRow.evicted_at).is_(None),
        )
        .order_by(col(TemplateRow.id))
    )
    return list(db.execute(query))


def _open_template(db: Connection, project: str, rows: Sequence[Row[Any]], text: str) -> NewTemplate:
    """Describe the template with the place left open by what its members have in common."""
    codes = set[str](rows[0].codes).intersection(*(row.codes for row in rows))
    return NewTemplate(
        fingerprint=fingerprint_of(key_of(text)),
        version=_version(db, project, rows),
        text=text,
        codes=tuple(code for code in rows[0].codes if code in codes),
        service=rows[0].service,
        level=rows[0].level,
        at=min(row.first_seen for row in rows),
    )


def _version(db: Connection, project: str, rows: Sequence[Row[Any]]) -> str:
    """Tell under which version lines are looked up: that of the rules that hold, whatever else members are known by."""
    marks = rule_sets.marks(db, project, 1)
    if marks:
        return marks[0][1]
    return templates.version_of(db, project, [row.id for row in rows]) or SIGNATURE_VERSION


def _merge(
    db: Connection,
    project: str,
    homes: Mapping[int, int],
    standings: Mapping[int, Standing],
    words: Sequence[str],
    now: datetime,
) -> int:
    """Merge the categories of templates, given by their numbers; tell how many went."""
    target = target_of(sorted(set(homes.values())), standings)
    sources = tuple(sorted(set(homes.values()) - {target}))
    if not sources:
        return 0
    anchor = categories.first_template_of(db, project, target)
    reason: dict[str, object] = {"why": Why.CARDINALITY, "score": 1.0, "words": list(words)}
    reasons = {template: reason for template, category in homes.items() if category != target}
    merges = merge_categories(db, project, target, sources, reasons, now=now)
    audit.write(
        db,
        project,
        actor=audit.MACHINE,
        action="merge",
        category=target,
        detail={"merged": [public_id(Prefix.CATEGORY, each) for each in sources]},
        undo={"merges": merges, "facts": [], "withdrawn": [], "anchor": anchor},
        now=now,
    )
    return len(sources)
