"""Printing for people and for scripts, and writing files that are whole or not there."""

from __future__ import annotations

import io
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from knowledge_base.errors import UnreadableInput

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """Make a console for standard output."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def print_json(document: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def row(values: Mapping[str, object]) -> str:
    """Write one row of JSON lines."""
    return json.dumps(values, ensure_ascii=False, default=str) + "\n"


@contextmanager
def writing(path: Path | None) -> Iterator[TextIO]:
    """Open a file to write, or standard output for None or ``-``; a failed run leaves the old file alone."""
    if path is None or str(path) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Read JSON lines with their line numbers, ``-`` for standard input.

    Raises UnreadableInput naming the line that is not a JSON object; blank lines are passed over.
    """
    yield from _strict(read_each_row(path), str(path))


def rows_within(file: BinaryIO, name: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Read the rows of an open file from its beginning, as ``read_rows`` does."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace")
    try:
        yield from _strict(_each_row(text), name)
    finally:
        text.detach()  # the file is its opener's to close


def _strict(
    rows: Iterator[tuple[int, dict[str, object] | UnreadableInput]], name: str
) -> Iterator[tuple[int, dict[str, object]]]:
    for number, found in rows:
        if isinstance(found, UnreadableInput):
            raise UnreadableInput(f"{name}, line {number}: {found}; nothing behind it was read")
        yield number, found


def read_each_row(path: Path) -> Iterator[tuple[int, dict[str, object] | UnreadableInput]]:
    """Read JSON lines as ``read_rows`` does; a line that is not a JSON object comes as the reason why it is none."""
    try:
        with open_text(path) as file:
            yield from _each_row(file)
    except FileNotFoundError:
        raise UnreadableInput(f"{path} is not there; check the name") from None
    except (PermissionError, IsADirectoryError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}") from None


def _each_row(file: TextIO) -> Iterator[tuple[int, dict[str, object] | UnreadableInput]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, UnreadableInput(f"not JSON ({error})")
            continue
        yield number, found if isinstance(found, dict) else UnreadableInput("a JSON object is expected")


@contextmanager
def seekable(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read it several times, ``-`` for standard input, which is kept in a temporary file.

    Raises UnreadableInput.
    """
    try:
        if str(path) == "-":
            with tempfile.TemporaryFile() as kept:
                shutil.copyfileobj(sys.stdin.buffer, kept)
                kept.seek(0)
                yield kept
            return
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise UnreadableInput(f"{path} is not there; check the name") from None
    except (PermissionError, IsADirectoryError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}") from None


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text file, ``-`` for standard input; bytes that are not UTF-8 are replaced."""
    if str(path) == "-":
        yield sys.stdin
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        yield file
