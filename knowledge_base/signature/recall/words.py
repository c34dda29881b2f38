"""Words that no rule knows become stand-ins, so that a line that was never seen has a form that was.

What the rules make of ``lost parcels of ann`` they make of any three words of the same shapes there; so it is worked
out once, for stand-ins, and the words are put back. This is part of what a signature is, not only of how it is
reached: the rules never see the words themselves. The same holds for what has letters between digits (``k3b9z0``) and
for hexadecimal values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, product
from typing import NamedTuple

from knowledge_base.signature.masks.vocabulary import vocabulary

_SPLIT = re.compile("([A-Za-z0]+)")
_PARTS = re.compile("[A-Za-z]+|0")
_SHORT, _LONG = 3, 11
_MOST_CODES = 100_000
_HEXADECIMAL = frozenset("abcdefABCDEF")
_TURNS = re.compile("0x[0a-f]*[a-f][0a-f]*|0x[0A-F]*[A-F][0A-F]*|[a-z0]*0[a-z]+0[a-z0]*|[A-Z0]*0[A-Z]+0[A-Z0]*")


class _Shape(NamedTuple):
    """How the stand-ins of a sort of words begin and end; two letters between number them."""

    begin: str
    end: str


_WORDS = {
    "lower": _Shape("qzx", "zqx"),
    "upper": _Shape("QZX", "ZQX"),
    "capital": _Shape("Qzx", "zqx"),
    "Camel": _Shape("Qzx", "Zqx"),
    "camel": _Shape("qzx", "Zqx"),
    "long lower": _Shape("qzxqzx", "zqxzqx"),
    "long upper": _Shape("QZXQZX", "ZQXZQX"),
    "long capital": _Shape("Qzxqzx", "zqxzqx"),
    "long Camel": _Shape("Qzxqzx", "Zqxzqx"),
    "long camel": _Shape("qzxqzx", "Zqxzqx"),
}
# With letters between digits: after 0x, hexadecimal or not, beginning with a letter or a digit.
_MIXED = {
    "0x": _Shape("0x0", "0b0"),
    "hex a": _Shape("a0", "0b0"),
    "hex 0": _Shape("0a0", "0b0"),
    "other a": _Shape("qzx0", "0zqx0"),
    "other 0": _Shape("0qzx0", "0zqx0"),
    "upper 0x": _Shape("0x0", "0B0"),
    "upper hex a": _Shape("A0", "0B0"),
    "upper hex 0": _Shape("0A0", "0B0"),
    "upper other a": _Shape("QZX0", "0ZQX0"),
    "upper other 0": _Shape("0QZX0", "0ZQX0"),
}
# A code is a character that a clipped text never holds.
_CODES = dict(
    zip(
        (*_WORDS, *_MIXED),
        "\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a",
        strict=True,
    )
)
_NAMES = {code: name.removeprefix("long ") for name, code in _CODES.items()}
_GROUPS = {
    "lower": "([a-z]++)",
    "upper": "([A-Z]++)",
    "capital": "([A-Z][a-z]++)",
    "Camel": "([A-Z][A-Za-z]++)",
    "camel": "([a-z][A-Za-z]++)",
}
_SHAPES = {_CODES[name]: shape for name, shape in (_WORDS | _MIXED).items()}
_MIXED_CODES = frozenset(_CODES[name] for name in _MIXED)
_CODE = re.compile(f"[{''.join(_SHAPES)}]")
# What is left of a stand-in that the rules took to pieces.
_REST = re.compile("qzx|zqx", re.IGNORECASE)
# Letters between the numbers of a duration, a date, an area or a decimal power.
_UNITS = frozenset({"d", "h", "m", "s", "ms", "us", "ns", "min", "t", "z", "p", "dt", "e", "x"})
# With the rest of a stand-in these letters make up no part of a word that a rule knows.
_NUMERALS = "bcdfghjklmnpqrstvwxz"
_NUMBERS = tuple(one + other for one, other in product(_NUMERALS, repeat=2))
_HEX_NUMBERS = tuple(one + other for one, other in product("abcdef", repeat=2))
_NUMBER_OF = {letters: number for number, letters in enumerate(_NUMBERS)}
_HEX_NUMBER_OF = {letters: number for number, letters in enumerate(_HEX_NUMBERS)}
_STAND_IN = re.compile(
    rf"qzx(?:qzx)?(?P<word>[{_NUMERALS}]{{2}})zqx(?:zqx)?|0?qzx0(?P<mixed>[{_NUMERALS}]{{2}})0zqx0"
    r"|(?:0x|0?a)0(?P<hex>[a-f]{2})0b0",
    re.IGNORECASE,
)


class Codes(dict[str, str]):
    """Remembers tokens with codes in place of their unknown words; bounded by :meth:`make_room`.

    ``words`` has these words for the tokens that have some. An empty text stands for a token that looks like a
    stand-in; then all words of its text stay.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, tuple[str, ...]] = {}

    def __missing__(self, token: str) -> str:
        """Find the codes of a token that was not met."""
        code, words = _coded(token)
        if words:
            self.words[token] = words
        self[token] = code
        return code

    def make_room(self) -> None:
        """Forget everything where there is too much; between two texts only, for a text needs all its words."""
        if len(self) >= _MOST_CODES:
            self.clear()
            self.words.clear()


class WordCodes(dict[str, str]):
    """Remembers the codes of words alone; empty for what has none. Emptied when it is full."""

    def __missing__(self, word: str) -> str:
        """Find the code of a word that was not met."""
        if len(self) >= _MOST_CODES:
            self.clear()
        lowered = word.lower()
        code = self[word] = "" if "qzx" in lowered or "zqx" in lowered else _code_of(word) or ""
        return code


def _coded(token: str) -> tuple[str, tuple[str, ...]]:
    if _STAND_IN.search(token) or _REST.search(token):
        return "", ()
    if _TURNS.fullmatch(token):
        code = _code_of_mixed(token)
        return (token, ()) if code is None else (code, (token,))
    text, words = list[str](), list[str]()
    for part in _PARTS.findall(token):
        code = _code_of(part)
        text.append(part if code is None else code)
        if code is not None:
            words.append(part)
    return "".join(text), tuple(words)


def _code_of(word: str) -> str | None:
    if len(word) < _SHORT or _HEXADECIMAL.issuperset(word) or vocabulary().knows(word):
        return None
    if word.islower():
        case = "lower"
    elif word.isupper():
        case = "upper"
    elif word[1:].islower():
        case = "capital"
    else:
        case = "Camel" if word[0].isupper() else "camel"
    return _CODES[f"long {case}" if len(word) >= _LONG else case]


def _code_of_mixed(token: str) -> str | None:
    letters = [part for part in _PARTS.findall(token) if part != "0"]
    if _UNITS.issuperset(part.lower() for part in letters) and not token.startswith("0x"):
        return None
    if any(len(part) >= _SHORT and vocabulary().knows(part) for part in letters):
        return None
    upper = "upper " if any(part.isupper() for part in letters) else ""
    if token.startswith("0x"):
        return _CODES[f"{upper}0x"]
    kind = "hex" if all(_HEXADECIMAL.issuperset(part) for part in letters) else "other"
    return _CODES[f"{upper}{kind} {'0' if token[0] == '0' else 'a'}"]


@dataclass(frozen=True, slots=True)
class Abstract:
    """A reduced text with codes in place of the words that no rule knows, and these words in their order.

    ``torn`` tells the numbers of the words that hold digits, and of the first run of digits of each.
    """

    text: str
    words: tuple[str, ...]
    torn: tuple[tuple[int, int], ...] = ()

    def whole(self, runs: Sequence[str]) -> Sequence[str]:
        """Give the words with their digits; ``runs`` are those of the text."""
        if not self.torn:
            return self.words
        words = list(self.words)
        for number, first in self.torn:
            run = count(first)
            parts = _PARTS.findall(words[number])
            words[number] = "".join([runs[next(run)] if part == "0" else part for part in parts])
        return words

    def free(self, runs: int) -> Sequence[int]:
        """Give the numbers of the runs of digits that are part of no word, of so many."""
        if not self.torn:
            return range(runs)
        taken = {run for number, first in self.torn for run in range(first, first + self.words[number].count("0"))}
        return [run for run in range(runs) if run not in taken]


def abstract(reduced: str, codes: Codes) -> Abstract:
    """Take the unknown words out of a reduced text; what has several lines keeps all its words.

    >>> abstract("user 0 sent parcels", Codes()).words
    ('sent', 'parcels')
    """
    if "\n" in reduced:
        return Abstract(reduced, ())
    codes.make_room()
    parts = _SPLIT.split(reduced)
    tokens = parts[1::2]
    coded = [codes[token] for token in tokens]
    parts[1::2] = coded
    words = tuple(
        [
            word
            for token, code in zip(tokens, coded, strict=True)
            if token != code
            for word in codes.words.get(token, ())
        ]
    )
    if "" in coded:
        return Abstract(reduced, ())
    text = "".join(parts)
    most = len(_NUMBERS)
    torn: tuple[tuple[int, int], ...] = ()
    if not _MIXED_CODES.isdisjoint(text):
        most = len(_HEX_NUMBERS)
        torn = _torn(text, words)
    return Abstract(text, words, torn) if len(words) <= most else Abstract(reduced, ())


def _torn(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    torn, number, run = list[tuple[int, int]](), 0, 0
    for found in re.finditer(f"0|{_CODE.pattern}", text):
        if found[0] == "0":
            run += 1
            continue
        if found[0] in _MIXED_CODES:
            torn.append((number, run))
            run += words[number].count("0")
        number += 1
    return tuple(torn)


def codes_in(text: str) -> list[str]:
    """Give the codes in an abstract text, one for each word that was taken out."""
    return _CODE.findall(text)


def pattern_of(text: str) -> str:
    """Give the pattern of an abstract text, with a group for each word that was taken out."""
    pieces = [re.escape(piece) for piece in _CODE.split(text)]
    groups = [_GROUPS[_NAMES[code]] for code in _CODE.findall(text)]
    return "".join([part for pair in zip(pieces, [*groups, ""], strict=True) for part in pair])


class Standing(NamedTuple):
    """An abstract text with a word of its own in place of each code; ``own`` numbers the digits of these words."""

    text: str
    own: frozenset[int]


def stand_ins(text: str) -> Standing:
    """Put a word of its own in place of each code of an abstract text."""
    if not _CODE.search(text):
        return Standing(text, frozenset())
    pieces, own, run = list[str](), set[int](), 0
    codes = iter(_CODE.findall(text))
    for number, piece in enumerate(_CODE.split(text)):
        pieces.append(piece)
        run += piece.count("0")
        if (code := next(codes, None)) is not None:
            pieces.append(word := _stand_in(code, number))
            digits = word.count("0")
            own.update(range(run, run + digits))
            run += digits
    return Standing("".join(pieces), frozenset(own))


def _stand_in(code: str, number: int) -> str:
    begin, end = _SHAPES[code]
    letters = _NUMBERS[number] if "z" in begin.lower() else _HEX_NUMBERS[number]
    return f"{begin}{letters.upper() if end.isupper() else letters}{end}"


def split_at_stand_ins(text: str) -> tuple[list[str], list[int]]:
    """Give the pieces of a text between its stand-ins, and which word each of these stands for."""
    pieces, numbers, begin = list[str](), list[int](), 0
    for found in _STAND_IN.finditer(text):
        pieces.append(text[begin : found.start()])
        numbers.append(_number_of(found))
        begin = found.end()
    return [*pieces, text[begin:]], numbers


def is_ruined(text: str) -> bool:
    """Tell whether the rules took a stand-in to pieces."""
    return _REST.search(text) is not None and _REST.search(_STAND_IN.sub("", text)) is not None


def put_back(text: str, words: Sequence[str]) -> str:
    """Put the words back in place of their stand-ins."""
    return _STAND_IN.sub(lambda found: words[_number_of(found)], text) if words else text


def _number_of(found: re.Match[str]) -> int:
    if (letters := found["hex"]) is not None:
        return _HEX_NUMBER_OF[letters.lower()]
    return _NUMBER_OF[(found["word"] or found["mixed"]).lower()]
