"""Which characters are marked: they lie within the text, apart from each other, and say what both texts say."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.features.cleaning import cleaned, word_places, words
from knowledge_base.matching.marks import READ, marks, other_wordings
from knowledge_base.signature.codes import error_codes
from knowledge_base.types import Mark
from knowledge_base.vocabulary.simplified import simplified

ENGLISH = """
ORA-00942 ora-00942 enoent ERROR 1146 (42S02) (42s02)
table tableNotFoundException dw.orders <table> <path> relation does not exist cannot be
resolved replica ledger_replica HTTP 404 errno 24 memory queue is full at a.b.C.d(E.java:7) FAILED: org.acme.NoLedger
F$bar.BAz _ - : ; . the
"""
ODD = (
    "表",
    "不存在",
    "資料庫",
    "連接池耗盡",
    "内存不足",
    "İstanbul",
    "ﬁle",
    "\ud800",
    "\x00",
    "\n",
    "\n    at a.Ledger.open(L.java:12)\n",
)
PIECES = (*ENGLISH.split(), *ODD)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=20).flatmap(
    lambda pieces: st.sampled_from(["", " ", "_"]).map(lambda gap: gap.join(pieces))
)


def pieces(text: str, found: tuple[Mark, ...], kind: str) -> list[str]:
    return [text[each.start : each.end] for each in found if each.kind == kind]


@given(TEXTS)
def test_each_word_of_a_cleaned_text_is_found_in_its_place(text: str) -> None:
    places = word_places(text)
    assert [each.word for each in places] == list(words(cleaned(text)))
    assert all(left.end <= right.start for left, right in pairwise(places))
    for each in places:
        assert "".join(words(cleaned(text[each.start : each.end]))) == each.word


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_marks_lie_apart_within_the_text_and_say_what_both_say(asked: str, matched: str) -> None:
    reader = packaged_reader()
    both = marks(asked, matched, reader)
    codes = set(error_codes(asked)) & set(error_codes(matched))
    concepts = reader.read(asked).concepts & reader.read(matched).concepts
    for text, found in zip((asked, matched), both, strict=True):
        ends = [0, *(each.end for each in found)]
        assert all(end <= each.start < each.end <= len(text) for end, each in zip(ends, found, strict=False))
        for each in found:
            piece = text[each.start : each.end]
            if each.kind == "code":
                assert each.said in codes
                assert each.said.split()[-1].lower() in piece.lower()
            elif each.kind == "concept":
                assert each.said in concepts
            else:
                assert "".join(words(cleaned(simplified(piece)))) == each.said
    said = [{each.said for each in found if each.kind == "code"} for found in both]
    assert said[0] == said[1] == codes, "what both name is marked in both"


def test_words_within_identifiers_are_marked_where_they_stand() -> None:
    asked, matched = "FAILED: a.b.LedgerReplicaGone in ledger_v2", "the replica of ledger <n> is late"
    ours, theirs = marks(asked, matched, packaged_reader())
    assert [asked[each.start : each.end] for each in ours] == ["Ledger", "Replica", "ledger"]
    assert [matched[each.start : each.end] for each in theirs] == ["replica", "ledger"]


def test_codes_come_before_concepts_and_those_before_words() -> None:
    asked = "ORA-00942: table x does not exist in warehouse"
    matched = "ORA-00942 relation <table> not found in warehouse"
    ours, theirs = marks(asked, matched, packaged_reader())
    assert [(asked[each.start : each.end], each.kind) for each in ours] == [
        ("ORA-00942", "code"),
        ("table", "concept"),
        ("does not exist", "concept"),
        ("warehouse", "word"),
    ]
    assert pieces(matched, theirs, "concept") == ["relation", "<table>", "not found"]


@pytest.mark.parametrize("asked", ["订单表不存在了", "訂單表不存在了"])
def test_chinese_is_marked_in_whole_words_and_meets_english(asked: str) -> None:
    ours, theirs = marks(asked, "relation orders does not exist", packaged_reader())
    assert pieces(asked, ours, "concept") == ["表", "不存在"]
    assert [each.said for each in theirs] == ["table", "not-found"]
    ours, _ = marks(asked, "订单还在", packaged_reader())
    assert pieces(asked, ours, "word") == [asked[:2]]


def test_other_wordings_are_those_that_the_question_does_not_use() -> None:
    asked, matched = "the table cannot be found", "relation <table> does not exist in the table"
    reader = packaged_reader()
    assert other_wordings(asked, matched, marks(asked, matched, reader), reader) == {
        "table": "relation",
        "not-found": "does not exist",
    }


@pytest.mark.parametrize("text", ["a1-" * 200_000, "\ud800" * 100_000, "<" * 100_000, "a.b." * 100_000, "表" * 100_000])
def test_of_long_and_odd_texts_the_beginning_is_read(text: str) -> None:
    found, _ = marks(text, text, packaged_reader())
    assert all(each.end <= READ for each in found)
