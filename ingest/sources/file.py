"""A file, plain or packed with gzip."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import xxhash

from ingest.sources.head import HEAD_BYTES, head_length, head_of
from ingest.sources.lines import LineSplitter
from ingest.sources.port import Batch, Identity, RawLine
from knowledge_base.errors import UnreadableInput

CHUNK_BYTES = 1 << 18
GZIP = b"\x1f\x8b"
KEY_LENGTH = 950
OTHER_ENCODINGS = ((b"\xff\xfe", "UTF-16LE"), (b"\xfe\xff", "UTF-16BE"))


class FileSource:
    """A file at a path. Offsets count its bytes; those of a packed file count the unpacked ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.resumable = True
        self._file: BinaryIO | None = None
        self._splitter: LineSplitter | None = None

    @property
    def title(self) -> str:
        """The path as it was given, fit to be printed."""
        return printable(self.path)

    @property
    def name(self) -> str:
        """The absolute path."""
        return "file:" + path_key(self.path)

    def identify(self) -> Identity:
        """Tell size and head of the file; raises UnreadableInput."""
        try:
            with self.path.open("rb") as file:
                size, head = os.fstat(file.fileno()).st_size, file.read(HEAD_BYTES)
                return Identity(size, head_of(head), -1 if head.startswith(GZIP) else size)
        except OSError as error:
            raise unreadable(self.title, error) from error

    def is_same(self, head: str) -> bool:
        """Compare the beginning; raises UnreadableInput."""
        try:
            with self.path.open("rb") as file:
                return head_of(file.read(head_length(head))) == head
        except OSError as error:
            raise unreadable(self.title, error) from error

    def peek(self, size: int) -> bytes:
        """Read the first (unpacked) bytes; raises UnreadableInput, also for what is no text."""
        try:
            with self._open_file() as file:
                head = file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(self.title, error) from error
        refuse_binary(self.title, head)
        return head

    def open(self, offset: int, *, limit: int) -> None:
        """Begin at an offset; raises UnreadableInput."""
        try:
            file = self._open_file()
            file.seek(offset)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(self.title, error) from error
        self._file = file
        self._splitter = LineSplitter(offset=offset, limit=limit)

    def read(self) -> Batch:
        """Read some lines; raises UnreadableInput where the disk or the packing is broken."""
        if self._file is None or self._splitter is None:
            return Batch((), ended=True)
        lines: list[RawLine] = []
        while not lines:
            try:
                chunk = self._file.read(CHUNK_BYTES)
            except (OSError, EOFError, zlib.error) as error:
                raise unreadable(self.title, error) from error
            if not chunk:
                return Batch(self._splitter.finish(), ended=True)
            lines = self._splitter.feed(chunk)
        return Batch(lines)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open_file(self) -> BinaryIO:
        file = self.path.open("rb")
        if file.read(len(GZIP)) == GZIP:
            file.close()
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        file.seek(0)
        return file


def path_key(path: Path) -> str:
    """Name a path in a key: absolute; a very long one by its end and a hash."""
    name = os.fsencode(path.resolve()).decode(errors="backslashreplace")
    if len(name) <= KEY_LENGTH:
        return name
    return f"{xxhash.xxh3_128_hexdigest(name.encode())}:{name[-(KEY_LENGTH - 100) :]}"


def printable(path: Path) -> str:
    """Write a path so that no name, whoever gave it, can do more on a terminal than be read.

    >>> printable(Path("a" + chr(27) + "b.log"))[1:5] == chr(92) + "x1b"
    True
    """
    text = os.fsencode(path).decode(errors="backslashreplace")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def refuse_binary(title: str, head: bytes) -> None:
    """Raise UnreadableInput where the first bytes are not those of a text in UTF-8."""
    for mark, encoding in OTHER_ENCODINGS:
        if head.startswith(mark):
            raise UnreadableInput(f"{title} is {encoding}; convert it first: iconv -f {encoding} -t UTF-8")
    if b"\0" in head:
        raise UnreadableInput(f"{title} is a binary file, not a log; unpack it or name the log inside it")


def unreadable(title: str, error: Exception) -> UnreadableInput:
    """Say in words why an input cannot be read, and what to do."""
    if isinstance(error, FileNotFoundError):
        return UnreadableInput(f"{title} does not exist; check the path")
    if isinstance(error, IsADirectoryError):
        return UnreadableInput(f"{title} is a folder; name a file in it")
    if isinstance(error, PermissionError):
        return UnreadableInput(f"{title} cannot be read: permission denied; check its owner and mode")
    if isinstance(error, EOFError | gzip.BadGzipFile | zlib.error):
        return UnreadableInput(f"{title} is a broken gzip file ({error}); test it with gzip -t and fetch it again")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UnreadableInput(f"{title} cannot be read: {reason}; check the file and its disk")
