"""What the followers of the signature's steps note, and what they need to know of the rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from knowledge_base.signature.masks.keep_rules import KEEP_RULES
from knowledge_base.signature.masks.masking import Hole, mark_holes
from knowledge_base.signature.masks.rule import MaskRule
from knowledge_base.signature.recall.words import Codes, abstract, put_back, stand_ins
from knowledge_base.signature.reducing import reduce_text
from knowledge_base.signature.tracing.explanation import Stage
from knowledge_base.signature.tracing.tracking import Change, Origin, Tracked, follow_tokens, substitute, unknown

_DIGITS = re.compile("[0-9]+")
_FIRST_MARK = 0xE000
_MARK = re.compile("[\ue000-\uf8ff]")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_TOO_LONG = "number"
UUID_OR_HEX = "hexadecimal value or UUID"


@dataclass(frozen=True, slots=True)
class Note:
    """A step as it is made; ``origin`` is a place in the message, ``before`` is for where there is none."""

    stage: Stage
    rule: str
    origin: Origin
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Digits that a keep rule protects: the rule, where they came from, and the numbers of their holes."""

    rule: str
    origin: Origin
    text: str
    holes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reduced:
    """A message without its digits, with private characters where a keep rule protects them.

    ``words`` are those that no rule knows; others stand in for them while the rules run. ``own`` numbers the digits
    of these others.
    """

    plain: Tracked
    marked: Tracked
    holes: tuple[Hole, ...]
    own: Collection[int]
    words: Sequence[str]
    kept: tuple[Kept, ...]


def follow_reduction(message: Tracked) -> tuple[Reduced, list[Note]]:
    """Reduce a message behind users' rules; origins are places in the message before them."""
    reduction = reduce_text(message.text)
    bare, notes = _follow_values(message, reduction.bare)
    plain, _ = substitute(bare, _DIGITS, lambda _: "0", trimmed=False)
    if plain.text != reduction.text:
        plain = unknown(reduction.text)
    found = abstract(plain.text, Codes())
    standing = stand_ins(found.text)
    plain = follow_tokens(plain, standing.text)
    marked, holes = mark_holes(plain.text)
    places = [place for place, (was, now) in enumerate(zip(plain.text, marked, strict=True)) if was != now]
    kept = _kept(plain, {place: number for number, place in enumerate(places)})
    return Reduced(plain, Tracked(marked, plain.origins), holes, standing.own, found.whole(reduction.runs), kept), notes


def _follow_values(message: Tracked, bare: str) -> tuple[Tracked, list[Note]]:
    """Follow the UUIDs and long hexadecimal values that the reduction masks."""
    if bare == message.text:
        return message, []
    text, origins, notes = message.text, list[Origin](), list[Note]()
    place = at = 0
    while at < len(bare):
        if place < len(text) and text[place] == bare[at]:
            origins.append(message.origins[place])
            place, at = place + 1, at + 1
            continue
        pattern, placeholder = (_UUID, "<uuid>") if bare.startswith("<uuid>", at) else (_HEX, "<hex>")
        value = pattern.match(text, place)
        if value is None or not bare.startswith(placeholder, at):
            return unknown(bare), []
        origin = message.origin(place, value.end())
        notes.append(Note(Stage.REDUCTION, UUID_OR_HEX, origin, value[0], placeholder))
        origins += [origin] * len(placeholder)
        place, at = value.end(), at + len(placeholder)
    return Tracked(bare, origins), notes


def _kept(plain: Tracked, numbers: dict[int, int]) -> tuple[Kept, ...]:
    """Tell whose digits the marked ones are: of the first rule that found them."""
    claimed: set[int] = set()
    found = list[Kept]()
    for rule in KEEP_RULES if numbers else ():
        if rule.needs and not any(need in plain.text for need in rule.needs):
            continue
        for match in rule.pattern.finditer(plain.text):
            start, end = match.span(1)
            places = {place for place in range(start, end) if place in numbers} - claimed
            if places:
                claimed |= places
                origin = plain.origin(start, end)
                found.append(Kept(rule.name, origin, match[1], frozenset(numbers[place] for place in places)))
    return tuple(found)


def follow_rules(line: Tracked, rules: tuple[MaskRule, ...]) -> tuple[Tracked, list[Note]]:
    """Apply masking rules to a line, in their order."""
    notes = list[Note]()
    for rule in rules:
        if rule.needs and not any(need in line.text for need in rule.needs):
            continue

        def replace(match: re.Match[str], rule: MaskRule = rule) -> str:
            return match.expand(rule.replacement) if isinstance(rule.replacement, str) else rule.replacement(match)

        line, changes = substitute(line, rule.pattern, replace)
        notes += [_note(Stage.MASK, rule.name, change) for change in changes]
    return line, notes


def _note(stage: Stage, rule: str, change: Change) -> Note:
    return Note(stage, rule, change.origin, change.before, change.after)


def follow_filling(masked: Tracked, reduced: Reduced, message: str) -> tuple[Tracked, list[Note]]:
    """Put kept digits and words back; what has too many digits, or too few, to be a code is a number."""
    left: set[int] = set()
    wrong = list[Note]()

    def fill(mark: str, origin: Origin) -> str:
        number = ord(mark) - _FIRST_MARK
        hole = reduced.holes[number]
        if hole.run in reduced.own or origin is None:
            return "0"
        digits = message[slice(*origin)]
        if hole.least <= len(digits) <= hole.most:
            left.add(number)
            return digits
        wrong.append(Note(Stage.MASK, _TOO_LONG, origin, digits, "<n>"))
        return "<n>"

    pieces, origins = list[str](), list[Origin]()
    for character, origin in zip(masked.text, masked.origins, strict=True):
        piece = fill(character, origin) if _MARK.match(character) else character
        pieces.append(piece)
        origins += [origin] * len(piece)
    filled = Tracked("".join(pieces), origins)
    kept = [each for each in reduced.kept if each.holes <= left]
    return follow_tokens(filled, put_back(filled.text, reduced.words)), [
        *wrong,
        *(Note(Stage.KEPT, each.rule, each.origin, each.text, each.text) for each in kept),
    ]
