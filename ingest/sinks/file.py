"""A file of rows whose committed length is in the database, so that no row is in it twice.

Rows are written and flushed inside the transaction that keeps what they tell. Whatever stands behind
the committed length was written by a process that died before its commit; the next one that opens
the file cuts it off. The length is guarded by an epoch: of two processes the later one owns the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from ingest.sinks.errors import unwritable
from ingest.sources.file import path_key
from knowledge_base.errors import AlreadyDone, Conflict, LostOwnership
from knowledge_base.store.intake import positions
from knowledge_base.store.intake.positions import Position


class FileSink:
    """Appends rows to a file. ``anew`` empties it first; ``foreign`` allows rows in it that others wrote."""

    def __init__(
        self, path: Path, *, project: str, clock: Callable[[], datetime], anew: bool = False, foreign: bool = False
    ) -> None:
        self.path = path
        self.title = str(path)
        self._project = project
        self._clock = clock
        self._anew = anew
        self._foreign = foreign
        self._file: BinaryIO | None = None
        self._committed: Position | None = None
        self._pending: Position | None = None

    def open(self, db: Connection) -> None:
        """Take the file over and cut off what was never committed."""
        position = positions.take(db, self._project, "output:" + path_key(self.path), self._clock())
        try:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
            length = self._length_to_keep(position, os.fstat(self._file.fileno()).st_size)
        except OSError as error:
            raise unwritable(self.title, error) from error
        after = replace(position, offset=length, finished=False, state={"opened": True})
        self._advance(db, position, after)
        self._cut(length)
        self._anew = False

    def append(self, db: Connection, rows: Sequence[bytes]) -> None:
        """Write rows and flush them; the caller commits next."""
        if not rows:
            return
        before = self._pending or self._committed
        if before is None or self._file is None:
            raise Conflict(f"{self.title} is not open")
        data = b"".join(rows)
        self._advance(db, before, replace(before, offset=before.offset + len(data)))
        try:
            self._file.seek(before.offset)
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            raise unwritable(self.title, error) from error

    def committed(self) -> None:
        """Learn that what was appended stays."""
        self._committed, self._pending = self._pending or self._committed, None

    def recover(self, db: Connection) -> None:
        """Cut the file back to its committed length, as far as it is still ours."""
        self._pending = None
        if self._committed is None or self._file is None:
            return
        position = positions.peek(db, self._project, self._committed.source)
        if position is not None and position.epoch == self._committed.epoch:
            self._committed = position
            self._cut(position.offset)

    def finish(self, db: Connection) -> None:
        """Note that the file ends at its committed length."""
        if self._committed is not None:
            self._advance(db, self._committed, replace(self._committed, finished=True))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _length_to_keep(self, position: Position, size: int) -> int:
        if self._anew:
            return 0
        if not position.state:  # never opened before
            if size and not self._foreign:
                raise AlreadyDone(
                    f"{self.title} holds rows already, which were written for another data folder; "
                    "name another file, or empty it with --again"
                )
            return size
        if position.finished:
            return size
        if size < position.offset:
            raise Conflict(
                f"{self.title} is shorter than what an interrupted run had written to it; "
                "put the file back, name another one, or begin anew with --again"
            )
        return position.offset

    def _advance(self, db: Connection, before: Position, after: Position) -> None:
        try:
            positions.advance(db, self._project, before, after, self._clock())
        except LostOwnership:
            raise LostOwnership(f"another process writes to {self.title} now; this one discards its batch") from None
        self._pending = after

    def _cut(self, length: int) -> None:
        if self._file is None:
            return
        try:
            self._file.truncate(length)
        except OSError as error:
            raise unwritable(self.title, error) from error
