"""Joins resolutions that say the same in nearly the same words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

ALIKE = 90.0
"""How alike two resolutions have to be, of 100, to count as one."""

DISTINCT = 200
IDS = 5
VARIANTS = 20
# Short numbers are settings; long ones, and those in dates, addresses and names of machines, differ by ticket.
_DECISIVE = re.compile(
    r"(?<![\d.:/-])\d{1,4}(?!\d|[.:/-]\d)|\b(?:not|no|never|without|cannot|un\w+|\w+n't)\b|[不无勿没未非禁]"
)


@dataclass(slots=True)
class Said:
    """One resolution with the tickets that say it; ``ids`` are the first of those that have any."""

    plain: str
    tickets: int = 0
    ids: list[str] = field(default_factory=list)
    variants: Counter[str] = field(default_factory=Counter)

    def count(self, text: str, ticket: str) -> None:
        """Count one more ticket."""
        self.tickets += 1
        if ticket and len(self.ids) < IDS:
            self.ids.append(ticket)
        if text in self.variants or len(self.variants) < VARIANTS:
            self.variants[text] += 1

    @property
    def text(self) -> str:
        """The wording that most of them have; of equal ones the first."""
        return self.variants.most_common(1)[0][0]


class Joined:
    """The distinct resolutions of one category; memory is bounded, what comes behind the bound is only counted."""

    def __init__(self) -> None:
        self.overflow = 0
        self._by_plain: dict[str, Said] = {}
        self._alike: dict[tuple[str, ...], list[Said]] = {}
        self._said: list[Said] = []

    def add(self, text: str, ticket: str) -> None:
        """Take in what one ticket says."""
        plain = _plain(text)
        said = self._by_plain.get(plain) or self._near(plain)
        if said is None:
            if len(self._said) >= DISTINCT:
                self.overflow += 1
                return
            said = Said(plain)
            self._said.append(said)
            self._alike.setdefault(_decisive(plain), []).append(said)
            self._by_plain[plain] = said
        said.count(text, ticket)

    def _near(self, plain: str) -> Said | None:
        """Find what says nearly the same; settings and negations have to agree exactly."""
        known = self._alike.get(_decisive(plain), ())
        found = process.extractOne(plain, [each.plain for each in known], scorer=fuzz.ratio, score_cutoff=ALIKE)
        return None if found is None else known[found[2]]

    @property
    def said(self) -> list[Said]:
        """What is said, most often first; of equal ones in the order of the file."""
        return sorted(self._said, key=lambda each: -each.tickets)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _decisive(plain: str) -> tuple[str, ...]:
    return tuple(sorted(_DECISIVE.findall(plain)))


def central(titles: Counter[str]) -> str:
    """Choose the commonest title, or where none comes twice the one that is most like the others.

    >>> central(Counter(["disk full on node", "disk is full on a node", "help"]))
    'disk full on node'
    """
    [(common, times)] = titles.most_common(1)
    if times > 1 or len(titles) < 3:
        return common
    some = list(titles)[:50]
    return max(some, key=lambda each: sum(fuzz.ratio(each.casefold(), other.casefold()) for other in some))
