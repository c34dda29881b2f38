"""Reads an export line by line; whoever reads it to its end knows that every line has its shape and none is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from knowledge_base.errors import InputError
from knowledge_base.exchange import lines
from knowledge_base.exchange.contents import BY_NAME, Kept
from knowledge_base.exchange.lines import Head, ProjectLine
from knowledge_base.store.schema import HEAD as SCHEMA

Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Section:
    """Where the rows of a project are in the file: behind its line ``line``, up to its line ``last``."""

    project: ProjectLine
    line: int
    last: int
    offset: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``line`` is its number in the file."""

    line: int
    kept: Kept
    values: dict[str, Any]


class Export:
    """An export in a file that can be read several times; ``name`` is what its errors call it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file = file
        self.name = name

    def size(self) -> int:
        """Tell how many bytes the file has."""
        return self.file.seek(0, 2)

    def is_one(self) -> bool:
        """Tell whether the file begins as an export of this format does."""
        self.file.seek(0)
        try:
            return lines.kind_of(self.file.readline(lines.LONGEST)) == "kea-export"
        except InputError:
            return False

    def head(self) -> Head:
        """Read the first line. Raises InputError where a newer Kea wrote it."""
        self.file.seek(0)
        return self._head(self.file.readline(lines.LONGEST + 1))

    def check(self, tick: Tick) -> list[Section]:
        """Read all of the file and tell where its projects are; ``tick`` is told the bytes of each line.

        Raises InputError naming the first line that is wrong.
        """
        head, sections, number, is_open = self.head(), list[Section](), 1, True
        tick(self.file.tell())
        while line := self.file.readline(lines.LONGEST + 1):
            number += 1
            tick(len(line))
            try:
                if not is_open:
                    raise InputError("something stands behind the end")
                kind = lines.kind_of(_not_too_long(line))
                if kind == "project":
                    project = lines.read_project(line)
                    if [*(each.project.id for each in sections), project.id] != head.projects[: len(sections) + 1]:
                        raise InputError(f"project {project.id} is not the next one that the first line names")
                    sections.append(Section(project, number, number, self.file.tell()))
                elif kind == "end":
                    is_open = False
                    if lines.read_end(line).lines != number - 1 or len(sections) != len(head.projects):
                        raise InputError("lines are missing before it; export again")
                else:
                    _read_row(kind, line, begun=bool(sections))
                    sections[-1] = replace(sections[-1], last=number)
            except InputError as error:
                raise self.wrong(number, str(error)) from None
        if is_open:
            raise self.wrong(number, "the file ends here without its last line; it was cut off, export again")
        return sections

    def rows(self, section: Section, tick: Tick) -> Iterator[Row]:
        """Read the rows of a project of a file that was checked. Raises InputError where it is another one now."""
        self.file.seek(section.offset)
        for number in range(section.line + 1, section.last + 1):
            line = self.file.readline(lines.LONGEST + 1)
            try:
                kept, values = _read_row(lines.kind_of(_not_too_long(line)), line, begun=True)
            except InputError:
                raise self.wrong(number, "the file changed while it was read") from None
            tick(len(line))
            yield Row(number, kept, values)

    def wrong(self, line: int, reason: str) -> InputError:
        """Make the error that says which line is wrong."""
        return InputError(f"{self.name}, line {line}: {reason}; nothing was imported")

    def _head(self, line: bytes) -> Head:
        try:
            head = lines.read_head(line)
        except InputError as error:
            raise self.wrong(1, f"it is not the first line of an export ({error})") from None
        if head.format > lines.FORMAT or head.schema_ > SCHEMA:
            found = f"format {head.format}, schema {head.schema_}"
            known = f"format {lines.FORMAT}, schema {SCHEMA}"
            raise self.wrong(1, f"a newer Kea wrote it ({found}; this one knows {known}): install that one")
        if len(set(head.projects)) != len(head.projects):
            raise self.wrong(1, "a project is named twice")
        return head


def _not_too_long(line: bytes) -> bytes:
    if len(line) > lines.LONGEST:
        raise InputError(f"it has more than {lines.LONGEST:,} bytes")
    return line


def _read_row(kind: str, line: bytes, *, begun: bool) -> tuple[Kept, dict[str, Any]]:
    kept = BY_NAME.get(kind)
    if kept is None:
        raise InputError(f"the type {kind[:40]!r} is not known")
    if not begun:
        raise InputError("no project has begun yet")
    return kept, lines.read_row(kept, line)
