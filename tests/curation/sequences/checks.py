"""What holds in a project at any moment, and what one step of the machine may change in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, func, select
from sqlmodel import col

from ingest.clustering.representing import MOST
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.grouping.proposal_values import Proposal, ProposalKind
from knowledge_base.store.intake import counts
from knowledge_base.store.representing import representatives
from knowledge_base.store.solving import solutions
from knowledge_base.store.tables import SolutionRow, TemplateRow
from knowledge_base.types import FactKind
from tests.curation.pictures import Look, Picture
from tests.store.databases import MINE

Pair = tuple[int, int]


@dataclass
class Memory:
    """What was seen so far, none of which may ever be forgotten."""

    categories: set[int] = field(default_factory=set)
    texts: dict[int, str] = field(default_factory=dict)
    solutions: dict[int, int] = field(default_factory=dict)
    dismissed: dict[int, tuple[ProposalKind, set[Pair]]] = field(default_factory=dict)
    lines: int = 0


def check_everything(knowledge: KnowledgeBase, now: Picture, memory: Memory) -> None:
    """Check what must hold after any step."""
    check_ids(now, memory)
    check_facts(now)
    with knowledge.store.read() as db:
        _check_texts(db, now, memory)
        _check_solutions(db, memory)
        _check_representatives(db, now)
        _check_proposals(db, now, memory)
        _check_replica(knowledge, db)


def check_ids(now: Picture, memory: Memory) -> None:
    """Each id that was ever seen leads to a category or to a tombstone, and none is used twice."""
    there = now.active.keys() | now.tombstones
    assert all(home in there for home in now.homes.values())
    assert all(look.templates - now.evicted for look in now.active.values()), "a category holds a living template"
    assert all(target in there for target in now.aliases.values())
    known = there | now.aliases.keys()
    assert memory.categories <= known, "no id is ever forgotten"
    assert all(number > max(memory.categories, default=0) for number in known - memory.categories), "nor used again"
    memory.categories = set(known)


def check_facts(now: Picture) -> None:
    """What people put together is together, what they keep apart is apart; all of it is about living templates."""
    for fact in now.facts:
        together = now.homes[fact.left] == now.homes[fact.right]
        assert together == (fact.kind is FactKind.MUST_LINK), fact
        assert not {fact.left, fact.right} & now.evicted, fact


def _check_texts(db: Connection, now: Picture, memory: Memory) -> None:
    rows = select(col(TemplateRow.id), col(TemplateRow.text)).where(col(TemplateRow.project) == MINE)
    texts = {number: text for number, text in db.execute(rows) if number not in now.evicted}
    assert memory.texts.keys() <= now.homes.keys(), "no template is ever lost"
    assert all(memory.texts.get(number, text) == text for number, text in texts.items()), "nor another one"
    memory.texts |= texts
    counted = select(func.sum(col(TemplateRow.count))).where(col(TemplateRow.project) == MINE)
    assert (db.execute(counted).scalar() or 0) == memory.lines == counts.total(db, MINE)


def _check_solutions(db: Connection, memory: Memory) -> None:
    rows = select(col(SolutionRow.id), col(SolutionRow.version)).where(col(SolutionRow.project) == MINE)
    versions = {row[0]: row[1] for row in db.execute(rows)}
    assert all(versions.get(number, 0) >= version for number, version in memory.solutions.items())
    memory.solutions = versions


def _check_representatives(db: Connection, now: Picture) -> None:
    rows = representatives.of_categories(db, MINE, sorted({*now.active, *now.aliases, *now.tombstones}))
    of: dict[int, list[int]] = {}
    for each in rows:
        if each.template is not None:
            of.setdefault(each.category, []).append(each.template)
    waiting = set(
        db.execute(
            select(col(TemplateRow.category)).where(
                col(TemplateRow.project) == MINE, col(TemplateRow.clustered).is_(False)
            )
        ).scalars()
    )
    for number, templates in of.items():
        assert number in now.active, "nothing stands for what is not there"
        assert len(set(templates)) == len(templates)
        assert set(templates) <= now.active[number].templates - now.evicted
        assert len(templates) <= MOST or number in waiting, number
    assert now.active.keys() - of.keys() <= waiting, "what nothing stands for waits for a window"


def _check_proposals(db: Connection, now: Picture, memory: Memory) -> None:
    for kind, pairs in memory.dismissed.values():
        # Who brings together what they said is different says another thing now, and the other way round.
        is_split = kind is ProposalKind.SPLIT
        pairs -= {pair for pair in pairs if (now.homes[pair[0]] == now.homes[pair[1]]) != is_split}
    for each in proposals.open_proposals(db, MINE):
        assert {each.left, each.right} <= now.active.keys(), each
        assert not any(_is_contrary(each, pairs, now) for kind, pairs in memory.dismissed.values()), each
        if each.kind is ProposalKind.SPLIT:
            continue
        assert each.left != each.right, each
        left, right = now.active[each.left], now.active[each.right]
        assert left.solution is None or left.solution != right.solution, each
        apart = {frozenset(pair) for pair in _apart(now)}
        assert frozenset((each.left, each.right)) not in apart, each
        if each.kind is ProposalKind.LABEL:
            assert not left.labelled, each


def _apart(now: Picture) -> Iterable[Pair]:
    return ((now.homes[fact.left], now.homes[fact.right]) for fact in now.facts if fact.kind is FactKind.CANNOT_LINK)


def _is_contrary(proposal: Proposal, pairs: Iterable[Pair], now: Picture) -> bool:
    """Tell whether a proposal is about what somebody dismissed."""
    if proposal.kind is ProposalKind.SPLIT:
        going = {each.template for each in proposal.grounds.going}
        return any((left in going) != (right in going) for left, right in pairs if now.homes[left] == proposal.left)
    sides = {proposal.left, proposal.right}
    return any({now.homes[left], now.homes[right]} == sides for left, right in pairs)


def _check_replica(knowledge: KnowledgeBase, db: Connection) -> None:
    """The index in memory is what the database says, to the vector."""
    replica = knowledge.replica(db, MINE)
    rows = [each for portion in representatives.walk(db, MINE, replica.backend, 0) for each in portion]
    numbers = [each.id for each in rows]
    assert len(replica) == len(numbers)
    assert all(number in replica for number in numbers)
    kept = representatives.vectors(db, MINE, numbers)
    for number, raw in zip(numbers, kept, strict=True):
        assert np.allclose(replica.vector(number), np.frombuffer(raw, np.float32), atol=1e-3)


def check_each_id(knowledge: KnowledgeBase, now: Picture, memory: Memory) -> None:
    """Each id can be shown, and the lines of all categories are those that came in."""
    with knowledge.store.read() as db:
        for number in memory.categories:
            shown = categories.get(db, MINE, number)
            assert shown.id == public_id(Prefix.CATEGORY, now.aliases.get(number, number))
        there = now.active.keys() | now.tombstones
        assert sum(categories.get(db, MINE, number).count for number in there) == memory.lines
        for number in memory.solutions:
            assert solutions.get(db, MINE, number).title


def check_machine(before: Picture, after: Picture, *, may_split: bool = False) -> None:
    """The machine says nothing in people's place; what they labelled is never merged with its like nor split."""
    assert after.facts == before.facts
    for number, look in before.active.items():
        if look.labelled:
            now = after.active[number]
            assert _said(now) == _said(look)
            assert now.templates >= look.templates
        elif not may_split:
            assert len({after.homes[template] for template in look.templates}) == 1, "it never splits"


def _said(look: Look) -> tuple[object, ...]:
    return (look.label, look.solution, look.ignored)


def check_others(before: Picture, after: Picture, touched: Collection[int]) -> None:
    """An act changes the categories that it is about, and no other one."""
    others = before.active.keys() - set(touched)
    assert {each: after.active.get(each) for each in others} == {each: before.active[each] for each in others}
