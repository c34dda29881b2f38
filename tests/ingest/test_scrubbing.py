"""Batches are scrubbed as their lines are one by one, whatever was met before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.scrubbing import LONGEST, Scrubber
from knowledge_base.scrub import scrub

PIECES = (
    "password={}",
    "token: x{}y",
    "call 1380013{}",
    "+1 415 555 {}",
    "(415) 555-{}",
    "010-6234{}",
    "card 4111 1111 1111 {}",
    "card 411111111111{}",
    "11010519491231{}X",
    "ann{}@example.com",
    "https://ann:{}@host/",
    "AKIAIOSFODNN7EXA{}",
    "Authorization: Bearer abcdefgh{}",
    "disk {} is full",
    "a" * LONGEST + " pwd={}",
    "half \ud800 {}",
    "sepa\x1erated {}",
    "",
)
TEXTS = st.lists(
    st.lists(
        st.builds(lambda piece, number: piece.replace("{}", number), st.sampled_from(PIECES), st.text("0123456789")),
        min_size=1,
        max_size=3,
    ).map(" ".join)
    | st.text(max_size=40),
    max_size=8,
)


@settings(max_examples=300)
@given(st.lists(TEXTS, max_size=3))
def test_as_one_by_one(batches: list[list[str]]) -> None:
    scrubber = Scrubber(capacity=4)
    for texts in batches:
        assert scrubber.scrub_all(texts) == [scrub(text) for text in texts]


@pytest.mark.parametrize("first", ["id 12", "id 138001380001"])
def test_numbers_count_although_the_text_without_them_is_known(first: str) -> None:
    scrubber = Scrubber()
    assert scrubber.scrub_all([first]) == [first]
    assert scrubber.scrub_all([first, "id 13800138000", first]) == [first, "id <phone>", first]
