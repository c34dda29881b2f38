"""The terms of texts in a file, so that a process that starts need not read a hundred thousand texts again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

import xxhash

CHUNK = 500
TOO_MANY = 10_000
"""Terms of texts that are gone are thrown away where they are more than the others and so many."""

_TIMEOUT = 1.0
_TABLE = "CREATE TABLE IF NOT EXISTS terms (key BLOB PRIMARY KEY, terms TEXT, proof BLOB) WITHOUT ROWID"


def key_of(text: str, more: str = "") -> bytes:
    """Name a text, in 16 bytes."""
    said = f"{len(text)} {text}{more}"
    return xxhash.xxh3_128_digest(said.encode("utf-8", "surrogatepass"))


class TermsFile:
    """One file a project; several processes may use it. Whatever is wrong with it costs time and nothing else.

    ``version`` names how texts are read: the file of another version is not looked at, and removed. Without a folder
    nothing is kept.
    """

    def __init__(self, folder: Path | None, name: str, version: str) -> None:
        self._folder = folder
        self._name = name
        self._version = hashlib.sha256(version.encode()).hexdigest()[:12]

    @property
    def path(self) -> Path | None:
        """Where it is."""
        return None if self._folder is None else self._folder / f"{self._name}.{self._version}.terms"

    def read(self, keys: Sequence[bytes]) -> dict[bytes, tuple[str, ...]]:
        """Give the terms of those texts whose keys are there."""
        found: dict[bytes, tuple[str, ...]] = {}

        def work(file: sqlite3.Connection) -> None:
            for start in range(0, len(keys), CHUNK):
                some = list(keys[start : start + CHUNK])
                marks = ",".join("?" * len(some))
                rows = file.execute(f"SELECT key, terms, proof FROM terms WHERE key IN ({marks})", some)  # noqa: S608
                found.update((key, tuple(str(said).split())) for key, said, proof in rows if proof == _proof(key, said))

        self._use(work, make=False)
        return found

    def write(self, terms: Mapping[bytes, Sequence[str]]) -> None:
        """Keep the terms of more texts."""
        said = {key: " ".join(each) for key, each in terms.items()}
        rows = [(key, each, _proof(key, each)) for key, each in said.items()]
        self._use(lambda file: file.executemany("INSERT OR REPLACE INTO terms VALUES (?, ?, ?)", rows), make=True)

    def keep(self, keys: Sequence[bytes]) -> None:
        """Forget the texts whose keys are not among these, where they are many."""

        def work(file: sqlite3.Connection) -> None:
            [(count,)] = file.execute("SELECT count(*) FROM terms")
            if count > 2 * len(keys) + TOO_MANY:
                file.execute("CREATE TEMP TABLE kept (key BLOB PRIMARY KEY) WITHOUT ROWID")
                file.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((key,) for key in keys))
                file.execute("DELETE FROM terms WHERE key NOT IN (SELECT key FROM kept)")

        self._use(work, make=False)

    def _use(self, work: Callable[[sqlite3.Connection], object], *, make: bool) -> None:
        path = self.path
        if path is None or not (make or path.exists()):
            return
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                _remove(other for other in path.parent.glob(f"{self._name}.*.terms*") if other != path)
            with closing(sqlite3.connect(path, timeout=_TIMEOUT)) as file:
                file.execute("PRAGMA synchronous = OFF")
                with file:
                    file.execute(_TABLE)
                    work(file)
        except sqlite3.OperationalError:
            return  # locked for long, or no disk to write to: another time
        except (sqlite3.DatabaseError, OSError):
            _remove([path])


def _proof(key: bytes, said: object) -> bytes:
    """Tell by what a row is known to be whole."""
    return xxhash.xxh3_64_digest(key + str(said).encode("utf-8", "surrogatepass"))


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()
