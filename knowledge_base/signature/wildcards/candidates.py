"""Which words of a template may be variables that no shape tells, and the keys with such a place left open.

That a word varies is not to be seen in one line. What is to be seen is where a variable could stand: a word that
is written like a name, in a sentence that says enough without it. Where many words were met at one such place, the
place is a variable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from xxhash import xxh64_intdigest

from knowledge_base.signature.keying import key_of
from knowledge_base.signature.wildcards.fixed_words import ANNOUNCING, BEFORE_ACTS, BEFORE_TO, NEGATIONS
from knowledge_base.signature.wildcards.naming import CJK, Look, Naming, look

OPEN_PLACE = "<str>"
MOST_PLACES = 12
"""Places of a template that are looked at; the first ones."""

_LONGEST = 1_000
_LEAST_WORDS = 3
_LEAST_MEANING = 2
# Stands in a key for an open place. It is no placeholder, which would be one with those beside it.
_MARK = "\x02"
# A word ends at white space, punctuation that ends a clause or announces a value, brackets, quotes and CJK characters.
_WORD = re.compile(rf"[^\s,;:=()\[\]{{}}\"'`|!?，；：、。！？（）【】《》“”‘’「」『』{CJK}]+|[{CJK}]+")
_LABEL = re.compile(r"\s?(?:[:：]|=)")
_TRACE_LINE = re.compile(r"(?:Caused by: |at )")
_BEFORE_PREDICATES = ANNOUNCING | BEFORE_ACTS | NEGATIONS


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A key with one place left open: its hash, that of the word which stands there, and the place in the template.

    Both hashes are signed 64-bit numbers, as databases keep them; that of a plain name is odd, others are even.
    """

    hash: int
    word: int
    start: int
    end: int


def wildcards(template: str) -> tuple[Wildcard, ...]:
    """List the keys that a template would have if one of its words were a variable, one for each word that may be.

    >>> [(each.start, each.end) for each in wildcards("user alice was refused at the gate")]
    [(5, 10), (30, 34)]
    """
    return tuple(
        Wildcard(_hash(key_of(_fill(template, (start, end, _MARK)))), _hash_of_word(word), start, end)
        for word, start, end in _variable_words(template)
    )


def double_hashes(template: str) -> tuple[int, ...]:
    """Hash the keys with a place left open that a template would have if one more of its words were a placeholder.

    By these it is found by a template in which two words proved to be variables, one after the other.
    """
    pairs = combinations([(start, end) for _, start, end in _variable_words(template)], 2)
    return tuple(
        _hash(key_of(_fill(template, (*left, fillings[0]), (*right, fillings[1]))))
        for left, right in pairs
        for fillings in ((_MARK, OPEN_PLACE), (OPEN_PLACE, _MARK))
    )


def opened(template: str, wildcard: Wildcard) -> str:
    """Put a placeholder into the place of a template's wildcard.

    >>> line = "user alice was refused at the gate"
    >>> opened(line, wildcards(line)[0])
    'user <str> was refused at the gate'
    """
    return _fill(template, (wildcard.start, wildcard.end, OPEN_PLACE))


def _fill(template: str, *fillings: tuple[int, int, str]) -> str:
    for start, end, filling in reversed(fillings):
        template = template[:start] + filling + template[end:]
    return template


def _hash(text: str) -> int:
    # Without the version of the rules: what was seen holds as long as a key is the same.
    number = xxh64_intdigest(text.encode("utf-8", "surrogatepass"))
    return number - (1 << 64) if number >> 63 else number


def _hash_of_word(word: Look) -> int:
    number = _hash(word.lower)
    return number | 1 if word.naming is Naming.PLAIN else number & ~1


def _variable_words(template: str) -> list[tuple[Look, int, int]]:
    """The words that may vary with their places in the template, MOST_PLACES at most."""
    if len(template) > _LONGEST or _TRACE_LINE.match(template):
        return []
    words = [look(word) for word in _WORD.findall(template)]
    if all(word.naming is Naming.NONE for word in words[1:]):
        return []
    words = [word for word in words if word.bare]
    if sum(max(1, word.meaning) for word in words if word.lower) <= _LEAST_WORDS:
        return []
    # Other lines than the first are causes and frames of a trace, and details.
    first_line = template.partition("\n")[0]
    meaning = sum(word.meaning for word in words)
    found: list[tuple[Look, int, int]] = []
    end = 0
    for place, word in enumerate(words):
        start = first_line.find(word.bare, end)
        if start < 0 or len(found) == MOST_PLACES:
            break
        end = start + len(word.bare)
        if (
            place
            and word.naming is not Naming.NONE
            and meaning - word.meaning >= _LEAST_MEANING
            and not _LABEL.match(template, end)
            and _may_be_name(words, place)
        ):
            found.append((word, start, end))
    return found


def _may_be_name(words: Sequence[Look], place: int) -> bool:
    """Tell whether the words before one leave it open to be a name."""
    before = words[place - 1].lower
    if before in _BEFORE_PREDICATES or (before == "to" and place > 1 and words[place - 2].lower in BEFORE_TO):
        return False
    # Behind a variable the last word tells what became of it.
    return bool(before) or place + 1 < len(words)
