"""All wordings of a glossary as one tree of words, and where they occur in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from knowledge_base.vocabulary.words import STOP, words_of

GAP = ".."
REACH = 4
"""Words that a gap spans at most."""

NUMBER = "<n>"
_SHORTEST_STEM = 3
_LONGEST_WORD = 40
_SHORTEST_COMPOUND = 8
_CACHE = 20_000
_CHINESE = re.compile("[㐀-鿿]+")
_LINKS = frozenset({"error", "exception", "failure", "no", "of", "in", "is", "to", "by", "not", "out", "on", "for"})
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""))

Node = dict[str, Any]
"""Words lead on to nodes; the empty word leads to the names of the concepts whose wording ends here."""

Symbols = tuple[str, ...]


class Occurrence(NamedTuple):
    """A wording found: the places of its words (those within a gap left out) and the concepts it stands for."""

    places: tuple[int, ...]
    concepts: tuple[str, ...]


def parts_of(wording: str) -> tuple[str, ...]:
    """Take a wording apart as a text is; ``..`` and the ``*`` that ends a stem stay.

    >>> parts_of("can't .. permission*")
    ('can', 'not', '..', 'permission*')
    """
    return tuple(part for piece in wording.split() for part in _parts_of_piece(piece))


@lru_cache(maxsize=_CACHE)
def _parts_of_piece(piece: str) -> tuple[str, ...]:
    """Take apart what stands between spaces; kept, because the same words stand in many wordings."""
    if piece == GAP:
        return (GAP,)
    if _CHINESE.fullmatch(piece):
        return tuple(piece)
    parts = [word.text for word in words_of(piece.removesuffix("*"))]
    if piece.endswith("*") and parts:
        parts[-1] += "*"
    return tuple(parts)


@dataclass(slots=True)
class WordingTree:
    """Finds wordings in time that grows with the length of the text alone."""

    root: Node = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)

    def add(self, wording: str, concept: str) -> None:
        """Let a wording stand for a concept; one wording may stand for several."""
        node = self.root
        for part in parts_of(wording):
            if part.endswith("*"):
                self.stems.add(part[:-1])
            else:
                self.exact.add(part)
            node = node.setdefault(part, {})
        node[""] = tuple(dict.fromkeys((*node.get("", ()), concept)))

    def reader(self) -> Vocabulary:
        """Freeze the words met so far, so that those of a text are looked up once."""
        return Vocabulary(frozenset(self.exact), frozenset(self.stems))

    def occurrences(self, words: Sequence[Symbols]) -> list[Occurrence]:
        """Find every wording in a text; ``words`` has the symbols of each of its words."""
        found: list[Occurrence] = []
        for place, symbols in enumerate(words):
            if symbols:
                _follow(self.root, place, place + 1, (), words, found)
        return found


def _follow(
    node: Node, first: int, behind: int, places: tuple[int, ...], words: Sequence[Symbols], found: list[Occurrence]
) -> None:
    """Go on from a node with any of the words from ``first`` up to (not including) ``behind``."""
    for place in range(first, min(behind, len(words))):
        for symbol in words[place]:
            if symbol == STOP:
                return
            below = node.get(symbol)
            if below is None:
                continue
            covered = (*places, place)
            said = below.get("")
            if said is not None:
                found.append(Occurrence(covered, said))
                if len(below) == 1:
                    continue
            if place + 1 < len(words) and not below.keys().isdisjoint(words[place + 1]):
                _follow(below, place + 1, place + 2, covered, words, found)
            if GAP in below:
                _follow(below[GAP], place + 1, place + REACH + 2, covered, words, found)


class Vocabulary:
    """What a word of a text can be in a wording: itself, its singular, a stem, or a compound's parts."""

    def __init__(self, exact: frozenset[str], stems: frozenset[str]) -> None:
        self._exact = exact
        self._stems = stems
        self._longest_stem = max(map(len, stems), default=0)
        self.symbols = lru_cache(maxsize=_CACHE)(self._symbols)

    def _symbols(self, word: str) -> tuple[Symbols, ...]:
        """Give the symbols of a word; several words' where it is a compound such as `notfound`."""
        known = self._known(word)
        if known or not _SHORTEST_COMPOUND <= len(word) <= _LONGEST_WORD:
            return (known,)
        parts = self._split(word)
        return tuple(self._known(part) for part in parts) if parts else ((),)

    def _known(self, word: str) -> Symbols:
        if word == STOP:
            return (STOP,)
        found = [word] if word in self._exact else []
        if len(word) > _SHORTEST_STEM and word.endswith("s"):
            singulars = (word.removesuffix(ending) + instead for ending, instead in _ENDINGS if word.endswith(ending))
            found.extend(singular for singular in singulars if singular in self._exact)
        if word.isdecimal():
            found.append(NUMBER)
        lengths = range(min(len(word), self._longest_stem), _SHORTEST_STEM - 1, -1)
        found.extend(f"{word[:length]}*" for length in lengths if word[:length] in self._stems)
        return tuple(found)

    def _split(self, word: str) -> Iterable[str]:
        """Take a compound apart into known words, the fewest that there are."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(2, len(word) + 1):
            for start in range(max(0, end - 16), end - 1):
                before, part = best[start], word[start:end]
                if before is None or not (part in _LINKS or (len(part) > 2 and part in self._exact)):
                    continue
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = (*before, part)
        return best[-1] or ()
