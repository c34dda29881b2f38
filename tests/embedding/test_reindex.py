"""The roll-over to another model: answered all the while, resumed after a kill, done once."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, select, text
from sqlmodel import col

from ingest.clustering import Clusterer
from ingest.clustering.lease import try_lease
from ingest.clustering.reindexing import Reindexing, ReindexLoop
from knowledge_base.embedding import Embedder, HashingEmbedder, Vectors
from knowledge_base.embedding.worded import BackendName, keep_glossary, kept_glossary, packaged_reader
from knowledge_base.errors import Conflict, ModelUnavailable
from knowledge_base.features.cleaning import CLEANING_VERSION, cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.engine import open_engine
from knowledge_base.store.representing import backends, representatives
from knowledge_base.store.representing.backend_tables import VectorRow
from knowledge_base.store.representing.representatives import NewRepresentative
from knowledge_base.store.schema import MIGRATIONS
from knowledge_base.store.store import Store
from knowledge_base.store.tables import RepresentativeRow
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import ingest, knowledge_at

SUBJECTS = ("volume", "ledger", "broker", "scheduler", "gateway", "certificate", "replica", "bucket", "lease", "cursor")
FAULTS = (
    "ran out of space while compacting",
    "refused the connection of a peer",
    "has expired since last night",
    "was not found by the resolver",
    "answered with garbage instead of a header",
    "deadlocked against another writer",
    "lost its quorum during the election",
    "was killed for eating memory",
    "denied permission to its owner",
    "timed out before the handshake",
    "returned fewer rows than promised",
    "could not parse the manifest",
    "overflowed a counter of retries",
    "was started twice by mistake",
    "stopped reporting a heartbeat",
)
LINES = tuple(f"ERROR {subject} {fault}" for subject in SUBJECTS for fault in FAULTS)
QUESTIONS = ("the ledger lost quorum during an election", "broker refused a connection", LINES[7], "deadlocked bucket")
OLD, NEW, THIRD = HashingEmbedder(), HashingEmbedder(dimension=64), HashingEmbedder(dimension=96)

KILLED = """
import os, signal, sys
from pathlib import Path
from ingest.clustering.reindexing import Reindexing
from knowledge_base.embedding import HashingEmbedder
from tests.store.knowledge import knowledge_at
with knowledge_at(sys.argv[1], Path(sys.argv[2]), embedder=HashingEmbedder(dimension=64)) as knowledge:
    work = Reindexing(knowledge)
    work.of("billing").request()
    for _ in range(int(sys.argv[3])):
        work.step("billing")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass
class Home:
    """A database and a folder on which knowledge bases are opened, as processes would."""

    url: str
    folder: Path

    @contextmanager
    def knowing(self, embedder: Embedder, glossary: Path | None = None) -> Iterator[KnowledgeBase]:
        with knowledge_at(
            self.url, self.folder, embedder=embedder, glossary=glossary, group_threshold=1.0
        ) as knowledge:
            yield knowledge


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Home:
    """A home in which each line has a category of its own, by the old model."""
    home = Home(database_url, tmp_path / "home")
    with home.knowing(OLD) as knowledge:
        add(knowledge, *LINES)
    return home


def add(knowledge: KnowledgeBase, *lines: str) -> None:
    ingest(knowledge, *lines)
    while Clusterer(knowledge).run_window(MINE) is not None:
        pass


def answers(knowledge: KnowledgeBase) -> list[list[tuple[int, float]]]:
    return [
        [(each.category, round(each.score, 6)) for each in knowledge.match(MINE, asked).matches] for asked in QUESTIONS
    ]


def best(knowledge: KnowledgeBase) -> list[int]:
    return [found[0][0] for found in answers(knowledge)]


def used(knowledge: KnowledgeBase) -> str:
    with knowledge.store.read() as db:
        return backends.state(db, MINE).used


def indexed(knowledge: KnowledgeBase) -> int:
    with knowledge.store.read() as db:
        return len(knowledge.replica(db, MINE))


def prepared(knowledge: KnowledgeBase) -> int:
    with knowledge.store.read() as db:
        return int(db.execute(select(func.count()).select_from(VectorRow)).scalar_one())


def begin(knowledge: KnowledgeBase, steps: int) -> Reindexing:
    work = Reindexing(knowledge)
    assert work.of(MINE).request()
    for _ in range(steps):
        assert work.step(MINE)
    return work


def test_the_old_vectors_answer_until_all_are_new(home: Home) -> None:
    with home.knowing(OLD) as old, home.knowing(NEW) as new:
        before = answers(old)
        assert answers(new) == before, "a process with another model answers as the project does"
        work = begin(new, 2)
        assert 0 < prepared(new) < len(LINES)
        assert answers(old) == answers(new) == before
        assert work.settle(MINE) + 128 == len(LINES)
        assert used(old) == new.embedder.backend != old.embedder.backend
        assert answers(old) == answers(new) != before
        assert best(old) == [found[0][0] for found in before]
        with old.store.read() as db:
            assert old.replica(db, MINE).dimension == NEW.dimension


def test_nothing_of_the_old_vectors_is_left(home: Home) -> None:
    with home.knowing(NEW) as new:
        begin(new, 0).settle(MINE)
        with new.store.read() as db:
            rows = db.execute(select(col(RepresentativeRow.backend), col(RepresentativeRow.vector))).all()
            assert not backends.state(db, MINE).is_due
        assert {(backend, len(vector)) for backend, vector in rows} == {(new.embedder.backend, 4 * NEW.dimension)}
        assert prepared(new) == 0
        assert indexed(new) == len(LINES)
    with home.knowing(NEW) as again:
        assert not Reindexing(again).of(MINE).request()


def test_what_comes_meanwhile_is_there_after_the_switch(home: Home) -> None:
    late = "ERROR the turnstile jammed with a brass token inside"
    with home.knowing(OLD) as old, home.knowing(NEW) as new:
        work = begin(new, 2)
        add(old, late)
        found = old.match(MINE, "brass token jammed in a turnstile").matches[0].category
        work.settle(MINE)
        later = "ERROR the pantograph tore the overhead wire"
        add(old, later)
        assert indexed(old) == indexed(new) == len(LINES) + 2
        assert new.match(MINE, "brass token jammed in a turnstile").matches[0].category == found
        assert new.match(MINE, "overhead wire torn by a pantograph").matches[0].score > 0.5
        with new.store.read() as db:
            assert backends.count_unembedded(db, MINE, new.embedder.backend) == (len(LINES) + 2, 0)


def test_what_is_removed_meanwhile_stays_removed(home: Home) -> None:
    with home.knowing(NEW) as new:
        work = begin(new, 1)
        with new.store.read() as db:
            first = backends.unembedded(db, MINE, "none", after=0, limit=3)
        with new.store.write() as db:
            representatives.remove(db, MINE, [each.id for each in first])
        work.settle(MINE)
        assert indexed(new) == len(LINES) - 3
        assert prepared(new) == 0


@pytest.mark.parametrize("steps", [1, 3, 4], ids=["embedding", "all embedded", "switched"])
def test_a_killed_process_is_followed_by_one_that_goes_on(home: Home, steps: int) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, home.url, str(home.folder), str(steps)], timeout=120)
    assert done.returncode == -signal.SIGKILL
    with home.knowing(NEW) as new:
        assert Reindexing(new).settle(MINE) == max(0, len(LINES) - 64 * steps)
        assert used(new) == new.embedder.backend
        assert prepared(new) == 0
        assert indexed(new) == len(LINES)


def test_two_at_once_embed_each_text_once(home: Home) -> None:
    embedded: list[int] = []
    with home.knowing(NEW) as one, home.knowing(NEW) as other:
        begin(one, 0)
        threads = [
            threading.Thread(target=lambda each=each: embedded.append(Reindexing(each).settle(MINE)))
            for each in (one, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(embedded) == len(LINES)
        assert used(one) == one.embedder.backend


def test_the_switch_waits_for_the_window_that_is_under_way(home: Home) -> None:
    with home.knowing(NEW) as new:
        work = begin(new, 3)
        with try_lease(new, MINE) as lease:
            assert lease is not None
            assert work.step(MINE) is None
            assert used(new) == backends_name(OLD, new)
        work.settle(MINE)
        assert used(new) == new.embedder.backend


def backends_name(embedder: Embedder, knowledge: KnowledgeBase) -> str:
    """Name the back end of a twin with the glossary that a knowledge base has."""
    return embedder.backend + knowledge.embedder.backend[knowledge.embedder.backend.index("+") :]


def test_whoever_asks_last_is_followed_and_nothing_of_the_others_stays(home: Home) -> None:
    with home.knowing(NEW) as new, home.knowing(THIRD) as third:
        interrupted = begin(new, 1).of(MINE)
        work = begin(third, 0)
        with new.store.write() as db, pytest.raises(Conflict, match="another process asked"):
            backends.put_vectors(db, MINE, new.embedder.backend, {1: b""})
        assert interrupted.state().wanted == third.embedder.backend
        work.settle(MINE)
        assert used(new) == third.embedder.backend
        assert prepared(new) == 0


def test_what_was_made_and_dropped_is_made_again(home: Home) -> None:
    with home.knowing(NEW) as new, home.knowing(OLD) as old:
        work = begin(new, 2)
        back = Reindexing(old)
        back.of(MINE).request()
        back.settle(MINE)
        assert prepared(new) == 0
        assert work.of(MINE).request()
        work.settle(MINE)
        assert used(new) == new.embedder.backend
        assert indexed(new) == len(LINES)


def test_asking_for_the_old_one_again_ends_it(home: Home) -> None:
    with home.knowing(OLD) as old, home.knowing(NEW) as new:
        before = answers(old)
        begin(new, 2)
        work = Reindexing(old)
        work.of(MINE).request()
        assert work.settle(MINE) == 0
        assert prepared(old) == 0
        assert used(old) == old.embedder.backend
        assert answers(old) == answers(new) == before


def test_projects_roll_over_each_by_itself(home: Home) -> None:
    with home.knowing(OLD) as old, home.knowing(NEW) as new:
        ingest(old, *LINES[:3], project=OTHER)
        Clusterer(old).run_window(OTHER)
        begin(new, 0).settle(MINE)
        with new.store.read() as db:
            assert backends.state(db, OTHER).used == old.embedder.backend
            assert len(new.replica(db, OTHER)) == 3


def test_a_first_project_uses_what_is_set(home: Home) -> None:
    with home.knowing(NEW) as new:
        assert not Reindexing(new).of(OTHER).request()
        ingest(new, *LINES[:3], project=OTHER)
        Clusterer(new).run_window(OTHER)
        with new.store.read() as db:
            assert backends.state(db, OTHER).used == new.embedder.backend


class Gone(HashingEmbedder):
    """A model that no other process can open."""

    @property
    def backend(self) -> str:
        return "onnx-fp32:gone:0123456789ab"


def test_where_the_old_model_is_gone_letters_answer_until_the_new_one_does(database_url: str, tmp_path: Path) -> None:
    home = Home(database_url, tmp_path / "home")
    with home.knowing(Gone()) as old:
        add(old, *LINES)
        before = best(old)
    with home.knowing(NEW) as new:
        with pytest.raises(ModelUnavailable, match="onnx-fp32:gone:0123456789ab is not in"):
            new.embedder_of(MINE)
        assert best(new) == before
        assert new.match(MINE, LINES[7]).matches[0].score == 1.0
        with new.store.write() as db:
            representatives.remove(db, MINE, [backends.unembedded(db, MINE, "none", after=0, limit=1)[0].id])
        assert best(new) == before, "it follows what is removed"
        ingest(new, "ERROR a line that waits for the new model")
        with pytest.raises(ModelUnavailable):
            Clusterer(new).run_window(MINE)
        assert best(new) == before
        begin(new, 0).settle(MINE)
        assert best(new) == before
        assert Clusterer(new).run_window(MINE) is not None


def test_what_another_back_end_left_behind_is_completed(home: Home) -> None:
    """Databases from before one project had one back end may hold vectors that nobody asks for."""
    with home.knowing(OLD) as old:
        left = NewRepresentative(
            3, None, "the pantograph tore the overhead wire", (), np.zeros(8, np.float32).tobytes()
        )
        with old.store.write() as db:
            representatives.add(db, MINE, [left], "other")
        assert indexed(old) == len(LINES)
        reindexer = Reindexing(old).of(MINE)
        assert reindexer.complete()
        assert Reindexing(old).settle(MINE) == 1
        assert not reindexer.complete()
        assert indexed(old) == len(LINES) + 1
        assert old.match(MINE, "overhead wire torn by a pantograph").matches[0].category == 3


def test_the_outlook_says_what_is_to_be_done(home: Home) -> None:
    with home.knowing(NEW) as new:
        reindexer = Reindexing(new).of(MINE)
        before = reindexer.outlook()
        assert (before.representatives, before.to_embed, before.is_due) == (len(LINES), len(LINES), True)
        assert before.seconds > 0
        assert not reindexer.state().is_due, "it only looks"
        begin(new, 1)
        assert reindexer.outlook().to_embed == len(LINES) - 64
        Reindexing(new).settle(MINE)
        assert not reindexer.outlook().is_due


def test_a_server_rolls_over_by_itself(home: Home) -> None:
    with home.knowing(NEW) as new:
        loop = ReindexLoop(new)
        loop.start()
        try:
            wait_for(lambda: used(new) == new.embedder.backend and not prepared(new))
        finally:
            loop.stop()
        assert loop.failure is None
        assert indexed(new) == len(LINES)


def test_a_server_whose_model_cannot_be_opened_says_so_and_keeps_the_old_one(home: Home) -> None:
    settings = Settings(
        home=home.folder, database_url=home.url, model=str(home.folder / "no-model"), model_dir=home.folder / "models"
    )
    with home.knowing(OLD) as old, KnowledgeBase(settings) as broken:
        loop = ReindexLoop(broken)
        loop.start()
        try:
            wait_for(lambda: loop.failure is not None)
        finally:
            loop.stop()
        assert "no-model" in str(loop.failure)
        assert answers(broken) == answers(old)


def wait_for(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


class Counting(HashingEmbedder):
    """Counts the texts that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().embed(texts)


def test_another_glossary_embeds_anew_what_it_reads_otherwise_and_nothing_else(home: Home, tmp_path: Path) -> None:
    glossary = tmp_path / "own.yaml"
    glossary.write_text(
        "concepts:\n- name: pantograph-torn\n  kind: act\n  english: pantograph torn\n  chinese: [弓网刮碰]\n", "utf-8"
    )
    with home.knowing(OLD) as old:
        add(old, "ERROR 弓网刮碰")
        (kept,) = (home.folder / "glossaries").iterdir()
    counting = Counting()
    with home.knowing(counting, glossary) as new:
        before = answers(new)
        assert not any("pantograph" in each for each in counting.texts), "the former glossary is used until then"
        work = Reindexing(new)
        assert work.of(MINE).request()
        counting.texts.clear()
        assert work.settle(MINE) == len(LINES) + 1
        assert counting.texts == ["error pantograph torn"]
        assert answers(new) == before
        assert used(new) == new.embedder.backend
        assert len(list((home.folder / "glossaries").iterdir())) == 2
    kept.unlink()
    with home.knowing(OLD) as again:
        assert used(again) != again.embedder.backend
        assert answers(again) == before


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_an_older_database_answers_with_the_back_end_of_most_of_its_vectors(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'kea.db'}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("postgres_database")
    made = [("one", False), ("two", False), ("two", False), *[("one", True)] * 3]
    rows = [
        {"project": "a", "id": number, "backend": backend, "removed": removed}
        for number, (backend, removed) in enumerate(made)
    ]
    rows.append({"project": "b", "id": 9, "backend": "one", "removed": False})
    insert = text(
        "INSERT INTO representative (project, id, category, text, codes, vector, backend, generation, removed)"
        " VALUES (:project, :id, 1, '', '[]', :vector, :backend, 1, :removed)"
    )
    engine = open_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        connection.execute(insert, [{**row, "vector": b""} for row in rows])
    engine.dispose()
    with Store(url) as store, store.read() as db:
        assert backends.state(db, "a") == backends.BackendState("two", "two", untidy=False)
        assert backends.state(db, "b") == backends.BackendState("one", "", untidy=False)
        assert not backends.state(db, "c").used


def test_a_glossary_is_kept_whole(tmp_path: Path) -> None:
    glossary = packaged_reader().glossary
    keep_glossary(tmp_path, glossary)
    keep_glossary(tmp_path, glossary)
    assert kept_glossary(tmp_path, glossary.digest) == replace(glossary, version=1)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text("ascii").replace("not found", "found"), "ascii")
    with pytest.raises(ModelUnavailable, match="damaged"):
        kept_glossary(tmp_path, glossary.digest)
    file.write_text("{", "ascii")
    with pytest.raises(ModelUnavailable, match="is not in"):
        kept_glossary(tmp_path, glossary.digest)


def test_cleaning_has_the_version_that_it_says() -> None:
    """Where this fails, raise CLEANING_VERSION and put the new digest here: stored vectors are made anew then."""
    texts = (
        *LINES[:20],
        "FAILED: org.acme.orders.TableNotFoundException: table <table> not found in db_name",
        "Caused by: java.io.IOException: 磁盘空间不足 <path>\n\tat org.acme.Main.main(Main.java:1)\n",
        "ORA-00942 HTTPServerError: x=1;y__z fooBarBAZQux ... 3 more",
    )
    digest = hashlib.sha256("\n".join(map(cleaned, texts)).encode()).hexdigest()[:16]
    assert (CLEANING_VERSION, digest) == (1, "49f68b89727cdd6d")


@pytest.mark.parametrize(
    "name",
    [
        "onnx-fp32:e5:0123456789ab",
        "onnx-fp32:e5:0123456789ab+text7.0123456789abcdef",
        "onnx-fp32:c++:0123456789ab+text1.0123456789abcdef",
        "x+text1.zz",
        "",
    ],
)
def test_a_name_is_put_together_as_it_was(name: str) -> None:
    assert str(BackendName.parse(name)) == name
