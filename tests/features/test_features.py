"""What texts are compared by."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.features.cleaning import cleaned, words
from knowledge_base.features.ngrams import common_words, cosine, grams


@given(st.text(max_size=300))
def test_cleaning_is_stable_and_lower_case(text: str) -> None:
    clean = cleaned(text)
    assert clean == " ".join(clean.split())
    assert words(clean) == words(" ".join(words(clean)))


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_symmetric_and_bounded(left: str, right: str) -> None:
    one, other = grams(cleaned(left)), grams(cleaned(right))
    score = cosine(one, other)
    assert score == pytest.approx(cosine(other, one))
    assert -1e-9 <= score <= 1 + 1e-9
    assert not one.weights or cosine(one, one) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("java.lang.OutOfMemoryError: Java heap space", "out of memory error java heap space"),
        ("HTTPServerError <n> <path>", "http server error"),
        ("Traceback\n  File \"x.py\", line 3\nKeyError: 'a'", "traceback key error a"),
        ("snake_case_name", "snake case name"),
        ("", ""),
        ("<n> <*> ...", ""),
    ],
)
def test_identifiers_come_apart_and_frames_go(text: str, expected: str) -> None:
    assert cleaned(text) == expected


@pytest.mark.parametrize("unit", ["a.", "A", "aA", "<a", "at ", "_", "表", "a1-", "caused by : ", "\n at"])
def test_hostile_texts_take_no_long(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = time.process_time()
    grams(cleaned(text))
    assert time.process_time() - start < 2


def test_common_words_come_longest_first() -> None:
    assert common_words("table orders not found a", "a the table was not found") == ("found", "table", "not")
    assert common_words("表 不存在", "表") == ("表",)
    assert common_words("", "x") == ()


def test_common_words_are_words_that_people_would_name() -> None:
    assert common_words("训练进程显存不足", "显存不足 训练失败") == ("不足", "显存", "训练")
    assert common_words("the table does not exist", "this view does not exist") == ("exist", "not")
    assert common_words("it is", "that is") == ("is",)
