"""The table of error codes and exception classes, read and checked: `codes.yaml`, explained in docs/kinds.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from knowledge_base.errors import InputError
from knowledge_base.vocabulary.catalogue import Catalogue
from knowledge_base.vocabulary.files import parsed

MOST_PATTERNS = 40
LONGEST_PATTERN = 80
CODE = "{code}"

_CODE = r"(-?[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,60}[A-Za-z0-9_])?)"
_SYSTEM_KEYS = frozenset({"name", "announced", "listed_as", "only_with", "codes"})


@dataclass(frozen=True, slots=True)
class Sense:
    """What a code or class means: concepts, and the kind of error where it is one only."""

    concepts: frozenset[str]
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """Words that announce a code of a system; ``anchor`` is the longest of them in lower case, looked for first."""

    anchor: str
    expression: str
    senses: Mapping[str, Sense]

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds the code; compiled when it is first needed, for most never are."""
        return _compiled(self.expression)


@dataclass(frozen=True, slots=True)
class Listing:
    """A code as the signature lists it; where ``only_with`` has words, one of them must stand in the text."""

    sense: Sense
    only_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeTable:
    """All codes and classes: those that speak for themselves, those that are announced, those that are listed."""

    plain: Mapping[str, Sense]
    announcements: tuple[Announcement, ...]
    listings: Mapping[str, tuple[Listing, ...]]
    classes: Mapping[str, Sense]
    generic: frozenset[str]


def code_table(content: bytes, place: str, catalogue: Catalogue) -> CodeTable:
    """Read a table of codes; a kind that it names must be in the catalogue.

    Raises InputError that says where the table is wrong.
    """
    document = parsed(content, place)
    if not isinstance(document, dict) or set(document) != {"systems", "classes", "generic"}:
        raise InputError(f"{place}: the keys systems, classes and generic are expected; see docs/kinds.md")
    plain: dict[str, Sense] = {}
    announcements: list[Announcement] = []
    listings: dict[str, tuple[Listing, ...]] = {}
    for system in _list(document["systems"], place):
        here = f"{place}: {str(system.get('name'))[:60]}" if isinstance(system, dict) else place
        if not isinstance(system, dict) or not set(system) <= _SYSTEM_KEYS:
            raise InputError(f"{here}: name, announced, listed_as, only_with and codes are the keys of a system")
        senses = _senses(system.get("codes"), "codes", here, catalogue)
        announced = _patterns(system, "announced", here)
        listed = _patterns(system, "listed_as", here)
        if not announced and not listed:
            _add(plain, senses, here)
        announcements.extend(_announcement(pattern, senses) for pattern in announced)
        only_with = tuple(word.lower() for word in _list(system.get("only_with", []), here))
        for pattern in listed:
            for code, sense in senses.items():
                name = pattern.replace(CODE, code)
                listings[name] = (*listings.get(name, ()), Listing(sense, only_with))
    generic = frozenset(_words(document["generic"], f"{place}: generic"))
    classes = _senses(document["classes"], "names", f"{place}: classes", catalogue)
    if both := generic & set(classes):
        raise InputError(f"{place}: generic: {min(both)} has a meaning under classes; it cannot be both")
    return CodeTable(plain, tuple(announcements), listings, classes, generic)


def _announcement(pattern: str, senses: Mapping[str, Sense]) -> Announcement:
    pieces = pattern.split(CODE)
    anchor = max((word for piece in pieces for word in piece.split()), key=len).lower()
    source = _CODE.join(r"\s{1,8}".join(re.escape(word) for word in re.split(" +", piece)) for piece in pieces)
    edge = r"(?<![A-Za-z0-9_])" if pattern[0].isalnum() else ""
    return Announcement(anchor, edge + source + r"(?![A-Za-z0-9_])" * pattern.endswith(CODE), senses)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


def _patterns(system: dict[Any, Any], key: str, here: str) -> list[str]:
    patterns = _list(system.get(key, []), here)
    for pattern in patterns:
        if not isinstance(pattern, str) or pattern.count(CODE) != 1 or len(pattern) > LONGEST_PATTERN:
            raise InputError(f"{here}: {key}: each must have {CODE} once and at most {LONGEST_PATTERN} characters")
        if key == "announced" and not pattern.replace(CODE, "").strip():
            raise InputError(f"{here}: {key}: words must stand beside {CODE}")
    if len(patterns) > MOST_PATTERNS:
        raise InputError(f"{here}: {key}: at most {MOST_PATTERNS} fit, these are {len(patterns)}")
    return patterns


def _senses(entries: object, key: str, here: str, catalogue: Catalogue) -> dict[str, Sense]:
    found: dict[str, Sense] = {}
    for entry in _list(entries, here):
        _add(found, dict.fromkeys(*_meant(entry, key, here, catalogue)), here)
    return found


def _meant(entry: object, key: str, here: str, catalogue: Catalogue) -> tuple[list[str], Sense]:
    if not isinstance(entry, dict) or set(entry) not in ({"kind", key}, {"concepts", key}):
        raise InputError(f"{here}: kind or concepts, and {key}, are expected in each entry")
    words = list(_words(entry[key], here))
    if "concepts" in entry:
        return words, Sense(frozenset(map(str, _list(entry["concepts"], here))))
    kind = catalogue.by_name.get(entry["kind"])
    if kind is None:
        raise InputError(f"{here}: there is no kind {str(entry['kind'])[:60]!r}; write the name of one in kinds.yaml")
    return words, Sense(frozenset(kind.concepts), kind.name)


def _add(found: dict[str, Sense], more: Mapping[str, Sense], here: str) -> None:
    for name, sense in more.items():
        if name in found:
            raise InputError(f"{here}: {name[:60]} stands here twice; leave one of them out")
        found[name] = sense


def _words(text: object, here: str) -> Iterator[str]:
    if not isinstance(text, str):
        raise InputError(f"{here}: words with spaces between them are expected")
    yield from text.split()


def _list(value: object, here: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{here}: a list is expected")
    return value
