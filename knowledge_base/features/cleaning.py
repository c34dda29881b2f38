"""A template made ready for comparison: what varies and what is boilerplate goes, words come apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

CLEANING_VERSION = 1
"""Raise it with each change of what :func:`cleaned` gives: vectors of another version are made anew."""

LENGTH_LIMIT = 4000
CACHE = 20_000

_PLACEHOLDER = re.compile(r"<[a-z*]{1,20}>")
_PACKAGE = re.compile(r"\b(?:[a-z_$][\w$]{0,60}\.){1,12}(?=[A-Z])")
_FRAME = re.compile(r"^\s*(?:at |File \"|\.\.\. \d+ (?:more|common)).*$", re.MULTILINE)
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^\w一-鿿]+|_+")
_CJK = re.compile(r"[㐀-鿿]")
_RUN = re.compile(r"[^\W_]+")
_WRITTEN = re.compile(r"[㐀-鿿]|[^㐀-鿿]+")
_BOILERPLATE = re.compile(
    r"\b(?:failed|warn|warning|fatal|severe|caused by|exception in thread)\b(?=\s*:)", re.IGNORECASE
)


@lru_cache(maxsize=CACHE)
def cleaned(template: str) -> str:
    """Turn a template (or the text of a question) into plain lower-case words.

    Placeholders, package prefixes, stack frames and punctuation go; identifiers come apart.

    >>> cleaned("FAILED: org.acme.TableNotFoundException: table <table> not found")
    'table not found exception table not found'
    >>> cleaned("表 <table> 不存在")
    '表 不存在'
    """
    text = template[:LENGTH_LIMIT]
    text = _FRAME.sub(" ", text)
    text = _PLACEHOLDER.sub(" ", text)
    text = _PACKAGE.sub("", text)
    text = _BOILERPLATE.sub(" ", text)
    text = _CAMEL.sub(" ", text)
    return " ".join(_NOT_WORD.sub(" ", text).lower().split())


def words(clean: str) -> tuple[str, ...]:
    """Split a cleaned text into words; each CJK character is one.

    >>> words("spark 表不存在")
    ('spark', '表', '不', '存', '在')
    """
    apart = clean if clean.isascii() else _CJK.sub(lambda match: f" {match.group()} ", clean)
    return tuple(apart.split())


class WordPlace(NamedTuple):
    """A word of a cleaned text, and the characters ``start`` to ``end`` (not included) that it was made from."""

    word: str
    start: int
    end: int


def word_places(template: str) -> list[WordPlace]:
    """Find where the words of ``words(cleaned(template))`` stand in the template, in their order.

    >>> [each for each in word_places("FAILED: a.b.NoTable_x")]  # doctest: +NORMALIZE_WHITESPACE
    [WordPlace(word='no', start=12, end=14), WordPlace(word='table', start=14, end=19),
     WordPlace(word='x', start=20, end=21)]
    """
    text = template[:LENGTH_LIMIT]
    places = list(range(len(text)))
    for pattern, instead in ((_FRAME, " "), (_PLACEHOLDER, " "), (_PACKAGE, ""), (_BOILERPLATE, " ")):
        text, places = _without(pattern, instead, text, places)
    return [
        WordPlace(word, places[start], places[end - 1] + 1)
        for start, end in _tokens(text)
        for word in text[start:end].lower().split()
    ]


def _without(pattern: re.Pattern[str], instead: str, text: str, places: list[int]) -> tuple[str, list[int]]:
    """Replace what a pattern finds in a text; tell where each character that is left stood."""
    parts, kept, behind = [], [], 0
    for match in pattern.finditer(text):
        parts += [text[behind : match.start()], instead]
        kept += places[behind : match.start()] + places[match.start() : match.start() + len(instead)]
        behind = match.end()
    return ("".join([*parts, text[behind:]]), kept + places[behind:]) if parts else (text, places)


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        edges = [run.start(), *(run.start() + each.start() for each in _CAMEL.finditer(run.group())), run.end()]
        for start, end in pairwise(edges):
            yield from (match.span() for match in _WRITTEN.finditer(text, start, end))
