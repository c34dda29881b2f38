"""The clusterer keeps a project within its limit, whatever people and other processes do meanwhile."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import update
from sqlmodel import col

from ingest.clustering import Clusterer, ClusterLoop
from ingest.clustering.evicting import Evictor
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.errors import Conflict
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import categories, eviction, template_reading
from knowledge_base.store.intake import counts
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.tables import TemplateRow
from knowledge_base.types import Assignment, LogRecord
from tests.clustering.test_clusterer import PEER, PEER_THIRD, PEER_TOO, drain
from tests.clustering.test_lease import holder
from tests.store.databases import MINE, START
from tests.store.knowledge import ingest, knowledge_at

LETTERS = "abcdefghijklmnopqrst"
LIMIT = 100


def names(count: int, first: int = 0) -> list[str]:
    """Lines of different templates."""
    places = range(first, first + count)
    return [f"stage {LETTERS[n % 20]}ova {LETTERS[n // 20 % 20]}ender {LETTERS[n // 400]}ulent broke" for n in places]


def keep(knowledge: KnowledgeBase, texts: list[str], *, at: datetime = START) -> list[Assignment]:
    pipeline = Pipeline(knowledge, MINE)
    pipeline.ensure_project()
    return pipeline.keep([LogRecord(MINE, "test", n, text, at, "etl", "ERROR") for n, text in enumerate(texts)])


def living(knowledge: KnowledgeBase) -> int:
    with knowledge.store.read() as db:
        return template_reading.template_total(db, MINE)


@pytest.fixture
def limited(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """A knowledge base whose projects may hold 100 templates."""
    with knowledge_at(database_url, tmp_path / "home", max_templates=LIMIT, window_size=50) as knowledge:
        yield knowledge


def test_the_coldest_make_room_and_no_line_is_lost(limited: KnowledgeBase) -> None:
    old = keep(limited, names(60))
    assert Evictor(limited).settle(MINE) == 0, "the limit is kept"
    new = keep(limited, names(60, 60), at=START + timedelta(hours=1))
    assert Evictor(limited).settle(MINE) == 25
    assert living(limited) == 95
    with limited.store.read() as db:
        gone = [each for each in old if categories.get(db, MINE, int(each.category_id[3:])).evicted_at]
        assert len(gone) == 25
        assert all(categories.get(db, MINE, int(each.category_id[3:])).evicted_at is None for each in new)
        assert counts.total(db, MINE) == 120
    assert Evictor(limited).settle(MINE) == 0, "and a little more than that, so that the next one finds room"


def test_the_loop_does_it_before_it_ends(limited: KnowledgeBase) -> None:
    keep(limited, names(150))
    loop = ClusterLoop(limited, MINE)
    loop.drain(MINE)
    assert living(limited) <= LIMIT
    loop.start()
    try:
        keep(limited, names(150, 150), at=START + timedelta(hours=1))
        until = time.monotonic() + 120
        while living(limited) > LIMIT:
            assert time.monotonic() < until, "the thread evicts beside its windows"
            time.sleep(0.05)
    finally:
        loop.stop()


def test_a_line_that_comes_again_begins_anew(limited: KnowledgeBase) -> None:
    old = keep(limited, names(60))
    keep(limited, names(60, 60), at=START + timedelta(hours=1))
    Evictor(limited).settle(MINE)
    again = keep(limited, names(60), at=START + timedelta(hours=2))
    assert sum(each.is_new for each in again) == 25
    before, after = {each.template_id for each in old}, {each.template_id for each in again}
    assert len(after - before) == 25
    assert not {each.category_id for each in again if each.is_new} & {each.category_id for each in old}


def test_what_people_touched_stays_and_that_is_said_once(limited: KnowledgeBase) -> None:
    made = keep(limited, names(120))
    for each in made:
        with limited.store.write() as db:
            categories.set_fields(db, MINE, int(each.category_id[3:]), label="known")
    more = keep(limited, names(10, 120))
    evictor = Evictor(limited)
    with structlog.testing.capture_logs() as logs:
        assert evictor.settle(MINE) == 10, "what nobody labelled goes, though it is warmer"
        keep(limited, names(10, 130))
        evictor._in_vain.clear()
        assert evictor.settle(MINE) == 10
    assert [each["event"] for each in logs] == ["the limit of templates cannot be kept"]
    assert logs[0]["over_limit"] == 20
    assert living(limited) == 120
    again = keep(limited, names(130))
    assert [each.template_id for each in again[:120]] == [each.template_id for each in made]
    assert all(each.is_new for each in again[120:])
    assert more[0].template_id != again[120].template_id


def test_nobody_acts_on_a_tombstone(limited: KnowledgeBase) -> None:
    (gone, *_) = keep(limited, names(60))
    (stays, *_) = keep(limited, names(60, 60), at=START + timedelta(hours=1))
    Evictor(limited).settle(MINE)
    store, text = limited.store, SolutionText("t", "", "b")
    for act in (
        lambda: curation.label(store, MINE, gone.category_id, "x", actor="ann"),
        lambda: curation.attach(store, MINE, gone.category_id, text, actor="ann"),
        lambda: curation.merge(store, MINE, gone.category_id, [stays.category_id], actor="ann"),
        lambda: curation.merge(store, MINE, stays.category_id, [gone.category_id], actor="ann"),
    ):
        with pytest.raises(Conflict, match="was evicted to make room"):
            act()


def test_another_process_that_clusters_is_left_alone(limited: KnowledgeBase) -> None:
    keep(limited, names(120))
    with holder(limited, MINE) as (answer, process):
        assert answer.isdigit()
        assert Evictor(limited).settle(MINE) == 0
        process.kill()
        process.wait(30)
    assert living(limited) == 120


def test_the_index_forgets_what_went_and_a_survivor_is_represented_again(limited: KnowledgeBase) -> None:
    peer, too = ingest(limited, PEER, PEER_TOO)
    drain(limited)
    with limited.store.read() as db:
        replica = limited.replica(db, MINE)
        assert len(replica) == 2
        [near] = replica.search(db, limited.embedder.embed(["broker"]), 10)
        assert {each.category for each, _ in near} == {int(peer.category_id[3:])}
    with limited.store.write() as db:
        eviction.evict(db, MINE, [int(peer.template_id[2:])], seen_until=START, now=START)
    with limited.store.read() as db:
        assert len(limited.replica(db, MINE)) == 1
    with limited.store.write() as db:
        eviction.evict(db, MINE, [int(too.template_id[2:])], seen_until=START, now=START)
    with limited.store.read() as db:
        assert len(limited.replica(db, MINE)) == 0
    assert limited.match(MINE, PEER).matches == ()


def test_a_window_that_was_read_before_an_eviction_writes_nothing_of_it(limited: KnowledgeBase) -> None:
    """The clusterer holds the lease while it evicts; another holder's plan is thrown away all the same."""
    peer, too = ingest(limited, PEER, PEER_TOO)
    embed = limited.embedder.embed

    class Between:
        backend, dimension, done = limited.embedder.backend, limited.embedder.dimension, False

        def embed(self, texts: list[str]) -> object:
            if not self.done:
                self.done = True
                with limited.store.write() as db:
                    eviction.evict(db, MINE, [int(too.template_id[2:])], seen_until=START, now=START)
            return embed(texts)

    limited._embedder = Between()  # type: ignore[assignment]
    drain(limited)
    with limited.store.read() as db:
        assert categories.get(db, MINE, int(too.category_id[3:])).evicted_at == START
        assert categories.get(db, MINE, int(peer.category_id[3:])).templates == 1
        assert len(limited.replica(db, MINE)) == 1


EVICT = """
import sys
from pathlib import Path
from ingest.clustering.evicting import Evictor
from tests.store.knowledge import knowledge_at
with knowledge_at(sys.argv[1], Path(sys.argv[2]), max_templates=100) as knowledge:
    print(Evictor(knowledge).settle("billing"))
"""


def evict_elsewhere(knowledge: KnowledgeBase) -> int:
    """Let another process evict."""
    url = knowledge.store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", EVICT, url, str(knowledge.settings.home_path)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)


def test_a_process_that_knew_a_template_learns_that_another_one_evicted_it(limited: KnowledgeBase) -> None:
    pipeline = Pipeline(limited, MINE)
    pipeline.ensure_project()
    records = [LogRecord(MINE, "test", n, text, START, "etl", "ERROR") for n, text in enumerate(names(120))]
    old = pipeline.keep(records)
    assert evict_elsewhere(limited) == 25
    new = pipeline.keep(records)
    changed = [was for was, now in zip(old, new, strict=True) if was.template_id != now.template_id]
    assert len(changed) == 25
    with limited.store.read() as db:
        for each in changed:
            assert categories.get(db, MINE, int(each.category_id[3:])).count == 1, "the line of before, no other"
        assert counts.total(db, MINE) == 240


def test_an_eviction_between_looking_up_and_counting_is_noticed(limited: KnowledgeBase) -> None:
    pipeline = Pipeline(limited, MINE)
    pipeline.ensure_project()
    records = [LogRecord(MINE, "test", n, text, START, "etl", "ERROR") for n, text in enumerate(names(120))]
    old = pipeline.keep(records)
    identified = pipeline.identify(pipeline.prepare([*records, records[0]]))
    assert evict_elsewhere(limited) == 25
    with limited.store.write() as db:
        kept = pipeline.store(db, identified)
    pipeline.committed(kept)
    new = [each.assignment for each in kept.enriched]
    changed = [(was, now) for was, now in zip(old, new, strict=False) if was.template_id != now.template_id]
    assert len(changed) == 25
    assert all(now.is_new for _, now in changed)
    assert new[120].template_id == new[0].template_id
    assert not new[120].is_new
    with limited.store.read() as db:
        assert counts.total(db, MINE) == 241
        assert all(categories.get(db, MINE, int(was.category_id[3:])).count == 1 for was, _ in changed)
    again = pipeline.keep(records)
    assert [each.template_id for each in again] == [each.template_id for each in new[:120]]


def merged_by_the_machine(knowledge: KnowledgeBase) -> tuple[int, int, list[int], int]:
    """A category that took in another one of two templates: their numbers, those templates, the act."""
    two = ingest(knowledge, PEER_TOO, PEER_THIRD)
    drain(knowledge)
    [one] = ingest(knowledge, PEER)
    curation.label(knowledge.store, MINE, one.category_id, "peers", actor="ann")
    drain(knowledge)
    home, source = int(one.category_id[3:]), int(two[0].category_id[3:])
    with knowledge.store.write() as db:
        assert categories.get(db, MINE, home).templates == 3
        categories.set_fields(db, MINE, home, label=None)  # what is labelled is never evicted
        act = max(each.id for each in audit.of_category(db, MINE, home) if each.actor == audit.MACHINE)
    return home, source, [int(each.template_id[2:]) for each in two], act


def test_a_machines_merge_can_be_taken_back_after_some_of_it_went(limited: KnowledgeBase) -> None:
    home, source, (gone, stays), act = merged_by_the_machine(limited)
    with limited.store.write() as db:
        assert eviction.evict(db, MINE, [gone], seen_until=START, now=START).templates == 1
    curation.undo(limited.store, MINE, act, actor="ann")
    with limited.store.read() as db:
        assert categories.get(db, MINE, home).templates == 1
        assert categories.get(db, MINE, source).status != "evicted"
        assert categories.living_templates_of(db, MINE, source) == [stays]
        assert projects.living_templates(db, MINE) == 2


def test_a_machines_merge_cannot_be_taken_back_after_all_of_a_part_went(limited: KnowledgeBase) -> None:
    home, _, two, act = merged_by_the_machine(limited)
    with limited.store.write() as db:
        assert eviction.evict(db, MINE, two, seen_until=START, now=START).templates == 2
    with pytest.raises(Conflict, match="evicted meanwhile"):
        curation.undo(limited.store, MINE, act, actor="ann")
    with limited.store.read() as db:
        assert categories.living_templates_of(db, MINE, home) == [max(two) + 1]
        assert counts.total(db, MINE) == 3


def test_pending_ones_may_go_too(limited: KnowledgeBase) -> None:
    keep(limited, names(300))
    with limited.store.write() as db:
        db.execute(update(TemplateRow).where(col(TemplateRow.id) <= 250).values(clustered=True))
    Evictor(limited).settle(MINE)
    while Clusterer(limited).run_window(MINE) is not None:
        pass
    assert living(limited) == 95
