"""Proposals in exported rows; what people said of them travels as facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.exchange.exporting import export_rows
from knowledge_base.exchange.importing import import_rows
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import facts, proposals
from knowledge_base.store.grouping.proposal_values import Going, Grounds, ProposalKind, Proposed
from tests.store.databases import MINE, START, copied_file
from tests.store.knowledge import ingest, knowledge_at

LINES = ("ERROR replica of ledger not found", "FATAL heap space exhausted by task", "WARN broker refused by peer")


@pytest.fixture
def other_home(empty_file: Path, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """An empty home."""
    with knowledge_at(copied_file(empty_file, tmp_path / "other" / "kea.db"), tmp_path / "other") as knowledge:
        yield knowledge


def proposed(knowledge: KnowledgeBase) -> list[dict[str, object]]:
    return [row for row in export_rows(knowledge.store, MINE) if row["type"] == "proposal"]


def test_all_kinds_are_exported_with_their_grounds(knowledge: KnowledgeBase) -> None:
    first, heap, broker = ingest(knowledge, *LINES)
    ClusterLoop(knowledge, MINE).drain(MINE)
    left, right, third = (number_of(Prefix.CATEGORY, each.category_id) for each in (first, heap, broker))
    curation.label(knowledge.store, MINE, heap.category_id, "No memory", actor="Mei")
    done = curation.merge(knowledge.store, MINE, first.category_id, [broker.category_id], actor="Mei")
    going = (Going(number_of(Prefix.TEMPLATE, broker.template_id), 0.2),)
    grounds = Grounds(0.5, right, 0.25, ("ledger",), ("E-1",), ("not found",), ("heap / container",), version="m1")
    with knowledge.store.write() as db:
        facts.withdraw(db, MINE, [each.id for each in facts.standing(db, MINE)], START)
        proposals.put(
            db,
            MINE,
            [
                Proposed(left, right, 0.7, grounds=grounds),
                Proposed(left, right, 0.6, ProposalKind.LABEL),
                Proposed(left, left, 0.8, ProposalKind.SPLIT, Grounds(0.6, going=going)),
            ],
            START,
        )
    split, merge, label = proposed(knowledge)
    assert list(merge)[:5] == ["type", "kind", "left", "right", "score"]
    assert merge == {
        "type": "proposal",
        "kind": "merge",
        "left": first.category_id,
        "right": heap.category_id,
        "score": 0.7,
        "threshold": 0.5,
        "runner_up": heap.category_id,
        "runner_up_score": 0.25,
        "words": ["ledger"],
        "codes": ["E-1"],
        "concepts": ["not found"],
        "against": ["heap / container"],
    }
    assert (label["kind"], label["left"], label["right"]) == ("label", first.category_id, heap.category_id)
    assert (split["left"], split["right"], split["templates"]) == (
        first.category_id,
        first.category_id,
        [broker.template_id],
    )
    assert done.category.templates == 2
    assert third


def test_a_dismissal_travels_as_a_fact(knowledge: KnowledgeBase, other_home: KnowledgeBase) -> None:
    first, heap, _ = ingest(knowledge, *LINES)
    ClusterLoop(knowledge, MINE).drain(MINE)
    pair = [number_of(Prefix.CATEGORY, each.category_id) for each in (first, heap)]
    with knowledge.store.write() as db:
        proposals.put(db, MINE, [Proposed(pair[0], pair[1], 0.7)], START)
    (row,) = proposed(knowledge)
    with knowledge.store.read() as db:
        (known,) = proposals.open_proposals(db, MINE)
    curation.dismiss(knowledge.store, MINE, known.public_id, actor="Mei")
    assert proposed(knowledge) == []
    rows = [*export_rows(knowledge.store, MINE), row]
    done = import_rows(other_home.store, MINE, list(enumerate(rows, 1)), actor="Mei", name="knowledge.jsonl")
    assert done.left_out == 1
    ClusterLoop(other_home, MINE).drain(MINE)
    with other_home.store.write() as db:
        assert [each.kind for each in facts.standing(db, MINE)] == ["cannot_link"]
        homes = [each.left for each in facts.standing(db, MINE)]
        assert homes
        proposals.put(db, MINE, [Proposed(1, 2, 0.9), Proposed(1, 3, 0.8)], START)
    (left,) = proposed(other_home)
    assert (left["left"], left["right"]) == ("KE-1", "KE-3")
