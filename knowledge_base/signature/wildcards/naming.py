"""Which words may be names: what tables, spelling and endings tell of a word by itself."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from knowledge_base.signature.kinds import PLACEHOLDER
from knowledge_base.signature.wildcards.concept_words import CONCEPTS
from knowledge_base.signature.wildcards.fixed_words import (
    ACTS,
    ANNOUNCING,
    ENDINGS_OF_ACTS,
    ENDINGS_OF_NOTIONS,
    LITTLE_WORDS,
    MEASURES,
    NEGATIONS,
    SHORTEST_WITH_ENDING,
    STATES,
)

CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"

_FIRST_CJK = 0x2E80
_AROUND = "-._/\\*#+~&%$@<>"
_NAME = re.compile(r"[^\W\d_][^\W\d]*(?:[-./$@\\][^\W\d]+)*")
_PARTS = re.compile(r"[-./$@\\_]")
_CAPITALS = re.compile(r"[^\W\d_A-Z]\w*[A-Z]|[A-Z]{2}")
_HAPPENING = NEGATIONS | STATES | ACTS
_FIXED = _HAPPENING | ANNOUNCING | LITTLE_WORDS | MEASURES | CONCEPTS
_WITHOUT_MEANING = LITTLE_WORDS | MEASURES
_SHORTEST_MEANING = 3


class Naming(Enum):
    """How much a word looks like a name."""

    NONE = "one of the words that tell what happened"
    ODD = "written like a state, a class or a notion"
    PLAIN = "nothing else is to be seen in it"


class Look(NamedTuple):
    """A word without the signs around it; ``lower`` is empty where it holds a placeholder, and both where all is signs.

    ``meaning`` counts the words in it that have a meaning of their own.
    """

    bare: str
    lower: str
    naming: Naming
    meaning: int


@lru_cache(maxsize=16_384)
def look(word: str) -> Look:
    """Look at a word of a template.

    >>> look("<alice>").lower, look("for").meaning, look("用户登录失败").meaning, look("<ip>").lower
    ('alice', 0, 3, '')
    """
    if "<" in word and PLACEHOLDER.search(word):
        return Look(word, "", Naming.NONE, 0)
    bare = word.strip(_AROUND)
    lower = bare.casefold()
    # A run of CJK characters holds about half as many words as characters.
    is_cjk = bool(lower) and ord(lower[0]) >= _FIRST_CJK
    meaning = len(lower) // 2 if is_cjk else int(len(lower) >= _SHORTEST_MEANING and lower not in _WITHOUT_MEANING)
    return Look(bare, lower, naming_of(bare), meaning)


def naming_of(word: str) -> Naming:
    """Tell whether a word may be a name: of letters, in no table, without the ending of an act.

    Capitals and capitals inside are how states, codes and classes are written, and some endings tell notions; such a
    word may be a name where others are. Digits that were not masked mean something.

    >>> [naming_of(word).name for word in ("alice", "etl-main", "BLUE_GREEN", "NoNode", "utf-8", "memory", "用户")]
    ['PLAIN', 'PLAIN', 'ODD', 'ODD', 'NONE', 'NONE', 'NONE']
    """
    if not _NAME.fullmatch(word) or ord(max(word)) >= _FIRST_CJK:
        return Naming.NONE
    lower = word.casefold()
    parts = _PARTS.split(lower)
    if len(lower) < 2 or any(part in _HAPPENING for part in parts) or all(part in _FIXED for part in parts):
        return Naming.NONE
    ending = lower if len(lower) >= SHORTEST_WITH_ENDING else ""
    if ending.endswith(ENDINGS_OF_ACTS):
        return Naming.NONE
    return Naming.ODD if ending.endswith(ENDINGS_OF_NOTIONS) or _CAPITALS.search(word) else Naming.PLAIN
