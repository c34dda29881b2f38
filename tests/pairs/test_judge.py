"""Whether two lines are the same error: in other words, in Chinese, and where they contradict each other."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.pairs.judge import Profiles, content_words
from knowledge_base.settings import Settings
from tests.pairs.judging import Court

THRESHOLD = Settings().group_threshold
PROPOSED = Settings().propose_threshold

MISSING = {
    "table": (
        "ERROR table sales.orders does not exist",
        "Relation orders could not be found",
        "表 sales.orders 不存在",
    ),
    "column": ("Unknown column 'price' in field list", "column price does not exist", "列 price 不存在"),
    "partition": ("partition ds=20240101 does not exist", "No such partition: ds=20240101", "分区 ds=20240101 不存在"),
}
CONNECTING = {
    "timeout": ("connect to db7 timed out after 30 s", "Connection timed out: db7:3306", "连接 db7 超时"),
    "refused": (
        "connect to db7:3306 failed: Connection refused",
        "dial tcp 10.0.0.7:3306: connect: connection refused",
        "连接 db7 时连接被拒绝",
    ),
    "reset": ("read from db7: Connection reset by peer", "the connection was reset by the peer", "连接被对端重置"),
}
MEMORY = {
    "heap": ("java.lang.OutOfMemoryError: Java heap space", "task ran out of Java heap memory", "Java 堆内存溢出"),
    "metaspace": ("java.lang.OutOfMemoryError: Metaspace", "out of memory: metaspace is full", "元空间内存溢出"),
    "container": (
        "Container killed by YARN for exceeding memory limits",
        "pod was OOMKilled: container over its memory limit",
        "容器超出内存限制被杀",
    ),
}
HOSTILE = {
    "nothing": "",
    "long": "table orders not found " * 4_500,
    "one long word": "x" * 100_000,
    "surrogates": "\udcff\udc80 table \ud800 lost \udcff",
    "digits": "1146 42 0 99999999999999999999 3.14",
    "marks": "%%% --- [] {} ... \x00\x1b[31m",
    "placeholders": "<table> <n> <str>" * 300,
    "mixed": "表" * 30_000 + "TableNotFoundException" * 3_000,
}


@pytest.mark.parametrize("errors", [MISSING, CONNECTING, MEMORY], ids=["missing", "connecting", "memory"])
def test_wordings_of_one_error_are_nearer_than_errors_that_contradict(
    high_court: Court, errors: dict[str, tuple[str, ...]]
) -> None:
    inside = {
        name: [high_court.score(*pair) for pair in itertools.combinations(lines, 2)] for name, lines in errors.items()
    }
    across = {
        (one, other): high_court.score(left, right)
        for one, other in itertools.combinations(errors, 2)
        for left in errors[one]
        for right in errors[other]
    }
    lowest = min(itertools.chain(*inside.values()))
    assert lowest > max(across.values()), (inside, across)
    assert lowest > PROPOSED
    assert all(max(scores) >= THRESHOLD for scores in inside.values()), "what is worded nearly alike comes together"
    assert max(across.values()) < THRESHOLD / 2


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("ERROR table sales.orders does not exist", "表 sales.orders 不存在"),
        ("column price does not exist", "列 price 不存在"),
        ("Connection timed out: db7:3306", "连接 db7 超时"),
        ("read from db7: Connection reset by peer", "连接被对端重置"),
        ("java.lang.OutOfMemoryError: Java heap space", "Java 堆内存溢出"),
        ("java.lang.OutOfMemoryError: Metaspace", "元空间内存溢出"),
    ],
)
def test_english_and_chinese_come_together(high_court: Court, english: str, chinese: str) -> None:
    assert high_court.score(english, chinese) >= THRESHOLD


def test_what_contradicts_is_named(court: Court) -> None:
    timeout, refused = (court.read(CONNECTING[name][1])[0] for name in ("timeout", "refused"))
    against = court.judge.against(timeout, refused)
    assert "timeout / connection-refused" in against
    assert court.judge.against(timeout, timeout) == ()
    assert {frozenset(each.split(" / ")) for each in court.judge.against(refused, timeout)} == {
        frozenset(each.split(" / ")) for each in against
    }


def test_an_explanation_adds_up_to_the_score(court: Court) -> None:
    (left, its), (right, others) = court.read(MISSING["table"][0]), court.read(MISSING["column"][1])
    dense = float(its @ others)
    explained = court.judge.explain(left, right, dense)
    chance = court.judge.score(left, right, dense)
    odds = sum(explained.values()) + court.judge.model.judgement.bias
    assert odds == pytest.approx(math.log(chance / (1 - chance)))
    assert explained["contradictions"] < 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(court: Court, name: str) -> None:
    line, plain = HOSTILE[name], MISSING["table"][0]
    with_itself, forth, back = court.score(line, line), court.score(line, plain), court.score(plain, line)
    assert forth == pytest.approx(back)
    assert all(0.0 <= each <= 1.0 for each in (with_itself, forth))
    profile, _ = court.read(line)
    assert sum(profile.kinds.values()) < 1
    if not profile.clean:
        assert with_itself == forth == 0.0


@pytest.mark.parametrize("name", ["nothing", "marks", "placeholders"])
def test_what_has_no_words_is_like_nothing_not_even_itself(court: Court, name: str) -> None:
    assert court.read(HOSTILE[name])[0].clean == ""
    assert court.score(HOSTILE[name], HOSTILE[name]) == 0.0


def test_both_directions_score_the_same(court: Court) -> None:
    lines = [line for errors in (MISSING, CONNECTING, MEMORY) for lines in errors.values() for line in lines]
    read = [court.read(line) for line in lines]
    for (left, its), (right, others) in itertools.combinations(read, 2):
        dense = float(its @ others)
        assert court.judge.score(left, right, dense) == pytest.approx(court.judge.score(right, left, dense))


def test_profiles_do_not_change_with_the_stream(court: Court) -> None:
    seen = {"orders": 900, "table": 900}
    following = court.judge.following(lambda word: seen.get(word, 0), 1_000)
    line = "the ledger of orders was lost"
    profile, vector = court.read(line)
    assert following.profile(line, (), vector) == profile
    other, others = court.read("orders of the weaver were lost")
    dense = float(vector @ others)
    assert following.score(profile, other, dense) < court.judge.score(profile, other, dense)


def test_the_words_of_a_text_are_those_of_its_canonical_form(court: Court) -> None:
    assert court.judge.words("表 <table> 不存在: x") == {"table", "not", "found"}
    assert content_words("a 表 b2 c") == {"表", "b2"}


def test_profiles_are_remembered_and_bounded(court: Court) -> None:
    profiles, vector = Profiles(most=3), np.zeros(court.embedder.dimension, np.float32)

    def of(text: str, codes: Sequence[str] = ()) -> object:
        return profiles.of(court.judge, text, tuple(codes), vector)

    first = of("a one")
    assert of("a one") is first
    assert of("a one", ["E-1"]) is not first
    of("b two")
    assert of("a one") is first, "what was asked for lately stays"
    of("c three")
    of("d four")
    of("e five")
    assert len(profiles._known) == 3
    again = of("a one")
    assert again == first
    assert again is not first


def test_judges_that_read_differently_do_not_share_profiles(court: Court) -> None:
    profiles, vector = Profiles(), np.zeros(court.embedder.dimension, np.float32)
    first = profiles.of(court.judge, "a text", (), vector)
    assert profiles.of(court.judge.following(lambda _: 0, 10), "a text", (), vector) is first
    assert profiles.of(replace(court.judge, name="another"), "a text", (), vector) is not first


def test_random_texts_are_judged_alike_in_both_directions(court: Court) -> None:
    order = random.Random(5)
    letters = "abc 表列超时 <n> refused timeout not found ORA-00942 \x00\udcff"
    lines = ["".join(order.choices(letters, k=order.randint(0, 60))) for _ in range(20)]
    for left, right in itertools.combinations(lines, 2):
        forth, back = court.score(left, right), court.score(right, left)
        assert forth == pytest.approx(back)
        assert 0.0 <= forth <= 1.0
