"""The glossary of error concepts: what goes wrong (acts) and to what (objects), in the words of many systems.

The packaged table is `concepts.yaml`; a file of one's own (``KEA_GLOSSARY``) is put on top. docs/glossary.md tells
how both are written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from knowledge_base.errors import InputError
from knowledge_base.vocabulary.tables import Entry, Table, packaged_table, read_table


class ConceptKind(StrEnum):
    """Whether a concept says what went wrong or to what."""

    ACT = "act"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept with the wordings that say it.

    ``implies`` names those that are said with it, ``apart`` those that contradict it.
    """

    name: str
    kind: ConceptKind
    english: str
    wordings: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    implies: frozenset[str] = field(default=frozenset())
    apart: frozenset[str] = field(default=frozenset())

    @property
    def all_wordings(self) -> tuple[str, ...]:
        """Every wording in both languages, the canonical one first, and the placeholders."""
        marks = tuple(f"<{name}>" for name in self.placeholders)
        return tuple(dict.fromkeys((self.english, *self.wordings, *self.chinese, *marks)))


@dataclass(frozen=True)
class Glossary:
    """All concepts, in the order of the file; ``ignored`` are phrases that say nothing about an error."""

    concepts: tuple[Concept, ...]
    ignored: tuple[str, ...] = ()
    version: int = 1

    @cached_property
    def by_name(self) -> Mapping[str, Concept]:
        """The concepts by name."""
        return {concept.name: concept for concept in self.concepts}

    @cached_property
    def acts(self) -> frozenset[str]:
        """The names of the concepts that say what went wrong."""
        return frozenset(concept.name for concept in self.concepts if concept.kind is ConceptKind.ACT)

    @cached_property
    def document(self) -> str:
        """Everything in it as JSON in ASCII, to be kept and read again."""
        content = {"concepts": [asdict(each) for each in self.concepts], "ignored": self.ignored}
        return json.dumps(content, default=sorted, ensure_ascii=True)

    @cached_property
    def digest(self) -> str:
        """A hash of the content, 16 hexadecimal digits: equal digests read every text alike."""
        content = [
            (each.name, each.kind.value, each.all_wordings, sorted(each.implies), sorted(each.apart))
            for each in self.concepts
        ]
        return hashlib.sha256(repr((content, self.ignored)).encode("utf-8", "backslashreplace")).hexdigest()[:16]

    def contradictions(self, left: Iterable[str], right: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Give the pairs that keep two readings apart: a concept of ``left`` alone, and one of ``right`` alone.

        Both are names of concepts; what both readings have contradicts nothing.
        """
        ours, theirs = set(left), set(right)
        return tuple(
            (mine, other)
            for mine in sorted(ours - theirs)
            if mine in self.by_name
            for other in sorted(self.by_name[mine].apart & (theirs - ours))
        )


def load_glossary(extra: Path | None = None) -> Glossary:
    """Load the packaged glossary, and ``extra`` on top of it.

    Raises InputError with file and concept where ``extra`` cannot be used.
    """
    tables = [packaged_table()]
    if extra is not None:
        tables.append(read_table(extra))
    return _glossary(tables)


def _glossary(tables: list[Table]) -> Glossary:
    concepts: dict[str, Concept] = {}
    apart: dict[str, set[str]] = {}
    for table in tables:
        for entry in table.entries:
            known = None if entry.replace else concepts.get(entry.name)
            concepts[entry.name] = _extended(known, entry) if known else _concept(entry)
            if entry.replace:
                _forget(apart, entry.name)
        for entry in table.entries:
            _check(entry.implies, concepts, f"{entry.place}: implies")
        for place, group in table.apart:
            _check(group, concepts, f"{place}: apart")
            for name in group:
                apart.setdefault(name, set()).update(set(group) - {name})
    finished = tuple(
        replace(each, implies=_implied(each.name, concepts), apart=frozenset(apart.get(each.name, ())))
        for each in concepts.values()
    )
    ignored = tuple(dict.fromkeys(phrase for table in tables for phrase in table.ignored))
    return Glossary(concepts=finished, ignored=ignored, version=tables[0].version)


def _check(names: Iterable[str], concepts: Mapping[str, Concept], place: str) -> None:
    for name in names:
        if name not in concepts:
            raise InputError(f"{place}: there is no concept {name!r}; write the name of one, or add it")


def _forget(apart: dict[str, set[str]], name: str) -> None:
    """Let a concept contradict nothing any more."""
    for others in apart.values():
        others.discard(name)
    apart.pop(name, None)


def _implied(name: str, concepts: Mapping[str, Concept]) -> frozenset[str]:
    """Follow what is implied by what is implied."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        fresh = concepts[waiting.pop()].implies - reached
        reached |= fresh
        waiting.extend(fresh)
    return frozenset(reached - {name})


def _concept(entry: Entry) -> Concept:
    if entry.kind is None or entry.english is None:
        raise InputError(f"{entry.place}: a new concept needs kind (act or object) and english")
    return Concept(
        name=entry.name,
        kind=ConceptKind(entry.kind),
        english=entry.english,
        wordings=entry.wordings,
        chinese=entry.chinese,
        placeholders=entry.placeholders,
        implies=frozenset(entry.implies),
    )


def _extended(known: Concept, entry: Entry) -> Concept:
    for what, before, now in (("kind", known.kind.value, entry.kind), ("english", known.english, entry.english)):
        if now not in (None, before):
            raise InputError(f"{entry.place}: {what} is {before!r} already; leave it out, or write replace: true")
    return Concept(
        name=known.name,
        kind=known.kind,
        english=known.english,
        wordings=tuple(dict.fromkeys((*known.wordings, *entry.wordings))),
        chinese=tuple(dict.fromkeys((*known.chinese, *entry.chinese))),
        placeholders=tuple(dict.fromkeys((*known.placeholders, *entry.placeholders))),
        implies=known.implies | set(entry.implies),
    )
