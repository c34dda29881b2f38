"""Checks the YAML of a glossary."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.errors import InputError
from knowledge_base.vocabulary.files import own, packaged
from knowledge_base.vocabulary.wordings import GAP, parts_of
from knowledge_base.vocabulary.words import STOP

LARGEST_FILE = 1_000_000
MOST_CONCEPTS = 2_000
MOST_WORDINGS = 400
LONGEST_WORDING = 80
LONGEST_NAME = 60
MOST_PARTS = 12
MOST_GAPS = 2

PACKAGED = "concepts.yaml"

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_STEM = re.compile(r"[^\s*]{3,}\*")
_COMMA = re.compile("[,，、]")
_TOP = frozenset({"version", "concepts", "ignored", "apart"})
_KEYS = frozenset({"name", "kind", "english", "wordings", "chinese", "placeholders", "implies", "apart", "replace"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A concept as it stands in a file; ``place`` says where, for messages."""

    place: str
    name: str
    kind: str | None
    english: str | None
    wordings: tuple[str, ...]
    chinese: tuple[str, ...]
    placeholders: tuple[str, ...]
    implies: tuple[str, ...]
    replace: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was read; ``apart`` has groups of names, each with the place where it stands."""

    version: int
    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]
    apart: tuple[tuple[str, tuple[str, ...]], ...]


def packaged_table() -> Table:
    """Read the table that comes with Kea; its wordings were checked when it was made, which saves time at the start."""
    return _table(packaged(PACKAGED), PACKAGED, checked=True)


def read_table(path: Path) -> Table:
    """Read a person's own file.

    Raises InputError naming the file, the concept and what to do.
    """
    return _table(own(path, setting="KEA_GLOSSARY", what="glossary", largest=LARGEST_FILE), str(path))


def _table(document: object, place: str, *, checked: bool = False) -> Table:
    if not isinstance(document, dict) or not set(document) <= _TOP:
        raise InputError(f"{place}: the keys concepts, ignored and apart are expected; docs/glossary.md has an example")
    version = document.get("version", "1")
    if not isinstance(version, str) or not re.fullmatch(r"[0-9]{1,6}", version):
        raise InputError(f"{place}: version: a whole number is expected")
    entries = _list(document.get("concepts", []), f"{place}: concepts")
    if len(entries) > MOST_CONCEPTS:
        raise InputError(f"{place}: concepts: at most {MOST_CONCEPTS:,} fit, these are {len(entries):,}")
    read = [_entry(entry, place, number, checked) for number, entry in enumerate(entries, 1)]
    twice = [name for name, times in Counter(entry.name for entry, _ in read).items() if times > 1]
    if twice:
        raise InputError(f"{place}: concept {twice[0]}: it stands here twice; put its wordings together")
    groups: list[tuple[str, tuple[str, ...]]] = [
        (entry.place, (entry.name, other)) for entry, others in read for other in others
    ]
    for group in _list(document.get("apart", []), f"{place}: apart"):
        groups.append((place, _texts(group, f"{place}: apart")))
    ignored = _wordings(document.get("ignored", []), f"{place}: ignored", checked)
    return Table(int(version), tuple(entry for entry, _ in read), ignored, tuple(groups))


def _entry(entry: object, place: str, number: int, checked: bool) -> tuple[Entry, tuple[str, ...]]:
    """Check one concept; give it and the names that it is apart from."""
    here = f"{place}: concept {number}"
    if not isinstance(entry, dict):
        raise InputError(f"{here}: keys and values are expected, such as name: not-found")
    name = entry.get("name")
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise InputError(f"{here}: name: lower-case words joined by hyphens are expected, such as not-found")
    here = f"{place}: concept {name}"
    unknown = [str(key)[:LONGEST_NAME] for key in entry if key not in _KEYS]
    if unknown:
        raise InputError(f"{here}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    if entry.get("kind") not in (None, "act", "object"):
        raise InputError(f"{here}: kind: write act (what went wrong) or object (to what)")
    if entry.get("replace", "false") not in ("true", "false"):
        raise InputError(f"{here}: replace: write true or leave it out")
    english = entry.get("english")
    placeholders = _texts(entry.get("placeholders", []), f"{here}: placeholders")
    if any(not re.fullmatch(r"[a-z]{1,20}", each) for each in placeholders):
        raise InputError(f"{here}: placeholders: write the name without its brackets, such as table")
    made = Entry(
        place=here,
        name=name,
        kind=entry.get("kind"),
        english=None if english is None else _wording(english, f"{here}: english"),
        wordings=_wordings(entry.get("wordings", []), f"{here}: wordings", checked),
        chinese=_wordings(entry.get("chinese", []), f"{here}: chinese", checked),
        placeholders=placeholders,
        implies=_texts(entry.get("implies", []), f"{here}: implies"),
        replace=entry.get("replace") == "true",
    )
    return made, _texts(entry.get("apart", []), f"{here}: apart")


def _list(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{place}: a list is expected")
    return value


def _texts(value: object, place: str) -> tuple[str, ...]:
    """Read texts that are separated by commas, or a list of them."""
    texts = [text for text in map(str.strip, _COMMA.split(value)) if text] if isinstance(value, str) else value
    if not isinstance(texts, list):
        raise InputError(f"{place}: texts are expected, with commas between them")
    if len(texts) > MOST_WORDINGS:
        raise InputError(f"{place}: at most {MOST_WORDINGS} fit, these are {len(texts):,}")
    if any(not isinstance(text, str) for text in texts):
        raise InputError(f"{place}: texts are expected, with commas between them")
    return tuple(texts)


def _wordings(value: object, place: str, checked: bool) -> tuple[str, ...]:
    texts = _texts(value, place)
    return texts if checked else tuple(_wording(text, place) for text in texts)


def _wording(text: object, place: str) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_WORDING:
        raise InputError(f"{place}: a wording of at most {LONGEST_WORDING} characters is expected")
    parts = parts_of(text)
    shown = text.encode("unicode_escape").decode() if not text.isprintable() else text
    if not parts or STOP in parts or GAP in (parts[0], parts[-1]):
        raise InputError(f"{place}: {shown!r}: words are expected, and .. only between them")
    if len(parts) > MOST_PARTS or parts.count(GAP) > MOST_GAPS:
        raise InputError(f"{place}: {shown!r}: at most {MOST_PARTS} words and {MOST_GAPS} gaps fit")
    if "*" in text and any("*" in piece and not _STEM.fullmatch(piece) for piece in text.split()):
        raise InputError(f"{place}: {shown!r}: * ends a stem of at least three letters")
    return text
