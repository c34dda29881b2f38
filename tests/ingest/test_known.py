"""The map of known fingerprints: true after each change, and no larger than it may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.known import OVERHEAD, KnownTemplates
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.curation.grouping.merging import merge_categories, move_templates
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.signature import SIGNATURE_VERSION
from knowledge_base.store.grouping import eviction, templates
from knowledge_base.store.grouping.descriptions import Description
from tests.ingest.support import NOW, PROJECT, knowledge_in, record

TEXTS = ("disk is full", "host is lost", "table is gone", "key is missing")


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with knowledge_in(tmp_path / "home") as knowledge:
        yield knowledge


@pytest.fixture
def fingerprints(knowledge: KnowledgeBase) -> list[str]:
    pipeline = Pipeline(knowledge, PROJECT)
    pipeline.ensure_project()
    return [each.fingerprint for each in pipeline.keep([record(text) for text in TEXTS])]


def learn(knowledge: KnowledgeBase, known: KnownTemplates, wanted: list[str]) -> dict[str, Description]:
    with knowledge.store.read() as db:
        known.follow(db)
        found = known.look_up(db, wanted)
    known.remember(found)
    return found


def stored(knowledge: KnowledgeBase, wanted: list[str]) -> dict[str, Description]:
    """What the store tells, asked afresh."""
    return learn(knowledge, KnownTemplates(PROJECT), wanted)


def recalled(known: KnownTemplates, fingerprint: str) -> Description | None:
    """What is remembered, without the store and without what was used lately."""
    known._hot.clear()
    return known._recall(fingerprint)


def test_what_was_packed_comes_back_whole(knowledge: KnowledgeBase, fingerprints: list[str]) -> None:
    known = KnownTemplates(PROJECT)
    found = learn(knowledge, known, fingerprints)
    assert {each.template for each in found.values()} == set(TEXTS)
    assert {each: recalled(known, each) for each in fingerprints} == found
    odd = Description(
        found[fingerprints[0]].ref, "T-1", "KE-1", "日志 ✓\n\tat <n>", "first", ("磁盘", "full"), counted=False
    )
    known.remember({fingerprints[0]: odd})
    assert recalled(known, fingerprints[0]) == odd


def test_a_change_makes_only_what_it_tells_of_outdated(knowledge: KnowledgeBase, fingerprints: list[str]) -> None:
    known = KnownTemplates(PROJECT)
    found = learn(knowledge, known, fingerprints)
    one, two, three, _ = (found[each] for each in fingerprints)
    with knowledge.store.write() as db:
        merge_categories(db, PROJECT, one.ref.category, [two.ref.category], {}, now=NOW)
    with knowledge.store.read() as db:
        known.follow(db)
    assert [recalled(known, each) is not None for each in fingerprints] == [False, False, True, True]
    assert learn(knowledge, known, fingerprints) == stored(knowledge, fingerprints)
    assert [recalled(known, each) is not None for each in fingerprints] == [True] * 4
    with knowledge.store.write() as db:
        move_templates(db, PROJECT, {three.ref.template: one.ref.category}, {}, now=NOW)
    assert learn(knowledge, known, fingerprints) == stored(knowledge, fingerprints)


def test_acts_of_people_are_followed(knowledge: KnowledgeBase, fingerprints: list[str]) -> None:
    known = KnownTemplates(PROJECT)
    one, two, *_ = learn(knowledge, known, fingerprints).values()
    curation.label(knowledge.store, PROJECT, one.category_id, "Disk full", actor="ann")
    merged = curation.merge(knowledge.store, PROJECT, one.category_id, [two.category_id], actor="ann")
    assert learn(knowledge, known, fingerprints) == stored(knowledge, fingerprints)
    curation.undo(knowledge.store, PROJECT, merged.audit_id, actor="ann")
    assert learn(knowledge, known, fingerprints) == stored(knowledge, fingerprints)


def test_what_was_evicted_is_not_known_any_more(knowledge: KnowledgeBase, fingerprints: list[str]) -> None:
    known = KnownTemplates(PROJECT)
    gone = learn(knowledge, known, fingerprints)[fingerprints[0]]
    with knowledge.store.write() as db:
        assert eviction.evict(db, PROJECT, [gone.ref.template], seen_until=NOW, now=NOW).templates == 1
    found = learn(knowledge, known, fingerprints)
    assert set(found) == set(fingerprints[1:])
    with knowledge.store.read() as db:
        assert templates.find(db, PROJECT, SIGNATURE_VERSION, fingerprints[:1]) == {}


def test_it_stays_within_its_budget(knowledge: KnowledgeBase, fingerprints: list[str]) -> None:
    found = stored(knowledge, fingerprints)
    first = found[fingerprints[0]]
    known = KnownTemplates(PROJECT, budget=50 * (OVERHEAD + 100))
    with knowledge.store.read() as db:
        known.follow(db)
    for number in range(500):
        known.remember({f"{number:016x}": first})
    assert 20 < len(known) <= 60
    assert f"{499:016x}" in known, "the newest stay"
    assert f"{0:016x}" not in known
    assert known._size == sum(len(each) + OVERHEAD for each in known._packed.values()) <= 50 * (OVERHEAD + 100)
    huge = Description(first.ref, "T-1", "KE-1", "x" * 1_000_000, "first", ())
    known.remember({"huge": huge})
    assert len(known) == 0, "what is larger than the budget is not kept"
    assert known._size == 0
