"""A template made ready for comparison: what varies and what is boilerplate goes, words come apart."""

from __future__ import annotations

import re
from functools import lru_cache

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
    return tuple(_CJK.sub(lambda match: f" {match.group()} ", clean).split())
