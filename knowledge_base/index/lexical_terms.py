"""What the lexical index finds a text by: stems of words, Chinese words, concepts of the glossary, error codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge_base.features.chinese import CJK, WORDS_VERSION, parts, segmented
from knowledge_base.features.cleaning import CLEANING_VERSION, cleaned
from knowledge_base.features.stop_words import STOP
from knowledge_base.vocabulary.reading import Reader
from knowledge_base.vocabulary.simplified import simplified

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

TERMS_VERSION = 1
"""Raise it with each change of what is found in a text: what was kept of another version is read anew."""

MOST = 200
"""Words of one text that count; a dump of thousands would drown what others say."""

LONGEST = 64
"""Characters of a term; what is longer is no word."""

CODE_WEIGHT = 2.0
"""How much an error code in common counts beside a word as rare."""

_RUN = re.compile(rf"[{CJK}]+|[^{CJK}]+")
_CHINESE = re.compile(f"[{CJK}]")


class TermReader:
    """Takes texts apart by one glossary; may be shared by threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def version(self) -> str:
        """Name what decides how a text is read: equal versions give equal terms."""
        return f"{TERMS_VERSION}.{CLEANING_VERSION}.{WORDS_VERSION}.{self._reader.glossary.digest}"

    def of_text(self, text: str, more: str = "") -> tuple[str, ...]:
        """Give the terms of a text, words as often as they come; of ``more`` its words alone count, not its concepts.

        No term has white space in it.
        """
        return (*self.concepts(self._reader.read(text).concepts), *words_of(text), *(words_of(more) if more else ()))

    def asked(self, text: str, codes: Iterable[str] = ()) -> dict[str, float]:
        """Give what a question is found by, each term with its weight."""
        return dict.fromkeys(self.of_text(text), 1.0) | dict.fromkeys(code_terms(codes), CODE_WEIGHT)

    @staticmethod
    def concepts(names: Iterable[str]) -> tuple[str, ...]:
        """Give the terms of concepts, which meet no word."""
        return tuple(f"#{name}" for name in sorted(names))


def code_terms(codes: Iterable[str]) -> tuple[str, ...]:
    """Give the terms of error codes.

    >>> code_terms(["ORA-00942", "exit 137"])
    ('=ora-00942', '=exit_137')
    """
    return tuple(f"={'_'.join(code.lower().split())}"[:LONGEST] for code in codes)


def words_of(text: str) -> tuple[str, ...]:
    """Give the words that count, in order: English ones as their stems, Chinese ones in simplified characters.

    >>> words_of("The connections were refused by host <ip>, 資料庫連接池耗尽")
    ('connect', 'refus', 'host', '资料库', '连接池', '耗尽')
    """
    found: list[str] = []
    for token in cleaned(text).split():
        if _CHINESE.search(token) is None:
            found += _english(token)
            continue
        for run in _RUN.findall(simplified(token)):
            found += _chinese(run) if _CHINESE.match(run) else _english(run)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _english(token: str) -> Iterator[str]:
    if len(token) <= LONGEST and token not in STOP and (len(token) > 1 or token.isdigit()):
        yield _stem(token)


def _chinese(run: str) -> Iterator[str]:
    for word in segmented(run):
        if word not in STOP:
            yield from parts(word)


@lru_cache(maxsize=1)
def _stemmer() -> TextAnalyzer:
    # Imported with the first text: commands that only ingest never need it.
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return "".join(_stemmer().analyze(word)) if word.isascii() else word
