"""What is counted of a template: its words, identifiers and pairs of words, as a reader finds them in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.features.chinese import CJK, WORDS_VERSION, parts, segmented
from knowledge_base.features.cleaning import CLEANING_VERSION, cleaned, words
from knowledge_base.features.stop_words import BOILERPLATE, NEGATIONS, STOP

TERMS_VERSION = f"1.{CLEANING_VERSION}.{WORDS_VERSION}"
"""Belongs to what :func:`terms_of` gives: raise its first number when that changes."""

LONGEST = 64
"""Characters of a term; what is longer is no word."""

MOST = 200
"""Terms of one template; a dump of thousands of words would drown what others say."""

LENGTH_LIMIT = 4000
CACHE = 20_000

_EMPTY = STOP | BOILERPLATE | NEGATIONS
_BREAK = "\n"
_FRAME = re.compile(r"^\s*(?:at |File \"|\.\.\. \d+ (?:more|common)).*$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"[\w.$:/#@=-]{0,80}<[a-z*]{1,20}>[\w.$:/#@=-]{0,80}")
_PACKAGE = re.compile(r"\b(?:[a-z_$][\w$]{0,60}\.){1,12}(?=[A-Z])")
_TOKEN = re.compile(rf"[A-Z]{{2,10}}-\d{{2,6}}(?!\w)|[{CJK}]+|[^\W{CJK}]+")
_PIECE = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+|-")
_CJK = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one template, in small letters, each once, in the order in which they come.

    ``words`` are those that templates are compared by; ``telling`` are those that may be keywords, each with the form
    in which the template has it.
    """

    words: tuple[str, ...]
    telling: Mapping[str, str]

    @property
    def all(self) -> tuple[str, ...]:
        """All that is counted."""
        return tuple(dict.fromkeys((*self.words, *self.telling)))


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or identifier as it stands in the text, and whether it follows right behind the one before."""

    form: str
    pieces: tuple[str, ...]
    is_chinese: bool
    follows: bool

    @property
    def term(self) -> str:
        return self.form.lower()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing about an error."""
        return self.term in STOP or self.term in BOILERPLATE


@lru_cache(maxsize=CACHE)
def terms_of(template: str) -> Terms:
    """Take a template apart. Placeholders and what hangs on them, stack frames and packages are no keywords.

    >>> list(terms_of("No space left on device <path>").telling)
    ['space', 'no space', 'left', 'space left', 'device']
    >>> terms_of("org.acme.TableGoneException: 表 <table> 不存在").telling
    {'tablegoneexception': 'TableGoneException', 'table': 'table', 'gone': 'gone', '不存在': '不存在'}
    """
    telling: dict[str, str] = {}
    before: _Token | None = None
    for token in _tokens(template):
        for term, form in _telling(token):
            telling.setdefault(term, form)
        if before is not None and _belong_together(before, token):
            gap = "" if token.is_chinese else " "
            telling.setdefault(f"{before.term}{gap}{token.term}", f"{_shown(before)}{gap}{_shown(token)}")
        before = token
        if len(telling) >= MOST:
            break
    counted = dict.fromkeys(word for word in words(cleaned(template)) if len(word) <= LONGEST)
    return Terms(tuple(counted)[:MOST], telling)


def _tokens(template: str) -> Iterator[_Token]:
    text = _FRAME.sub(_BREAK, template[:LENGTH_LIMIT])
    text = _PLACEHOLDER.sub(_BREAK, text)
    text = _PACKAGE.sub("", text)
    end = -2
    for match in _TOKEN.finditer(text):
        start, token = match.start(), match.group().strip("_")
        near = start == end or (start == end + 1 and text[end] == " ")
        end = match.end()
        if _CJK.match(token):
            for place, word in enumerate(segmented(token)):
                yield _Token(word, (word,), True, near or place > 0)
        elif 0 < len(token) <= LONGEST:
            pieces = tuple(piece.lower() for piece in _PIECE.split(token) if piece)
            yield _Token(token, pieces, False, near)
        else:
            end = -2


def _telling(token: _Token) -> Iterator[tuple[str, str]]:
    """Give what may be a keyword of a word or identifier, and its form."""
    if token.is_chinese:
        for word in parts(token.form):
            if len(word) > 1 and word not in _EMPTY:
                yield word, word
        return
    if _is_word(token.term) and len(token.term) <= LONGEST:
        yield token.term, _shown(token)
    if len(token.pieces) > 1:
        for piece in token.pieces:
            if piece.isalpha() and _is_word(piece):
                yield piece, piece


def _is_word(term: str) -> bool:
    return len(term) > 2 and term not in _EMPTY and any(character.isalpha() for character in term)


def _belong_together(left: _Token, right: _Token) -> bool:
    """Tell whether two neighbours are a pair that people would read as one: ``space left``, ``表不存在``."""
    if not right.follows or left.is_chinese != right.is_chinese:
        return False
    if left.is_empty or right.is_empty or right.term in NEGATIONS or not (left.pieces and right.pieces):
        return False
    if len(left.form) + len(right.form) >= LONGEST:
        return False
    if left.is_chinese:
        return left.term not in NEGATIONS or len(right.form) > 1
    single = len(left.pieces) == len(right.pieces) == 1
    return single and left.term.isalpha() and right.term.isalpha() and min(len(left.term), len(right.term)) > 1


def _shown(token: _Token) -> str:
    """Give the form to show: identifiers and abbreviations as they are, words in small letters."""
    is_identifier = len(token.pieces) > 1 or not token.form.isalpha() or token.form[1:].upper() == token.form[1:]
    return token.form if is_identifier and not token.is_chinese else token.term
