"""Every sentence of the pages is there in Chinese."""

from __future__ import annotations

import re

from tests.web.marked import marked
from web.showing.language import Translator, choose_language, read_catalogue

PLACE = re.compile(r"%\((\w+)\)s")


def test_every_marked_string_is_translated_and_none_is_left_over() -> None:
    translated, used = read_catalogue(), marked()
    assert len(used) > 200
    assert {text: place for text, place in used.items() if text not in translated} == {}
    assert set(translated) - set(used) == set()


def test_a_translation_fills_in_the_same_values() -> None:
    for text, forms in read_catalogue().items():
        for form in forms:
            assert set(PLACE.findall(form)) <= {*PLACE.findall(text), "people"}, text


def test_chinese_punctuation() -> None:
    """Full-width punctuation behind Chinese, a space between Chinese and Latin."""
    for text, forms in read_catalogue().items():
        for form in forms:
            assert not re.search(r"[\u4e00-\u9fff][,;:?!]", form), text
            assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", form), form


def test_an_unknown_sentence_stays_english() -> None:
    assert Translator("zh", {}).text("No such sentence %(n)s", n=1) == "No such sentence 1"
    assert Translator("zh", {"one": ("%(n)s 个",)}).plural("one", "many", 5) == "5 个"


def test_hostile_language_headers() -> None:
    for accepted in ("", ",,,;q=", "zh;q=x", "*;q=0", "x" * 10_000, ";q=1,zh-TW;q=0.1"):
        assert choose_language("rubbish", accepted) in ("en", "zh")
    assert choose_language("", "en;q=0.1,zh-TW;q=0.9") == "zh"
