"""The indexes of a process: a project's own, of the back end that it answers with, filled by a server by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ingest.clustering.reindexing import ReindexLoop
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.pairs.opening import open_judge
from knowledge_base.retrieval import Retrieval
from knowledge_base.solution_embedding import SolutionEmbedding
from knowledge_base.store import projects
from knowledge_base.store.store import Store
from tests.index.lexical_support import solve
from tests.index.test_replica import add
from tests.index.test_solutions import EMBEDDER, WIDE, Base
from tests.store.databases import MINE, OTHER, START, opened
from tests.store.knowledge import knowledge_at


def wait_for(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def test_each_project_has_its_own(store: Store, tmp_path: Path) -> None:
    retrieval = Retrieval(store, packaged_reader(), folder=tmp_path / "index")
    number, _ = solve(store, "Create the table")
    add(store, "table <str> not found")
    SolutionEmbedding(Base(store)).catch_up(MINE, EMBEDDER)
    with store.read() as db:
        mine, other = retrieval.lexical(db, MINE, wait=True), retrieval.lexical(db, OTHER, wait=True)
        assert retrieval.lexical(db, MINE) is mine
        assert mine.is_whole
        asked = mine.asked("表不存在")
        assert len(mine.representatives(asked, 5)) == 1
        assert other.representatives(asked, 5) == []
        index = retrieval.solutions(db, MINE, EMBEDDER)
        assert retrieval.solutions(db, MINE, EMBEDDER) is index
        assert len(index) == 1
        assert len(retrieval.solutions(db, OTHER, EMBEDDER)) == 0
        judge = open_judge(packaged_reader(), EMBEDDER, kinds=None, folder=None)
        assert set(retrieval.forms(db, judge, index, [number])) == {number}
        assert len(retrieval.solutions(db, MINE, WIDE)) == 0
    retrieval.settle()


def test_a_database_in_memory_is_read_by_whoever_asks() -> None:
    with opened("sqlite://") as store:
        add(store, *(f"table {'x' * place} not found" for place in range(2_500)))
        retrieval = Retrieval(store, packaged_reader(), folder=None)
        with store.read() as db:
            lexical = retrieval.lexical(db, MINE)
            assert lexical.is_whole
            assert len(lexical.representatives(lexical.asked("table"), 3_000)) == 2_500


def test_a_server_embeds_solutions_by_itself(database_url: str, tmp_path: Path) -> None:
    embedder = HashingEmbedder(dimension=64)
    with knowledge_at(database_url, tmp_path / "home", embedder=embedder) as knowledge:
        with knowledge.store.write() as db:
            projects.ensure_project(db, MINE, START)
        add(knowledge.store, "disk full")
        solve(knowledge.store, "Free the disk")
        retrieval = Retrieval(knowledge.store, packaged_reader(), folder=None)

        def embedded() -> bool:
            with knowledge.store.read() as db:
                return len(retrieval.solutions(db, MINE, knowledge.embedder)) == 1

        loop = ReindexLoop(knowledge)
        loop.start()
        try:
            wait_for(embedded)
        finally:
            loop.stop()
        assert loop.failure is None
