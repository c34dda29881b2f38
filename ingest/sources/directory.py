"""The files of a directory: each is a source with a position of its own."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.sources.file import FileSource, printable, unreadable
from knowledge_base.errors import UnreadableInput


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not read, and why; ``wanted`` tells that somebody may miss it."""

    title: str
    reason: str
    wanted: bool = True


def find_files(folder: Path, *, exclude: Collection[Path] = ()) -> Iterator[FileSource | Skipped]:
    """Walk a directory, sorted and with all that is in it; links to directories are not followed.

    Hidden files, and what is no regular file, are skipped, and so are the resolved paths ``exclude``:
    Kea does not read what it writes. Raises UnreadableInput where the
    directory itself cannot be read.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(printable(folder), error) from error
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            yield Skipped(printable(path), "hidden", wanted=False)
        elif _is_one_of(path, exclude):
            yield Skipped(printable(path), "written by Kea itself", wanted=False)
        elif entry.is_dir(follow_symlinks=False):
            try:
                yield from find_files(path, exclude=exclude)
            except UnreadableInput as error:
                yield Skipped(printable(path), str(error))
        elif path.is_file():
            yield FileSource(path)
        else:
            yield Skipped(printable(path), "neither a file nor a folder", wanted=False)


def _is_one_of(path: Path, others: Collection[Path]) -> bool:
    try:
        return bool(others) and path.resolve() in others
    except (OSError, RuntimeError):  # a link to itself
        return False
