"""Patterns of the abstract texts that come often: with one of them a text is taken apart at a third of the price.

Which pattern to try is told by the shape of a text: what is left when its letters are all alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.signature.recall.memory import Memory
from knowledge_base.signature.recall.outline import Outline
from knowledge_base.signature.recall.words import Abstract, WordCodes, codes_in, pattern_of

_OFTEN = 12
_MOST_TRIED = 4


@dataclass(frozen=True, slots=True)
class Mould:
    """Texts that match ``pattern`` and have words of these codes in its groups are of this abstract text."""

    pattern: re.Pattern[str]
    codes: tuple[str, ...]
    abstract: str
    outline: Outline


class Moulds:
    """Learns the moulds of what comes often; ``memory`` bounds how many there are."""

    def __init__(self, memory: int) -> None:
        self._words = WordCodes()
        self._met: Memory[str, int] = Memory(memory)
        self._of: Memory[bytes, tuple[Mould, ...]] = Memory(memory)

    def find(self, text: str, shape: bytes) -> tuple[Abstract, Outline] | None:
        """Take a text of a shape apart; None where no mould fits."""
        words = self._words
        for mould in self._of.get(shape) or ():
            if (found := mould.pattern.fullmatch(text)) is not None:
                taken = found.groups()
                if tuple([words[word] for word in taken]) == mould.codes:
                    return Abstract(mould.abstract, taken), mould.outline
        return None

    def learn(self, found: Abstract, outline: Outline, shape: bytes) -> None:
        """Count an abstract text; the mould is made when it comes often."""
        met = (self._met.get(found.text) or 0) + 1
        self._met[found.text] = met
        known = self._of.get(shape) or ()
        if met != _OFTEN or not found.words or found.torn or len(known) >= _MOST_TRIED:
            return
        pattern, codes = re.compile(pattern_of(found.text)), tuple(codes_in(found.text))
        self._of[shape] = (*known, Mould(pattern, codes, found.text, outline))
