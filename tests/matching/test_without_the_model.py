"""Questions while the model of the vectors is gone, and while the project rolls over to another one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.clustering.reindexing import Reindexing
from knowledge_base.embedding import HashingEmbedder, Vectors
from knowledge_base.errors import ModelUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.representing import backends
from tests.matching.bench import Bench
from tests.store.databases import MINE
from tests.store.knowledge import knowledge_at

LEDGER = "ERROR ledger 17 was sealed by an auditor"
TURNSTILE = "WARN turnstile jammed with a brass token inside"
KRAKEN = "FATAL qx7 zzyzx frobnication of plinth"
ASKED = "our ledger is sealed by some auditor"
NEW = HashingEmbedder(dimension=64)


class Gone(HashingEmbedder):
    """A model that no other process can open."""

    @property
    def backend(self) -> str:
        return "onnx-fp32:gone:0123456789ab"


@pytest.fixture
def left_behind(database_url: str, tmp_path: Path) -> list[int]:
    """Three categories by a model that is gone, the first and the last one solved."""
    with knowledge_at(database_url, tmp_path / "home", embedder=Gone(), group_threshold=1.0) as knowledge:
        bench = Bench(knowledge)
        made = bench.know(LEDGER, TURNSTILE, KRAKEN)
        bench.solve(made[0], "Ask them to unseal it")
        bench.solve(made[2], "Kiosk admits no contractor")
        bench.found(ASKED)
    return made


@pytest.fixture
def letters(database_url: str, tmp_path: Path, left_behind: list[int]) -> KnowledgeBase:
    """The same database where that model cannot be opened."""
    return knowledge_at(database_url, tmp_path / "home", embedder=NEW)


def test_letters_find_logs_solutions_and_codes(letters: KnowledgeBase, left_behind: list[int]) -> None:
    ledger, turnstile, kraken = left_behind
    with letters:
        bench = Bench(letters)
        with pytest.raises(ModelUnavailable):
            letters.embedder_of(MINE)
        found = bench.match(ASKED)
        assert found[0].category == ledger
        assert 0 < found[0].score < 1
        assert sum(each.score for each in found) <= 1 + 1e-9
        assert bench.match(LEDGER)[0].score == 1.0
        assert bench.match(LEDGER, is_complete=False)[0].category == ledger
        assert kraken in bench.found("kiosk admits no contractor"), "words find solutions without vectors"
        assert bench.found("a brass token jammed it")[0] == turnstile
        assert bench.match("4711") == ()
        assert bench.match(ASKED) == found


def test_letters_follow_what_people_do(letters: KnowledgeBase, left_behind: list[int]) -> None:
    ledger, turnstile, _ = left_behind
    with letters:
        bench = Bench(letters)
        assert bench.found(ASKED)[0] == ledger
        bench.merge(turnstile, ledger)
        assert bench.found(ASKED)[0] == turnstile
        assert ledger not in bench.found(ASKED)


def test_after_letters_the_new_model_answers(letters: KnowledgeBase, left_behind: list[int]) -> None:
    ledger, _, kraken = left_behind
    with letters:
        bench = Bench(letters)
        assert bench.found(ASKED)[0] == ledger
        work = Reindexing(letters)
        assert work.of(MINE).request()
        work.settle(MINE)
        found = bench.match(ASKED)
        assert found[0].category == ledger
        assert bench.found("kiosk admits no contractor")[0] == kraken


class Switching(HashingEmbedder):
    """A model during whose work, once, something else happens."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[object] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.meanwhile:
            self.meanwhile.pop()()  # type: ignore[operator]
        return super().embed(texts)


def test_a_question_that_a_switch_overtakes_is_answered_with_the_new_vectors(database_url: str, tmp_path: Path) -> None:
    old = Switching()
    home = tmp_path / "home"
    with (
        knowledge_at(database_url, home, embedder=old, group_threshold=1.0) as knowledge,
        knowledge_at(database_url, home, embedder=NEW) as other,
    ):
        ledger, *_ = Bench(knowledge).know(LEDGER, TURNSTILE, KRAKEN)
        knowledge.match(MINE, ASKED)
        work = Reindexing(other)
        assert work.of(MINE).request()

        old.meanwhile.append(lambda: work.settle(MINE))
        found = knowledge.match(MINE, ASKED)
        with knowledge.store.read() as db:
            assert backends.state(db, MINE).used == other.embedder.backend
        assert found.matches[0].category == ledger
        assert found == other.match(MINE, ASKED)


def test_questions_are_answered_all_the_while_a_project_rolls_over(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    lines = [f"ERROR {one}dor of {one}len would not admit {one}tas" for one in ("ba", "ke", "fi", "mo", "gu", "la")]
    with (
        knowledge_at(database_url, home, group_threshold=1.0) as knowledge,
        knowledge_at(database_url, home, embedder=NEW) as other,
    ):
        ledger, *_ = Bench(knowledge).know(LEDGER, TURNSTILE, KRAKEN, *lines)
        Bench(knowledge).solve(ledger, "Ask them to unseal it")
        before = knowledge.match(MINE, ASKED)
        failures: list[BaseException] = []
        seen = []
        over = threading.Event()

        def ask(base: KnowledgeBase) -> None:
            try:
                while not over.is_set():
                    seen.append(base.match(MINE, ASKED))
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=ask, args=(base,)) for base in (knowledge, other)]
        for thread in threads:
            thread.start()
        try:
            work = Reindexing(other)
            assert work.of(MINE).request()
            work.settle(MINE)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert failures == []
        after = knowledge.match(MINE, ASKED)
        assert after == other.match(MINE, ASKED)
        assert before.matches[0].category == after.matches[0].category == ledger
        assert {each.matches[0].category for each in seen} == {ledger}
