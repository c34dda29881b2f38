"""Keeps matched tickets aside, scrubbed, until all are matched: on disk, so that memory does not grow with the file."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """What a draft needs of a ticket."""

    id: str
    title: str
    resolution: str


class Spool:
    """Tickets by category, in a file that is gone when it is closed. A ticket with an id counts once."""

    def __init__(self) -> None:
        # An empty name is a database of its own on disk, which SQLite deletes.
        self._db = sqlite3.connect("")
        self._db.execute(
            "CREATE TABLE ticket (category TEXT, digest TEXT, id TEXT, title TEXT, resolution TEXT, number INTEGER,"
            " PRIMARY KEY (category, number))"
        )
        self._db.execute("CREATE TABLE seen (digest TEXT PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        """Throw everything away."""
        self._db.close()

    def keep(self, category: str, ticket: Kept, question: str, number: int) -> bool:
        """Keep the ``number``-th ticket of a file; False where it was kept before under its id."""
        said = "\x00".join((ticket.id, ticket.title, question, ticket.resolution))
        digest = hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()
        if ticket.id:
            known = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount == 0
            if known:
                return False
        row = (category, digest, ticket.id, ticket.title, ticket.resolution, number)
        self._db.execute("INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?)", row)
        return True

    def categories(self) -> list[tuple[str, int]]:
        """Name the categories with the number of their tickets, most tickets first."""
        query = "SELECT category, count(*) AS n FROM ticket GROUP BY category ORDER BY n DESC, min(number)"
        return [(row[0], row[1]) for row in self._db.execute(query)]

    def name_of(self, category: str) -> str:
        """Name the tickets of a category together, in 32 hexadecimal digits, whatever their order in the file."""
        name = hashlib.sha256()
        for (digest,) in self._db.execute("SELECT digest FROM ticket WHERE category = ? ORDER BY digest", (category,)):
            name.update(digest.encode())
        return name.hexdigest()[:32]

    def of(self, category: str) -> Iterator[Kept]:
        """Give the tickets of a category in the order of the file."""
        query = "SELECT id, title, resolution FROM ticket WHERE category = ? ORDER BY number"
        for row in self._db.execute(query, (category,)):
            yield Kept(*row)
