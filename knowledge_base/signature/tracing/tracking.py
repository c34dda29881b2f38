"""A text that is changed step by step, and that knows of each character where it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from knowledge_base.signature.kinds import PLACEHOLDER_PATTERN

Origin: TypeAlias = tuple[int, int] | None
"""Begin and end in the text at the start; None where that is not certain."""

_TOKEN = re.compile("[A-Za-z0-9]+")
_PART = re.compile("[A-Za-z]+|[0-9]+")
_PIECE = re.compile(f"{PLACEHOLDER_PATTERN}|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tracked:
    """A text with the origin of each of its characters."""

    text: str
    origins: Sequence[Origin]

    def part(self, start: int, end: int | None = None) -> Tracked:
        """Give a part of it."""
        return Tracked(self.text[start:end], self.origins[start:end])

    def origin(self, start: int, end: int) -> Origin:
        """Tell where a stretch came from; a stretch without characters comes from where it stands."""
        if start == end:
            before = self.origins[start - 1] if start else None
            return (before[1], before[1]) if before else None
        first, last = self.origins[start], self.origins[end - 1]
        if first is None or last is None or None in self.origins[start:end]:
            return None
        return (first[0], last[1]) if first[0] <= last[1] else None


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement: where it came from, what stood there before it, and what stands there now."""

    origin: Origin
    before: str
    after: str


def whole(text: str) -> Tracked:
    """Begin with a text."""
    return Tracked(text, [(place, place + 1) for place in range(len(text))])


def unknown(text: str) -> Tracked:
    """Go on with a text of which nobody knows where it came from."""
    return Tracked(text, [None] * len(text))


def joined(parts: Iterable[Tracked], between: str = "\n") -> Tracked:
    """Put parts together."""
    texts, origins = list[str](), list[Origin]()
    for number, part in enumerate(parts):
        if number:
            origins += [None] * len(between)
        texts.append(part.text)
        origins += part.origins
    return Tracked(between.join(texts), origins)


def based_on(tracked: Tracked, base: Tracked) -> Tracked:
    """Tell the origins in what ``base`` came from, for a text whose origins are places in ``base``."""
    known: dict[Origin, Origin] = {None: None}
    for origin in set(tracked.origins):
        if origin is not None:
            known[origin] = base.origin(*origin)
    return Tracked(tracked.text, [known[origin] for origin in tracked.origins])


def substitute(
    tracked: Tracked, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], *, trimmed: bool = True
) -> tuple[Tracked, list[Change]]:
    """Do what ``pattern.sub`` does, and tell each change; ``trimmed``: without what is equal at its ends.

    >>> after, changes = substitute(whole("of table t1"), re.compile("table [a-z0-9]+"), lambda _: "table <table>")
    >>> after.text, changes
    ('of table <table>', [Change(origin=(9, 11), before='t1', after='<table>')])
    """
    texts, origins, changes = list[str](), list[Origin](), list[Change]()
    end = 0
    for match in pattern.finditer(tracked.text):
        after = replace(match)
        if after == match[0]:
            continue
        same_before, same_after = _equal_ends(match[0], after) if trimmed else (0, 0)
        start, stop = match.start() + same_before, match.end() - same_after
        put = after[same_before : len(after) - same_after]
        origin = tracked.origin(start, stop)
        texts += tracked.text[end:start], put
        origins += tracked.origins[end:start]
        origins += [origin] * len(put)
        changes.append(Change(origin, tracked.text[start:stop], put))
        end = stop
    if not changes:
        return tracked, changes
    texts.append(tracked.text[end:])
    origins += tracked.origins[end:]
    return Tracked("".join(texts), origins), changes


def _equal_ends(before: str, after: str) -> tuple[int, int]:
    """Tell how many characters two texts share at their begin and at their end; no placeholder is torn."""
    ours, theirs = _PIECE.findall(before), _PIECE.findall(after)
    shortest = min(len(ours), len(theirs))
    first = 0
    while first < shortest and ours[first] == theirs[first]:
        first += 1
    last = 0
    while last < shortest - first and ours[-1 - last] == theirs[-1 - last]:
        last += 1
    return sum(map(len, ours[:first])), sum(map(len, ours[len(ours) - last :]))


def follow_cut(
    tracked: Tracked, cut: str, becomes: Callable[[str], str] = lambda character: character
) -> tuple[Tracked, list[Origin]]:
    """Follow a text to what is left of it after pieces were cut out; tells where the pieces were.

    ``becomes`` tells which characters were replaced. What cannot be followed has no origins.
    """
    if cut == tracked.text:
        return tracked, []
    text, origins, gaps = tracked.text, list[Origin](), list[Origin]()
    place = 0
    for character in cut:
        found = place
        while found < len(text) and text[found] != character and becomes(text[found]) != character:
            found += 1
        if found == len(text):
            return unknown(cut), []
        if found > place:
            gaps.append(tracked.origin(place, found))
        origins.append(tracked.origins[found])
        place = found + 1
    if place < len(text):
        gaps.append(tracked.origin(place, len(text)))
    return Tracked(cut, origins), gaps


def follow_tokens(tracked: Tracked, after: str) -> Tracked:
    """Follow a text in which whole words, or their parts of letters and digits, were replaced by others.

    >>> follow_tokens(whole("read ab1 now"), "READ xyz2 now").origins[5:9]
    [(5, 7), (5, 7), (5, 7), (7, 8)]
    """
    if after == tracked.text:
        return tracked
    ours, theirs = list(_TOKEN.finditer(tracked.text)), _TOKEN.findall(after)
    if len(ours) != len(theirs):
        return unknown(after)
    texts, origins, end = list[str](), list[Origin](), 0
    for token, other in zip(ours, theirs, strict=True):
        texts += tracked.text[end : token.start()], other
        origins += tracked.origins[end : token.start()]
        origins += _origins_of_token(tracked.part(*token.span()), other)
        end = token.end()
    texts.append(tracked.text[end:])
    origins += tracked.origins[end:]
    return Tracked("".join(texts), origins) if "".join(texts) == after else unknown(after)


def _origins_of_token(token: Tracked, other: str) -> Iterable[Origin]:
    if token.text == other:
        return token.origins
    ours, theirs = list(_PART.finditer(token.text)), _PART.findall(other)
    if len(ours) != len(theirs):
        return [token.origin(0, len(token.text))] * len(other)
    return [origin for part, new in zip(ours, theirs, strict=True) for origin in _origins_of_part(token, part, new)]


def _origins_of_part(token: Tracked, part: re.Match[str], other: str) -> Iterable[Origin]:
    if part[0] == other:
        return token.origins[part.start() : part.end()]
    return [token.origin(*part.span())] * len(other)
