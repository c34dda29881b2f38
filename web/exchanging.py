"""Imports into a project whatever a person gives: an export, or rows of knowledge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from knowledge_base.errors import InputError
from knowledge_base.exchange.importing import Imported, import_rows
from knowledge_base.exchange.lines import LONGEST
from knowledge_base.exchange.loading import import_export
from knowledge_base.exchange.reading import Export
from knowledge_base.store.store import Store
from web.cli.output import rows_within

PLAIN_LIMIT = 64_000_000
"""Bytes of a file of plain rows at most."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came in: all of a project exactly as it was, or ``merged`` knowledge; ``rows`` counts what was read."""

    rows: int
    merged: Imported | None


def receive(
    store: Store, file: BinaryIO, *, name: str, project: str, actor: str, tick: Callable[[int, int], None]
) -> Received:
    """Import a file, all of it or nothing. Raises InputError naming the line that is wrong.

    Plain rows of knowledge are held in memory, so there is a limit to them.
    """
    export = Export(file, name)
    if not export.is_one():
        _require_few(file, name)
        rows = list(rows_within(file, name))
        return Received(len(rows), import_rows(store, project, rows, actor=actor, name=name))
    done, total = 0, 2 * export.size()

    def read(size: int) -> None:
        nonlocal done
        done += size
        tick(done, total)

    (loaded,) = import_export(store, export, project=project, actor=actor, tick=read)
    return Received(loaded.rows, loaded.merged)


def _require_few(file: BinaryIO, name: str) -> None:
    if file.seek(0, 2) > PLAIN_LIMIT:
        raise InputError(
            f"{name} has more than {PLAIN_LIMIT:,} bytes, too many for a file of plain rows: import it in parts,"
            " or export it with --format jsonl"
        )
    file.seek(0)
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise InputError(f"{name}, line {number}: it has more than {LONGEST:,} bytes; nothing was imported")
