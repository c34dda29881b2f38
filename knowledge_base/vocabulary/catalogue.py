"""The catalogue of well-known kinds of error, each in the words of many systems.

The packaged table is `kinds.yaml`; a file of one's own (``KEA_KINDS``) is put on top. docs/kinds.md tells how both
are written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from knowledge_base.errors import InputError
from knowledge_base.features.cleaning import cleaned
from knowledge_base.vocabulary.files import LONGEST_NAME, name_of, own, packaged

MOST_KINDS = 2_000
MOST_WORDINGS = 200
LONGEST_WORDING = 300
MOST_CONCEPTS = 12

_KEYS = frozenset({"name", "title", "chinese", "concepts", "wordings", "chinese_wordings", "replace"})


@dataclass(frozen=True, slots=True)
class Kind:
    """An error that one solution is attached to, with typical wordings; ``concepts`` are names in the glossary."""

    name: str
    title: str
    chinese: str
    wordings: tuple[str, ...]
    chinese_wordings: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """All kinds, in the order of the files."""

    kinds: tuple[Kind, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Kind]:
        """The kinds by name."""
        return {kind.name: kind for kind in self.kinds}

    @cached_property
    def digest(self) -> str:
        """A hash of the content, 16 hexadecimal digits."""
        content = [
            (each.name, each.title, each.chinese, each.wordings, each.chinese_wordings, each.concepts)
            for each in self.kinds
        ]
        return hashlib.sha256(repr(content).encode("utf-8", "backslashreplace")).hexdigest()[:16]

    @cached_property
    def wordings(self) -> tuple[tuple[str, str], ...]:
        """The name of a kind and one of its wordings, of those that have words: titles, English and Chinese ones."""
        return tuple(
            (kind.name, wording)
            for kind in self.kinds
            for wording in dict.fromkeys((kind.title, kind.chinese, *kind.wordings, *kind.chinese_wordings))
            if cleaned(wording)
        )


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """Load the packaged catalogue, and ``extra`` on top of it.

    Raises InputError with file and kind where ``extra`` cannot be used.
    """
    if extra is None:
        return _packaged()
    kinds = dict(_packaged().by_name)
    _put(kinds, own(extra, setting="KEA_KINDS"), str(extra))
    return Catalogue(tuple(kinds.values()))


@cache
def _packaged() -> Catalogue:
    """Read the packaged catalogue once a process: each window asks for it."""
    kinds: dict[str, Kind] = {}
    _put(kinds, packaged("kinds.yaml"), "kinds.yaml")
    return Catalogue(tuple(kinds.values()))


def _put(kinds: dict[str, Kind], document: object, place: str) -> None:
    entries = document.get("kinds") if isinstance(document, dict) else None
    if not isinstance(document, dict) or set(document) != {"kinds"} or not isinstance(entries, list):
        raise InputError(f"{place}: one key, kinds, with a list is expected; docs/kinds.md has an example")
    seen = set()
    for number, entry in enumerate(entries, 1):
        name = name_of(entry, f"{place}: kind {number}")
        if name in seen:
            raise InputError(f"{place}: kind {name}: it stands here twice; put its wordings together")
        seen.add(name)
        kinds[name] = _kind(entry, name, kinds.get(name), f"{place}: kind {name}")
    if len(kinds) > MOST_KINDS:
        raise InputError(f"{place}: kinds: at most {MOST_KINDS:,} fit, these are {len(kinds):,} in all")


def _kind(entry: dict[Any, Any], name: str, known: Kind | None, here: str) -> Kind:
    unknown = [str(key)[:LONGEST_NAME] for key in entry if key not in _KEYS]
    if unknown:
        raise InputError(f"{here}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    if entry.get("replace", "false") not in ("true", "false"):
        raise InputError(f"{here}: replace: write true or leave it out")
    before = None if entry.get("replace") == "true" else known
    title = _text(entry, "title", before.title if before else None, here)
    wordings = _lines(entry, "wordings", before.wordings if before else (), here)
    if not any(cleaned(wording) for wording in wordings):
        raise InputError(f"{here}: wordings: at least one with words is expected")
    return Kind(
        name=name,
        title=title,
        chinese=_text(entry, "chinese", before.chinese if before else title, here),
        wordings=wordings,
        chinese_wordings=_lines(entry, "chinese_wordings", before.chinese_wordings if before else (), here),
        concepts=_concepts(entry, before.concepts if before else (), here),
    )


def _text(entry: dict[Any, Any], key: str, otherwise: str | None, here: str) -> str:
    text = entry.get(key, otherwise)
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_WORDING or not text.isprintable():
        raise InputError(f"{here}: {key}: one line of at most {LONGEST_WORDING} characters is expected")
    return text.strip()


def _lines(entry: dict[Any, Any], key: str, before: tuple[str, ...], here: str) -> tuple[str, ...]:
    text = entry.get(key, "")
    if not isinstance(text, str):
        raise InputError(f"{here}: {key}: write | behind the key, and each wording on a line of its own")
    lines = tuple(dict.fromkeys((*before, *(line.strip() for line in text.splitlines() if line.strip()))))
    if len(lines) > MOST_WORDINGS:
        raise InputError(f"{here}: {key}: at most {MOST_WORDINGS} fit, these are {len(lines):,}")
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_WORDING or not line.isprintable():
            raise InputError(
                f"{here}: {key}: wording {number}: at most {LONGEST_WORDING} printable characters are expected"
            )
    return lines


def _concepts(entry: dict[Any, Any], before: tuple[str, ...], here: str) -> tuple[str, ...]:
    names = entry.get("concepts", [])
    if not isinstance(names, list) or any(not isinstance(name, str) or len(name) > LONGEST_NAME for name in names):
        raise InputError(f"{here}: concepts: a list of names is expected, such as [table, not-found]")
    merged = tuple(dict.fromkeys((*before, *names)))
    if len(merged) > MOST_CONCEPTS:
        raise InputError(f"{here}: concepts: at most {MOST_CONCEPTS} fit, these are {len(merged):,}")
    return merged
