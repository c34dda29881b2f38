"""The words that the rules know, as far as they are words: all others are alike to them.

A rule names words (``user``, ``Exception``), parts of words (``[a-z]*id``) and shapes. A word that holds nothing of
what any rule names is told from others by its shape alone; see :mod:`knowledge_base.signature.recall.words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import ModuleType

from knowledge_base import scrub
from knowledge_base.signature import frames, traces
from knowledge_base.signature.headers import field_names, header, layouts, levels, logfmt, pieces, stamps
from knowledge_base.signature.kinds import KINDS
from knowledge_base.signature.masks.keep_rules import KEEP_RULES
from knowledge_base.signature.masks.mask_rules import MASK_RULES

_LONG_PART, _PART = 4, 3
_LETTERS = re.compile("[A-Za-z]+")
# One letter in both cases, and what would be taken for letters: escapes and the names of groups and flags.
_BOTH_CASES = re.compile(r"\[([A-Za-z])([A-Za-z])\]")
_NO_LETTERS = re.compile(r"\\[A-Za-z]|\(\?P?<[a-z]+>|\(\?[a-z-]+(?=[:)])|\{[0-9,]+\}")
# The beginning of a word before a choice of ends, and a word whose last letter may be missing.
_CHOICE = re.compile(r"([A-Za-z]+)\(\?:([A-Za-z |?()\\]+)\)")
_MAYBE = re.compile(r"([A-Za-z]+)[A-Za-z]\?")
# A word of which only the end is named: [a-z]{1,12}_?id.
_ENDING = re.compile(r"(?:[\]}*+]|_\?)([A-Za-z]{2,})")
# The modules that read headers and traces hold their patterns and names in constants.
_READERS = (field_names, frames, header, layouts, levels, logfmt, pieces, stamps, traces)


def _sources() -> Iterator[str]:
    yield from (rule.source for rule in MASK_RULES)
    yield from (rule.source for rule in KEEP_RULES)
    yield from (rule.pattern.pattern for rule in scrub.SCRUB_RULES)
    yield from (kind.name for kind in KINDS)
    for needs in (
        *(rule.needs for rule in MASK_RULES),
        *(rule.needs for rule in KEEP_RULES),
        *(rule.needs for rule in scrub.SCRUB_RULES),
    ):
        yield from needs
    for module in _READERS:
        yield from _constants(module)


def _constants(module: ModuleType) -> Iterator[str]:
    for name, value in vars(module).items():
        if name.isupper():
            yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, re.Pattern):
        yield value.pattern
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(key)
            yield from _texts(each)
    elif isinstance(value, (tuple, list, frozenset, set)):
        for each in value:
            yield from _texts(each)


def _one_case(match: re.Match[str]) -> str:
    return match[1].lower() if match[1].lower() == match[2].lower() else " "


def _choices(match: re.Match[str]) -> str:
    return f"{match[1]} " + " ".join(f"{match[1]}{end}" for end in match[2].split("|"))


class Vocabulary:
    """Tells whether a word is known: it is named, or holds a part of four letters that is, or ends as one must.

    >>> vocabulary = Vocabulary(["(?:[Uu]ser|[a-z]+id)="])
    >>> [vocabulary.knows(word) for word in ("User", "users", "orderid", "order")]
    [True, True, True, False]

    ``secrets`` announce or begin a secret: what holds a part of three letters of one is known.
    """

    def __init__(self, sources: Iterable[str], secrets: Iterable[str] = ()) -> None:
        words, ends = set[str](), set[str]()
        for source in sources:
            plain = _CHOICE.sub(_choices, _BOTH_CASES.sub(_one_case, _NO_LETTERS.sub(" ", source))).lower()
            words.update(_LETTERS.findall(plain), _MAYBE.findall(plain))
            ends.update(_ENDING.findall(plain))
        self._words = frozenset(words)
        self._ends = tuple(ends)
        # By their first letters, so that a word costs no more than its length.
        self._parts: dict[str, tuple[str, ...]] = {}
        whole = {word for word in words if len(word) >= _LONG_PART}
        for part in whole.union(part for need in secrets for part in _LETTERS.findall(need) if len(part) >= _PART):
            self._parts[part[:_PART]] = (*self._parts.get(part[:_PART], ()), part)

    def knows(self, word: str) -> bool:
        """Tell whether a word of ASCII letters is known, in any case of its letters."""
        lowered = word.lower()
        if lowered in self._words or lowered.endswith(self._ends):
            return True
        # A plain loop takes half the time of any() over a generator.
        for at in range(len(lowered) - _PART + 1):
            parts = self._parts.get(lowered[at : at + _PART])
            if parts is not None and lowered.startswith(parts, at):
                return True
        return False


@cache
def vocabulary() -> Vocabulary:
    """Give the words of all rules, of the headers and of the traces."""
    return Vocabulary(_sources(), (need for rule in scrub.SCRUB_RULES for need in rule.needs))
