"""From reduced text to template, rule by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.signature.masks.choosing import chooser
from knowledge_base.signature.masks.keep_rules import KEEP_RULES
from knowledge_base.signature.reducing import Reduction

_FIRST_MARK = 0xE000
_LAST_MARK = 0xF8FF
_MARK = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Hole:
    """A run of digits that may stay: its number in the text and how many digits it may have."""

    run: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Mask:
    """One replacement, for people: ``rule``, what it matched and what stands there now."""

    rule: str
    matched: str
    placeholder: str


def mark_holes(text: str) -> tuple[str, tuple[Hole, ...]]:
    """Put a private character in place of each ``0`` of a reduced text that a keep rule protects.

    The character with number *i* stands for the hole with number *i*.
    """
    if "0" not in text:
        return text, ()
    places: dict[int, tuple[int, int]] = {}
    for rule in KEEP_RULES:
        for need in rule.needs:
            if need in text:
                break
        else:
            if rule.needs:
                continue
        if rule.probe and not rule.probe.search(text):
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span(1)
            for place in range(start, end):
                if text[place] == "0":
                    places.setdefault(place, (rule.least, rule.most))
    if not places:
        return text, ()
    kept = sorted(places)[: _LAST_MARK - _FIRST_MARK]
    characters = list(text)
    holes = []
    for number, place in enumerate(kept):
        characters[place] = mark(number)
        holes.append(Hole(text.count("0", 0, place), *places[place]))
    return "".join(characters), tuple(holes)


def mark(number: int) -> str:
    """Give the private character that stands for a hole."""
    return chr(_FIRST_MARK + number)


def fill_holes(text: str, holes: Sequence[Hole], digits: Sequence[str]) -> str:
    """Put the digits of each hole back; what is too long or too short to be a code becomes ``<n>``."""

    def fill(match: re.Match[str]) -> str:
        number = ord(match[0]) - _FIRST_MARK
        hole, run = holes[number], digits[number]
        return run if hole.least <= len(run) <= hole.most else "<n>"

    return _MARK.sub(fill, text)


def apply_rules(text: str) -> str:
    """Apply the rules in their order to a reduced text with its holes marked."""
    for rule in chooser().choose(text):
        # A plain loop takes half the time of any() over a generator, and this is where a new line's time goes.
        for need in rule.needs:
            if need in text:
                break
        else:
            if rule.needs:
                continue
        text = rule.pattern.sub(rule.replacement, text)
    return text


def mask_line(reduction: Reduction) -> str:
    """Mask a reduced text that has no header."""
    text, holes = mark_holes(reduction.text)
    runs = reduction.runs
    return fill_holes(apply_rules(text), holes, [runs[hole.run] for hole in holes])
