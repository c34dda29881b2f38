"""Many pairs at once give what one pair after the other gives."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys

import numpy as np
import pytest

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.features.cleaning import cleaned
from knowledge_base.pairs.batch import WORTH
from knowledge_base.pairs.judge import Judge, Profiles
from tests.pairs.judging import Court

TEXTS: list[tuple[str, tuple[str, ...]]] = [
    ("", ()),
    ("12 34 <num>", ()),
    ("\ud800 broken", ()),
    ("x " * 40_000, ()),
    ("table <table> does not exist", ("ORA-00942",)),
    ("Table not found: <table>", ("42S02", "1146")),
    ("column <name> not found in table <table>", ()),
    ("表 <table> 不存在", ()),
    ("连接超时", ("ETIMEDOUT",)),
    ("java.net.SocketTimeoutException: connect timed out", ()),
    ("java.net.ConnectException: Connection refused", ()),
    ("connection reset by peer", ("ECONNRESET",)),
    ("java.lang.OutOfMemoryError: Java heap space", ()),
    ("java.lang.OutOfMemoryError: Metaspace", ()),
    ("container killed by YARN for exceeding memory limits", ()),
    ("No space left on device", ("ENOSPC",)),
    ("disk quota exceeded", ()),
]


def test_scores_of_many_pairs_are_those_of_single_pairs(court: Court) -> None:
    judge = court.judge
    vectors = court.embedder.embed([cleaned(text) for text, _ in TEXTS])
    profiles = [judge.profile(text, codes, vector) for (text, codes), vector in zip(TEXTS, vectors, strict=True)]
    pairs = list(itertools.product(range(len(TEXTS)), repeat=2))
    lefts, rights = [left for left, _ in pairs], [right for _, right in pairs]
    assert len(pairs) > WORTH
    dense = np.einsum("ij,ij->i", vectors[lefts], vectors[rights])
    one_by_one = [judge.score(profiles[a], profiles[b], float(c)) for (a, b), c in zip(pairs, dense, strict=True)]
    assert judge.scores(profiles, lefts, rights, dense) == pytest.approx(one_by_one, abs=1e-9)
    assert min(one_by_one) == 0.0
    assert max(one_by_one) > 0.9
    few = slice(40, 40 + WORTH // 2)
    assert judge.scores(profiles, lefts[few], rights[few], dense[few]) == one_by_one[few]


def test_profiles_made_together_are_those_made_one_by_one(court: Court) -> None:
    judge = court.judge
    vectors = court.embedder.embed([cleaned(text) for text, _ in TEXTS])
    for (text, codes), vector, together in zip(TEXTS, vectors, judge.profiles(TEXTS, vectors), strict=True):
        alone = judge.profile(text, codes, vector)
        assert (together.words, together.acts, together.objects) == (alone.words, alone.acts, alone.objects)
        assert (together.codes, together.classes, together.grams) == (alone.codes, alone.classes, alone.grams)
        assert dict(together.kinds) == pytest.approx(dict(alone.kinds), abs=1e-5)
    assert any(each.kinds for each in judge.profiles(TEXTS, vectors))


def test_texts_without_any_name_are_compared(court: Court) -> None:
    vectors = court.embedder.embed(["qqq", "zzz"])
    profiles = court.judge.profiles([("qqq", ()), ("zzz", ())], vectors)
    size = WORTH + 1
    scores = court.judge.scores(profiles, [0] * size, [1] * size, np.zeros(size, np.float32))
    assert scores == pytest.approx([court.judge.score(profiles[0], profiles[1], 0.0)] * size)


def test_remembered_profiles_are_bounded_and_the_rest_is_read_again(court: Court) -> None:
    vectors = court.embedder.embed([cleaned(text) for text, _ in TEXTS])
    few, many = Profiles(3), Profiles()
    order = random.Random(5).choices(range(len(TEXTS)), k=60)
    for start in range(0, len(order), 7):
        chosen = order[start : start + 7]
        wanted = [TEXTS[place] for place in chosen]
        assert _told(few, court.judge, wanted, vectors[chosen]) == _told(many, court.judge, wanted, vectors[chosen])
        assert len(few._known) <= 3


def _told(
    remembered: Profiles, judge: Judge, wanted: list[tuple[str, tuple[str, ...]]], vectors: np.ndarray
) -> list[tuple[str, dict[str, float]]]:
    found = remembered.all_of(judge, wanted, vectors)
    return [(each.clean, {name: round(share, 5) for name, share in each.kinds.items()}) for each in found]


def test_nothing_that_starts_slowly_is_imported_before_there_are_many_pairs() -> None:
    code = "import sys, knowledge_base.pairs.judge; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_catalogue_is_embedded_beforehand(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, home = tmp_path_factory.mktemp("models"), tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "knowledge_base.pairs.preparing", "--model-dir", str(folder)]
    monkeypatch.setenv("KEA_MODEL", HashingEmbedder(dimension=64).backend)
    monkeypatch.setenv("KEA_HOME", str(home))
    assert subprocess.run(command, check=False).returncode == 0
    assert len(list((folder / "kinds").glob("kinds-*.vectors"))) == 1
    assert list(home.iterdir()) == []
    monkeypatch.setenv("KEA_KINDS", str(folder / "none.yaml"))
    assert subprocess.run(command, check=False).returncode == 1
