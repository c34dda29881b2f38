"""Words as variables: templates that differ in a place where many different words were met are one.

What is kept of a template is small: for each of its words that may vary, the hash of the key with that place left
open, and the hash of the word. A merged template is a template again, so that a second variable in the same line is
found as well. What comes out is the least set that the rule asks for; the order in which templates came is no part
of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.sightings import ENOUGH, Sightings
from knowledge_base.signature import fingerprint_of, key_of
from knowledge_base.signature.wildcards.candidates import double_hashes, opened, wildcards

MOST_VARIABLES = 2
"""Variable words of one line that are found."""


@dataclass(frozen=True, slots=True)
class MergedTemplate:
    """What templates became: the fingerprint and the text of the merged one."""

    id: str
    text: str


def resolve(templates: Mapping[str, str], *, enough: int = ENOUGH) -> dict[str, MergedTemplate]:
    """Merge templates, given by their fingerprints, that differ in a variable word; those that stay are left out.

    >>> names = ("alice", "bob", "carol", "dave", "erin")
    >>> merged = resolve({name: f"user {name} was refused at the gate" for name in names})
    >>> {each.text for each in merged.values()}
    {'user <str> was refused at the gate'}
    """
    forest = _Forest(templates)
    sightings = Sightings()
    done: set[int] = set()
    doubly: dict[int, int] = {}
    first, last = 0, len(forest.texts)
    for turn in range(MOST_VARIABLES):
        for number in range(first, last):
            for each in wildcards(forest.texts[number]):
                sightings.add(each.hash, each.word, number)
        for place, members in sightings.variables(enough=enough).items():
            if place not in done:
                done.add(place)
                merged = forest.merge(place, members, turn)
                if turn == 1:
                    doubly[place] = merged
        first, last = last, len(forest.texts)
        if first == last:
            break
    _absorb(forest, doubly)
    return forest.merged(templates)


def _absorb(forest: _Forest, doubly: Mapping[int, int]) -> None:
    """Take in templates that fit a merged one with two open places, none of which was open enough for them alone."""
    openings = {forest.texts[number].partition(" ")[0].casefold() for number in doubly.values()}
    for number, text in enumerate(forest.texts):
        if doubly and forest.is_alone(number) and text.partition(" ")[0].casefold() in openings:
            for place in double_hashes(text):
                if place in doubly:
                    forest.join(number, doubly[place])


class _Forest:
    """Templates by number, and which of them are one."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        # In the order of fingerprints, so that the numbers do not tell in which order templates came.
        self.fingerprints = sorted(templates)
        self.texts = [templates[fingerprint] for fingerprint in self.fingerprints]
        self._numbers = {fingerprint: number for number, fingerprint in enumerate(self.fingerprints)}
        self._parents = list(range(len(self.texts)))
        self._standing: dict[int, tuple[int, int]] = {}

    def merge(self, place: int, members: list[int], turn: int) -> int:
        """Make templates that differ at an open place one; give the number of the merged template."""
        number = self._number_of(min(self._opened(member, place) for member in members))
        self._standing[number] = max(self._standing.get(number, (0, 0)), (turn + 1, len(members)))
        for member in members:
            self.join(member, number)
        return number

    def _opened(self, number: int, place: int) -> str:
        text = self.texts[number]
        return next(opened(text, each) for each in wildcards(text) if each.hash == place)

    def _number_of(self, text: str) -> int:
        fingerprint = fingerprint_of(key_of(text))
        number = self._numbers.get(fingerprint)
        if number is None:
            number = self._numbers[fingerprint] = len(self.texts)
            self.fingerprints.append(fingerprint)
            self.texts.append(text)
            self._parents.append(number)
        return number

    def join(self, left: int, right: int) -> None:
        """Say that two templates are one."""
        self._parents[self._root(left)] = self._root(right)

    def is_alone(self, number: int) -> bool:
        """Tell whether a template was not joined with another one."""
        return self._parents[number] == number and number not in self._standing

    def _root(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = number = self._parents[self._parents[number]]
        return number

    def merged(self, templates: Mapping[str, str]) -> dict[str, MergedTemplate]:
        """Name for each template that was joined what it is now: the most open one, then the one of most templates."""
        best: dict[int, int] = {}
        for number in sorted(self._standing, key=lambda each: (self._standing[each], self.fingerprints[each])):
            best[self._root(number)] = number
        shown = {root: MergedTemplate(self.fingerprints[each], self.texts[each]) for root, each in best.items()}
        found = ((fingerprint, self._root(self._numbers[fingerprint])) for fingerprint in templates)
        return {fingerprint: shown[root] for fingerprint, root in found if root in shown}
