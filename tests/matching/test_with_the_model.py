"""The default model: what is meant is found in other words and in another language, and strangers are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_base.embedding import Embedder
from tests.matching.bench import Bench
from tests.store.databases import copied_file
from tests.store.knowledge import knowledge_at

LINES = (
    "ERROR relation invoices_2024 does not exist",
    "FATAL could not write block 17: no space left on device",
    "ERROR login of user 4711 failed: token expired at 09:30",
    "WARN turnstile jammed with a brass token inside",
)
ASKED = {
    "where has the invoices table gone": 0,
    "发票表不存在": 0,
    "the volume is completely full and nothing can be saved": 1,
    "磁碟空間不足，無法寫入": 1,
    "我的令牌过期了，登录不上": 2,
    "someone's coin got stuck in the entrance gate": 3,
}
STRANGERS = ("how do I book a meeting room", "食堂几点开门", "the colour of the logo looks wrong")


@pytest.fixture(scope="module")
def bench(empty_file: Path, tmp_path_factory: pytest.TempPathFactory, model_embedder: Embedder) -> Iterator[Bench]:
    """Four categories, three of them solved."""
    home = tmp_path_factory.mktemp("home")
    url = copied_file(empty_file, home / "kea.db")
    with knowledge_at(url, home, embedder=model_embedder, group_threshold=1.0) as knowledge:
        bench = Bench(knowledge)
        made = bench.know(*LINES)
        assert made == [1, 2, 3, 4]
        bench.solve(1, "Invoices table is missing", "The yearly table was not created", "Run the migration")
        bench.solve(2, "Disk is full", "Old segments were never deleted", "Delete what is older than a week")
        bench.solve(4, "Coin stuck in the entrance gate", "", "Call the caretaker")
        yield bench


@pytest.mark.parametrize(("asked", "place"), ASKED.items())
def test_what_is_meant_is_found(bench: Bench, asked: str, place: int) -> None:
    found = bench.match(asked)
    assert found[0].category == place + 1
    assert found[0].score > 2 * sum(each.score for each in found[1:])
    assert bench.match(asked) == found


def test_strangers_are_told_apart(bench: Bench) -> None:
    """Nobody is answered who asks about something else; most who mean what is known would be."""
    suggest = bench.knowledge.settings.suggest_threshold
    assert [asked for asked in STRANGERS if bench.match(asked)[0].score >= suggest] == []
    assert sum(bench.match(asked)[0].score >= suggest for asked in ASKED) > len(ASKED) / 2
