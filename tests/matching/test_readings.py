"""What representatives say is kept beside them, gives the profiles that reading gives, and is made by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlmodel import col

from assistant.answering import Assistant
from ingest.clustering import ClusterLoop
from ingest.clustering.lease import try_lease
from ingest.clustering.reading_upkeep import ReadingUpkeep
from ingest.clustering.reindexing import Reindexing
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.embedding.port import Vectors
from knowledge_base.errors import ModelUnavailable
from knowledge_base.features.cleaning import cleaned
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import Found
from knowledge_base.pairs.judge import Judge, Profiles
from knowledge_base.pairs.reading import given_back, kept, version_of
from knowledge_base.store.representing import readings, representatives
from knowledge_base.store.representing.backend_tables import ReadingRow
from knowledge_base.store.tables import RepresentativeRow
from knowledge_base.types import Question
from tests.matching.bench import Bench
from tests.matching.texts import TEXTS
from tests.pairs.judging import Court
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import ingest, knowledge_at

LINES = (
    "ERROR table orders not found (ORA-00942)",
    "ERROR connection to the broker timed out",
    "ERROR 磁盘空间不足，写入失败",
    "java.lang.OutOfMemoryError: Java heap space",
    "ERROR permission denied for schema ledger",
)
QUESTIONS = (
    "orders: table does not exist",
    "broker 连接超时",
    "disk full, cannot write",
    "why does it run out of memory?",
)


@pytest.mark.parametrize("place", range(len(TEXTS)))
def test_a_profile_is_given_back_as_it_was(court: Court, place: int) -> None:
    text, codes = TEXTS[place]
    [vector] = court.embedder.embed([cleaned(text)])
    profile = court.judge.profile(text, codes, vector)
    said = kept(profile)
    assert said.isascii()
    again = given_back(said, codes)
    assert again == profile
    assert again is not None
    assert list(again.kinds) == list(profile.kinds)


WORDS = (
    "table",
    "not found",
    "不存在",
    "连接",
    "超时",
    "OutOfMemoryError",
    "ORA-00942",
    "exit code 137",
    "<num>",
    "\n\tat x",
)


@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=12),
    st.lists(st.sampled_from(("ORA-00942", "137", "x")) | st.text(max_size=5), max_size=4),
)
def test_any_profile_is_given_back(court: Court, said: list[str], codes: list[str]) -> None:
    text = " ".join(said)
    [vector] = court.embedder.embed([cleaned(text)])
    profile = court.judge.profile(text, codes, vector)
    assert given_back(kept(profile), codes) == profile


@pytest.mark.parametrize(
    "said",
    ["", "{", "null", "[]", "7", '["a"]', '[1,null,[],[],[],{}]', '["a",null,[],[],[],[]]', '["a",null,1,[],[],{}]',
     '["a",null,[],[],[],{"b":"c"}]', '["a",null,[[]],[],[],{}]', "[" * 100_000],
)  # fmt: skip
def test_what_is_damaged_is_no_profile(said: str) -> None:
    assert given_back(said, ()) is None


def test_each_way_of_reading_has_a_version_of_its_own(court: Court) -> None:
    judge = court.judge
    heavier = replace(judge.model, wording=replace(judge.model.wording, bias=judge.model.wording.bias + 1))
    versions = {version_of(each) for each in (judge, replace(judge, name="other"), replace(judge, model=heavier))}
    assert len(versions) == 3
    assert {len(each) for each in versions} == {32}
    assert version_of(replace(judge)) == version_of(judge.following(len, 7)) == version_of(judge)


def judge_of(knowledge: KnowledgeBase) -> Judge:
    return knowledge.judge_with(knowledge.embedder_of(MINE))


def living(knowledge: KnowledgeBase, project: str = MINE) -> dict[int, str]:
    """The texts of living representatives by their numbers."""
    with knowledge.store.read() as db:
        rows = db.execute(
            select(col(RepresentativeRow.id), col(RepresentativeRow.text)).where(
                col(RepresentativeRow.project) == project, col(RepresentativeRow.removed).is_(False)
            )
        )
        return {row[0]: row[1] for row in rows}


def said_of(knowledge: KnowledgeBase, project: str = MINE, version: str | None = None) -> dict[int, str]:
    """All that is kept, of one version."""
    with knowledge.store.read() as db:
        every = list(
            db.execute(select(col(ReadingRow.representative)).where(col(ReadingRow.project) == project)).scalars()
        )
        return readings.read(db, project, every, version or version_of(judge_of(knowledge)))


def forget_all(knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        db.execute(delete(ReadingRow))


def ask_afresh(knowledge: KnowledgeBase) -> list[Found]:
    """Ask by a process that remembers nothing."""
    other = knowledge_at(knowledge.settings.url, knowledge.settings.home_path)
    with other:
        return [other.match(MINE, each) for each in QUESTIONS]


def test_what_is_clustered_is_kept_and_asked_by(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge = bench.knowledge
    bench.solve(bench.know(*LINES)[0], "Create the table", "orders was dropped")
    assert said_of(knowledge).keys() == living(knowledge).keys()
    assert len(living(knowledge)) == len(LINES)
    with_readings = ask_afresh(knowledge)
    read: list[str] = []
    plain = Judge.profiles

    def noted(self: Judge, texts: list[tuple[str, tuple[str, ...]]], vectors: Vectors) -> object:
        read.extend(text for text, _ in texts)
        return plain(self, texts, vectors)

    monkeypatch.setattr(Judge, "profiles", noted)
    ask_afresh(knowledge)
    texts = set(living(knowledge).values())
    assert read
    assert not texts & set(read)
    forget_all(knowledge)
    assert ask_afresh(knowledge) == with_readings
    assert texts & set(read)
    assert any(each.matches for each in with_readings)


def test_what_was_read_otherwise_or_is_damaged_is_read_again(bench: Bench) -> None:
    knowledge = bench.knowledge
    bench.know(*LINES)
    right, before = said_of(knowledge), ask_afresh(knowledge)
    wrong = kept(given_back(next(iter(right.values())), ()) or pytest.fail("is no profile"))
    for values in ({"version": "of another time", "said": wrong}, {"said": "{"}):
        with knowledge.store.write() as db:
            db.execute(update(ReadingRow).values(**values))
        assert ask_afresh(knowledge) == before
    with knowledge.store.write() as db:
        db.execute(update(ReadingRow).values(version="of another time"))
    assert ReadingUpkeep(knowledge, Profiles()).settle(MINE) == len(right)
    assert said_of(knowledge) == right


def test_what_is_missing_is_made_from_the_newest_on_in_steps(bench: Bench) -> None:
    knowledge = bench.knowledge
    bench.know(*(f"ERROR {a} of {b} is broken" for a in ("door", "lamp", "pump") for b in map(chr, range(97, 121))))
    whole = said_of(knowledge)
    assert len(whole) == len(living(knowledge)) > 60
    forget_all(knowledge)
    now = iter(range(10_000))
    upkeep = ReadingUpkeep(knowledge, Profiles(), timer=lambda: float(next(now)))
    assert upkeep.step(MINE) == 50
    assert said_of(knowledge).keys() == set(sorted(whole)[-50:])
    [home] = bench.know("ERROR something new came in between")
    forget = max(living(knowledge))
    with knowledge.store.write() as db:
        readings.forget(db, MINE, [forget])
    assert upkeep.step(MINE) == 1, "what is new comes first"
    while upkeep.step(MINE) is not None:
        pass
    assert said_of(knowledge).keys() == living(knowledge).keys()
    assert said_of(knowledge).keys() > whole.keys()
    assert upkeep.step(MINE) is None
    assert home


def test_a_process_without_a_model_reads_nothing(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    ClusterLoop(knowledge, MINE).drain(MINE)
    forget_all(knowledge)
    with knowledge_at(knowledge.settings.url, knowledge.settings.home_path) as other:
        assert not other.has_model
        assert ReadingUpkeep(other, Profiles()).settle(MINE) == 0
        assert other.embedder
        assert ReadingUpkeep(other, Profiles()).settle(MINE) == len(living(knowledge))


def test_while_another_process_clusters_nothing_is_read(bench: Bench) -> None:
    bench.know(*LINES)
    forget_all(bench.knowledge)
    upkeep = ReadingUpkeep(bench.knowledge, Profiles())
    with try_lease(bench.knowledge, MINE) as lease:
        assert lease is not None
        assert upkeep.settle(MINE) == 0
    assert upkeep.settle(MINE) == len(LINES)


def test_a_project_without_representatives_has_nothing_to_read(bench: Bench) -> None:
    bench.know(*LINES)
    assert ReadingUpkeep(bench.knowledge, Profiles()).settle(OTHER) == 0
    bench.know(LINES[0], project=OTHER)
    mine = said_of(bench.knowledge)
    with bench.knowledge.store.write() as db:
        readings.forget(db, OTHER, list(mine))
        assert readings.read(db, OTHER, list(mine), version_of(judge_of(bench.knowledge))) == {}
    assert said_of(bench.knowledge) == mine


def test_what_is_removed_is_forgotten(bench: Bench) -> None:
    knowledge = bench.knowledge
    bench.know(*LINES)
    gone, *rest = sorted(living(knowledge))
    version = version_of(judge_of(knowledge))
    with knowledge.store.write() as db:
        representatives.remove(db, MINE, [gone])
        assert readings.put(db, MINE, {gone: "[]", 10**9: "[]"}, version) == 0
    with knowledge.store.read() as db:
        count = db.execute(select(func.count()).select_from(ReadingRow)).scalar_one()
    assert count == len(rest)


def test_what_is_learnt_is_kept_too(bench: Bench) -> None:
    knowledge = bench.knowledge
    home = bench.know(*LINES)[0]
    asked = Assistant(knowledge).ask(Question(MINE, "cli", "mei", "who dropped what we ordered?"))
    assert asked.question_id is not None
    curation.pick(knowledge.store, MINE, asked.question_id, public_id(Prefix.CATEGORY, home), actor="Mei")
    ClusterLoop(knowledge, MINE).drain(MINE)
    assert "who dropped what we ordered?" in living(knowledge).values()
    assert said_of(knowledge).keys() == living(knowledge).keys()


class OtherEmbedder(HashingEmbedder):
    """Another model of the same size."""

    backend = "other-v1:384"

    def embed(self, texts: object) -> Vectors:
        return np.asarray(-super().embed(texts), np.float32)  # type: ignore[arg-type]


def test_after_a_roll_over_all_is_read_anew(database_url: str, tmp_path: Path) -> None:
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        ingest(knowledge, *LINES)
        ClusterLoop(knowledge, MINE).drain(MINE)
        former = said_of(knowledge)
        version = version_of(judge_of(knowledge))
    with knowledge_at(database_url, tmp_path / "home", embedder=OtherEmbedder()) as knowledge:
        reindexing = Reindexing(knowledge)
        assert reindexing.of(MINE).request()
        upkeep = ReadingUpkeep(knowledge, Profiles())
        reindexing.settle(MINE)
        assert version_of(judge_of(knowledge)) != version
        assert upkeep.settle(MINE) == len(former)
        assert said_of(knowledge, version=version) == {}
        assert said_of(knowledge).keys() == former.keys()


def test_a_model_that_is_gone_is_tried_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.know(*LINES)
    forget_all(bench.knowledge)
    tried: list[str] = []

    def gone(self: KnowledgeBase, backend: str) -> object:
        tried.append(backend)
        raise ModelUnavailable("the model is gone")

    monkeypatch.setattr(KnowledgeBase, "embedder_named", gone)
    upkeep = ReadingUpkeep(bench.knowledge, Profiles())
    assert [upkeep.step(MINE), upkeep.step(MINE)] == [0, None]
    assert len(tried) == 1


def test_what_is_kept_is_small() -> None:
    assert json.loads(kept(given_back('["a b","死锁",[],[],[],{"k":0.123456789}]', ()) or pytest.fail("none"))) == [
        "a b",
        "死锁",
        [],
        [],
        [],
        {"k": 0.123456789},
    ]
