"""Which rules can find anything in a text, told by its words and characters instead of by a look for each rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from knowledge_base.signature.kinds import KINDS
from knowledge_base.signature.masks.mask_rules import MASK_RULES
from knowledge_base.signature.masks.rule import MaskRule

_LETTERS = re.compile("[A-Za-z]+")
_MOST_TOKENS = 50_000
_PLACEHOLDERS = "".join(kind.placeholder for kind in KINDS)


class Chooser:
    """Chooses from rules; a rule that is left out needs what is not in the text.

    >>> rule = MASK_RULES[0]
    >>> Chooser([rule]).choose("no address here") == [rule] or not any(need in "no address here" for need in rule.needs)
    True
    """

    def __init__(self, rules: Sequence[MaskRule]) -> None:
        self._rules = rules
        self._always = 0
        self._by_letters: list[tuple[str, int]] = []
        self._by_character: dict[str, int] = {}
        self._by_token: dict[str, int] = {}
        for number, rule in enumerate(rules):
            for need in rule.needs or ("",):
                self._note(need, 1 << number)

    def _note(self, need: str, bit: int) -> None:
        letters = max(_LETTERS.findall(need), key=len, default="")
        # What the rules themselves write into a text is not looked for in the text as it was before.
        if not need or "<" in need or (letters and letters in _PLACEHOLDERS):
            self._always |= bit
        elif letters:
            self._by_letters.append((letters, bit))
        else:
            self._by_character[need[0]] = self._by_character.get(need[0], 0) | bit

    def choose(self, text: str) -> list[MaskRule]:
        """Choose the rules to try, in their order."""
        bits = self._always
        for token in set(_LETTERS.findall(text)):
            of_token = self._by_token.get(token)
            bits |= self._learn(token) if of_token is None else of_token
        for character in self._by_character.keys() & set(text):
            bits |= self._by_character[character]
        return [rule for number, rule in enumerate(self._rules) if bits >> number & 1]

    def _learn(self, token: str) -> int:
        if len(self._by_token) >= _MOST_TOKENS:
            self._by_token.clear()
        bits = 0
        for letters, bit in self._by_letters:
            if letters in token:
                bits |= bit
        self._by_token[token] = bits
        return bits


@cache
def chooser() -> Chooser:
    """Give the one for all masking rules."""
    return Chooser(MASK_RULES)
