"""Records to assignments: known at once, right after a correction, and all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.known import KnownTemplates
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.errors import InputError
from knowledge_base.knowledge import KnowledgeBase
from tests.ingest.support import NOW, PROJECT, held, knowledge_in, record


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with knowledge_in(tmp_path / "home", ring_size=10) as knowledge:
        yield knowledge


@pytest.fixture
def pipeline(knowledge: KnowledgeBase) -> Pipeline:
    pipeline = Pipeline(knowledge, PROJECT)
    pipeline.ensure_project()
    return pipeline


def test_the_same_template_is_new_once(pipeline: Pipeline) -> None:
    found = pipeline.keep([record("disk 1 is full"), record("host unreachable"), record("disk 2 is full")])
    assert [each.is_new for each in found] == [True, True, False]
    assert [each.template_id for each in found] == ["T-1", "T-2", "T-1"]
    assert [each.category_id for each in found] == ["KE-1", "KE-2", "KE-1"]
    assert not pipeline.keep([record("disk 3 is full")])[0].is_new


def test_another_pipeline_knows_what_the_first_stored(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    first = pipeline.keep([record("disk 1 is full")])[0]
    second = Pipeline(knowledge, PROJECT).keep([record("disk 7 is full")])[0]
    assert (second.template_id, second.is_new) == (first.template_id, False)


def test_nothing_is_kept_of_nothing(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    assert pipeline.keep([]) == []
    assert held(knowledge).counted == 0


def test_samples_and_the_ring_hold_scrubbed_lines(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    pipeline.keep([record(f"login of ann{place}@example.com failed") for place in range(25)])
    assert held(knowledge).recent == ("login of <email> failed",) * 10
    assert held(knowledge).templates == {"login of <email> failed": 25}


def test_corrections_are_followed(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    one, two = pipeline.keep([record("disk 1 is full"), record("no space left on disk 2")])
    curation.merge(knowledge.store, PROJECT, one.category_id, [two.category_id], actor="ann")
    assert pipeline.keep([record("no space left on disk 3")])[0].category_id == one.category_id
    split = curation.split(knowledge.store, PROJECT, one.category_id, [two.template_id], actor="ann")
    moved = pipeline.keep([record("no space left on disk 3")])[0].category_id
    assert moved == split.category.id != one.category_id
    assert pipeline.keep([record("disk 3 is full")])[0].category_id == one.category_id


def test_a_failed_transaction_leaves_nothing_behind(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    identified = pipeline.identify(pipeline.prepare([record("disk 1 is full")]))

    class Failed(Exception):
        pass

    def fail() -> None:
        with knowledge.store.write() as db:
            pipeline.store(db, identified)
            raise Failed

    with pytest.raises(Failed):
        fail()
    pipeline.rolled_back()
    assert held(knowledge).templates == {"disk <n> is full": 0}
    assert held(knowledge).counted == 0
    again = pipeline.keep([record("host unreachable"), record("disk 1 is full")])
    assert [each.is_new for each in again] == [True, True]
    assert held(knowledge).counted == 2


def test_times_and_services_are_counted_apart(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    records = [
        record("disk is full", at=NOW - timedelta(minutes=minutes), service=service)
        for minutes in range(3)
        for service in ("a", "b")
    ]
    pipeline.keep(records * 2)
    assert held(knowledge).templates == {"disk is full": 12}
    assert held(knowledge).counted == 12


def test_two_pipelines_at_once_make_each_template_once(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    names = [f"{left}{right}" for left in "abcdefgh" for right in "klmnopqr"]
    found: list[dict[str, str]] = []

    def work() -> None:
        mine = Pipeline(knowledge, PROJECT)
        ids: dict[str, str] = {}
        for name in names:
            ids[name] = mine.keep([record(f"component {name} broke")])[0].template_id
        found.append(ids)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert found[0] == found[1] == found[2]
    assert sum(held(knowledge).templates.values()) == held(knowledge).counted == 3 * len(names)


def test_a_name_that_cannot_be_a_project_is_refused(knowledge: KnowledgeBase) -> None:
    with pytest.raises(InputError, match="is no project name"):
        Pipeline(knowledge, "No Project!").ensure_project()


def test_memory_of_templates_is_bounded(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    known = KnownTemplates(PROJECT, budget=3 * 300)
    pipeline.keep([record(text) for text in ("disk full", "host lost", "table gone", "key missing")])
    signatures = [each.fingerprint for each in pipeline.prepare([record("disk full"), record("host lost")]).signatures]
    with knowledge.store.read() as db:
        known.follow(db)
        found = known.look_up(db, signatures)
        known.remember(found)
        assert all(each in known for each in signatures)
        other = known.look_up(db, [pipeline.prepare([record("table gone")]).signatures[0].fingerprint])
        known.remember(other)
        known.remember(known.look_up(db, [pipeline.prepare([record("key missing")]).signatures[0].fingerprint]))
    assert sum(each in known for each in [*signatures, *other]) <= 3


def test_a_template_stays_new_until_its_first_line_is_counted(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    first = pipeline.identify(pipeline.prepare([record("disk 1 is full"), record("disk 2 is full")]))
    assert [each.assignment.is_new for each in first.enriched] == [True, False]
    pipeline.rolled_back()  # as where the process died before it could count them
    other = Pipeline(knowledge, PROJECT)
    assert [each.is_new for each in other.keep([record("disk 1 is full")])] == [True]
    assert [each.is_new for each in other.keep([record("disk 2 is full")])] == [False]
    assert held(knowledge).counted == 2
