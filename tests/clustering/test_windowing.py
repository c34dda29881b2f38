"""When the clusterer works on what, and for which project."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from ingest.clustering import ClusterLoop
from ingest.clustering.lease import try_lease
from ingest.clustering.loop import POLL_SECONDS, SHARED_SIZE
from ingest.clustering.windowing import Progress, read_progress
from ingest.pipeline import Pipeline
from knowledge_base.embedding import HashingEmbedder, Vectors
from knowledge_base.errors import ModelUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.intake import event_times
from knowledge_base.store.intake.event_times import EventTimes
from knowledge_base.store.tables import TemplateRow
from knowledge_base.types import LogRecord, WindowBy
from tests.clustering.test_clusterer import HEAP, PEER, PEER_TOO, pending
from tests.store.databases import MINE, OTHER, START
from tests.store.knowledge import ingest, knowledge_at

CALM = "INFO nothing of note happened"


@dataclass
class Hands:
    """A clock that goes on when it is told to."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


class Failing(HashingEmbedder):
    """Cannot embed texts with some words for now, each of them for a reason of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: dict[str, Exception] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        for word, reason in self.reasons.items():
            if any(word in text for text in texts):
                raise reason
        return super().embed(texts)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def keep(knowledge: KnowledgeBase, *lines: tuple[str, datetime], project: str = MINE, source: str = "test") -> None:
    pipeline = Pipeline(knowledge, project)
    pipeline.ensure_project()
    pipeline.keep([LogRecord(project, source, 0, text, when, "etl", "ERROR") for text, when in lines])


def by_event_time(url: str, home: Path, hands: Hands, **settings: object) -> KnowledgeBase:
    chosen = Settings(
        home=home,
        database_url=url,
        window_by=WindowBy.EVENT,
        **{"window_seconds": 10, "disorder_seconds": 3, "allowed_lateness_seconds": 20, **settings},
    )
    return KnowledgeBase(chosen, clock=hands.now, embedder=HashingEmbedder())


def waiting(knowledge: KnowledgeBase, project: str = MINE) -> list[str]:
    with knowledge.store.read() as db:
        query = select(col(TemplateRow.text)).where(
            col(TemplateRow.project) == project, col(TemplateRow.clustered).is_(False)
        )
        return sorted(db.execute(query).scalars())


def progress(knowledge: KnowledgeBase) -> Progress:
    with knowledge.store.read() as db:
        return read_progress(db, MINE, knowledge.settings, knowledge.clock())


def distinct(count: int, seed: int) -> list[str]:
    """Make texts that have no word in common."""
    by = random.Random(seed)
    return [" ".join("".join(by.choices("bcdfghjklmnpqrstvwxz", k=9)) for _ in range(4)) for _ in range(count)]


def test_a_window_by_processing_time_closes_after_a_while(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with knowledge_at(database_url, tmp_path, window_seconds=2) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        ingest(knowledge, PEER)
        assert loop.step() == POLL_SECONDS
        hands.seconds = 1.9
        ingest(knowledge, PEER_TOO)
        assert loop.step() == pytest.approx(0.1)
        assert pending(knowledge) == 2
        hands.seconds = 2
        loop.step()
        assert pending(knowledge) == 0
        assert loop.step() == POLL_SECONDS


def test_a_window_closes_with_its_last_template(database_url: str, tmp_path: Path) -> None:
    with knowledge_at(database_url, tmp_path, window_seconds=60, window_size=2) as knowledge:
        loop = ClusterLoop(knowledge, timer=Hands())
        ingest(knowledge, PEER, HEAP, CALM)
        loop.step()
        assert pending(knowledge) == 1
        loop.step()
        assert pending(knowledge) == 1


def test_a_window_by_count_waits_for_its_number_or_the_limit(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with knowledge_at(
        database_url, tmp_path, window_by="count", window_seconds=0.1, window_size=2, window_limit_seconds=30
    ) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        ingest(knowledge, PEER)
        loop.step()
        hands.seconds = 20
        loop.step()
        assert pending(knowledge) == 1
        ingest(knowledge, HEAP)
        loop.step()
        assert pending(knowledge) == 0
        ingest(knowledge, CALM)
        loop.step()
        hands.seconds = 50
        loop.step()
        assert pending(knowledge) == 0


def test_a_window_by_event_time_waits_for_the_watermark(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with by_event_time(database_url, tmp_path, hands) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        keep(knowledge, (PEER, at(1)), (PEER_TOO, at(9)), (HEAP, at(12)))
        loop.step()
        assert pending(knowledge) == 3
        assert progress(knowledge) == Progress(WindowBy.EVENT, at(9), 0, 0, at(0), at(10), 2)
        keep(knowledge, (CALM, at(13)))
        loop.step()
        assert waiting(knowledge) == [HEAP, CALM]
        assert progress(knowledge) == Progress(WindowBy.EVENT, at(10), 0, 0, at(10), at(20), 2)


def test_what_comes_too_late_is_clustered_at_once_and_counted(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with by_event_time(database_url, tmp_path, hands) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        keep(knowledge, (CALM, at(103)))
        keep(knowledge, (PEER, at(95)), (HEAP, at(2)))
        keep(knowledge, (PEER, at(94)), (HEAP, at(1)))
        told = progress(knowledge)
        assert (told.watermark, told.delayed, told.late) == (at(100), 1, 1)
        loop.step()
        loop.step()
        assert waiting(knowledge) == [CALM]


def test_a_window_by_event_time_is_open_for_no_longer_than_the_limit(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with by_event_time(database_url, tmp_path, hands, window_limit_seconds=30) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        keep(knowledge, (CALM, at(-10_000_000)), source="a clock that is wrong")
        keep(knowledge, (PEER, at(1)), (PEER_TOO, at(2)), (HEAP, at(2_000_000)))
        for seconds in (9, 18, 27):
            hands.seconds = seconds
            keep(knowledge, (CALM, at(-10_000_000)), source="a clock that is wrong")
        hands.seconds = 29.9
        loop.step()
        assert pending(knowledge) == 4
        hands.seconds = 30
        while loop.step() == 0:
            pass
        assert pending(knowledge) == 0


def test_event_time_is_kept_with_the_batch_and_over_restarts(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with by_event_time(database_url, tmp_path, hands) as knowledge:
        keep(knowledge, (CALM, at(103)), source="one")
        keep(knowledge, (PEER, at(0)), source="two")
        hands.seconds = 1
        pipeline = Pipeline(knowledge, MINE)
        identified = pipeline.identify(
            pipeline.prepare([LogRecord(MINE, "one", 0, HEAP, at(0), "etl", "ERROR") for _ in range(2)])
        )
        with knowledge.store.write() as db:
            pipeline.store(db, identified)
            db.rollback()  # as if it had died here
        before = times_of(knowledge)
        assert (before.watermark, before.delayed, before.late) == (at(100), 0, 1)
    with by_event_time(database_url, tmp_path, hands) as knowledge:
        assert times_of(knowledge) == before
        keep(knowledge, (HEAP, at(0)), source="one")  # stored by the batch that was lost, counted by this one
        assert times_of(knowledge).late == 2
        keep(knowledge, (HEAP, at(0)), source="one")
        assert times_of(knowledge).late == 2
        loop = ClusterLoop(knowledge, timer=hands)
        while loop.step() == 0:
            pass
        assert waiting(knowledge) == [CALM]
        assert loop.drain(MINE) == 0
        assert pending(knowledge) == 0


def times_of(knowledge: KnowledgeBase) -> EventTimes:
    with knowledge.store.read() as db:
        return event_times.read(db, MINE)


def test_projects_and_sources_have_times_of_their_own(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with by_event_time(database_url, tmp_path, hands) as knowledge:
        keep(knowledge, (CALM, at(100)), source="a\0b" + "x" * 2000)
        keep(knowledge, (CALM, at(200)), project=OTHER)
        assert times_of(knowledge).watermark == at(97)
        [name] = times_of(knowledge).sources
        assert len(name) == event_times.SOURCE_LENGTH
        with knowledge.store.write() as db:
            event_times.leave(db, MINE, "a\0b" + "x" * 2000)
        assert not times_of(knowledge).sources


def test_without_windows_by_event_time_nothing_is_noted(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER)
    assert times_of(knowledge) == EventTimes()


def test_a_storm_in_one_project_keeps_no_other_waiting(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with knowledge_at(database_url, tmp_path, window_seconds=1, window_size=300) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        ingest(knowledge, *distinct(900, seed=1), project=OTHER)
        loop.step()
        assert pending(knowledge, OTHER) == 600
        ingest(knowledge, PEER)
        loop.step()
        hands.seconds = 1
        before = pending(knowledge, OTHER)
        while pending(knowledge):
            loop.step()
        assert before - pending(knowledge, OTHER) <= SHARED_SIZE
        steps = 0
        while pending(knowledge, OTHER):
            steps += 1
            hands.seconds += 1
            loop.step()
        assert steps <= 3


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (ModelUnavailable("mend the model"), "mend the model"),
        (ValueError("secret"), "an unexpected error (ValueError)"),
    ],
)
def test_what_fails_in_one_project_stops_no_other(
    database_url: str, tmp_path: Path, reason: Exception, said: str
) -> None:
    hands, embedder = Hands(), Failing()
    embedder.reasons["heap"] = reason
    with knowledge_at(database_url, tmp_path, embedder=embedder, window_seconds=1) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        for _ in range(3):
            ingest(knowledge, PEER, HEAP)
            ingest(knowledge, PEER_TOO, project=OTHER)
            loop.step()
            hands.seconds += 1
            loop.step()
            loop.step()
        assert (pending(knowledge), pending(knowledge, OTHER)) == (2, 0)
        assert said in (loop.failure_of(MINE) or "")
        assert "secret" not in (loop.failure_of(MINE) or "")
        assert loop.failure_of(OTHER) is None
        assert loop.failure is reason
        assert loop.step() > 0, "it is not tried again at once"
        embedder.reasons.clear()
        hands.seconds += 60
        loop.step()
        hands.seconds += 1
        loop.step()
        assert pending(knowledge) == 0
        assert loop.failure_of(MINE) is None


def test_what_another_clusterer_does_is_not_asked_for_all_the_time(database_url: str, tmp_path: Path) -> None:
    hands = Hands()
    with knowledge_at(database_url, tmp_path, window_size=1) as knowledge:
        loop = ClusterLoop(knowledge, timer=hands)
        ingest(knowledge, PEER)
        with try_lease(knowledge, MINE):
            loop.step()
            assert loop.step() == POLL_SECONDS
        hands.seconds = POLL_SECONDS
        loop.step()
        assert pending(knowledge) == 0


def test_the_loop_finds_what_another_process_stored(database_url: str, tmp_path: Path) -> None:
    with knowledge_at(database_url, tmp_path, window_seconds=0.05) as knowledge:
        loop = ClusterLoop(knowledge)
        loop.start()
        try:
            with knowledge_at(database_url, tmp_path) as other:
                ingest(other, PEER, PEER_TOO)
            end = time.monotonic() + 30
            while pending(knowledge):
                assert time.monotonic() < end
                time.sleep(0.05)
        finally:
            loop.stop()
        assert loop.failure is None
        assert loop.merged == 1
