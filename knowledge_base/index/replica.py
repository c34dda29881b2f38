"""A project's representatives in this process, brought up by generation from the database."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index.flat import FlatIndex
from knowledge_base.store import projects, representatives
from knowledge_base.store.representatives import StoredRepresentative

REWRITE_AFTER = 1000


@dataclass(frozen=True, slots=True)
class Indexed:
    """A representative without its vector."""

    id: int
    category: int
    template: int | None
    text: str
    codes: frozenset[str]

    @property
    def clean(self) -> str:
        """What it is compared by; worked out when it is first compared, for most never are."""
        return cleaned(self.text)


class Replica:
    """Follows one project and one embedding back end.

    The database is the truth; the file is a cache of the vectors that is thrown away where it does
    not fit. ``refresh`` costs one small query where nothing has changed.
    """

    def __init__(self, project: str, *, backend: str, dimension: int, folder: Path | None) -> None:
        self.project = project
        self.backend = backend
        self.dimension = dimension
        self._folder = folder
        self._generation = 0
        self._written = 0
        self._index: FlatIndex | None = None
        self._by_id: dict[int, Indexed] = {}
        self._by_code: dict[str, set[int]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def generation(self) -> int:
        """The newest state that was followed."""
        return self._generation

    def refresh(self, db: Connection) -> None:
        """Follow the database up to its present generation."""
        with self._lock:
            newest = projects.generation(db, self.project)
            if self._index is not None and newest == self._generation:
                return
            if newest < self._generation:
                self._forget()
            self._follow(db, newest)

    def get(self, number: int) -> Indexed | None:
        """Give a representative by its number."""
        return self._by_id.get(number)

    def texts(self) -> dict[int, list[str]]:
        """Give the cleaned texts of each category."""
        with self._lock:
            found: dict[int, list[str]] = {}
            for each in self._by_id.values():
                found.setdefault(each.category, []).append(each.clean)
            return found

    def with_code(self, code: str, limit: int) -> list[Indexed]:
        """Give representatives that hold an error code, oldest first."""
        with self._lock:
            return [self._by_id[number] for number in sorted(self._by_code.get(code, ()))[:limit]]

    def vector(self, number: int) -> Vectors:
        """Give the vector of a representative, shape (dimension,); raises KeyError where it is not there."""
        with self._lock:
            if self._index is None or number not in self._by_id:
                raise KeyError(number)
            return self._index.vector(number)

    def search(self, vectors: Vectors, limit: int) -> list[list[tuple[Indexed, float]]]:
        """For each row find the nearest representatives with their cosine."""
        with self._lock:
            if self._index is None:
                return [[] for _ in vectors]
            found = self._index.search(vectors, limit)
            return [[(self._by_id[number], score) for number, score in row if number in self._by_id] for row in found]

    def _forget(self) -> None:
        self._index, self._by_id, self._by_code, self._generation, self._written = None, {}, {}, 0, 0

    def _follow(self, db: Connection, newest: int) -> None:
        first = self._index is None
        changed = representatives.since(db, self.project, self.backend, self._generation)
        index = self._index or self._load_cache(newest, changed) or FlatIndex(self.dimension)
        gone = [each.id for each in changed if each.removed]
        living = [each for each in changed if not each.removed]
        index.remove(gone)
        held = index.ids
        fresh = [each.id for each in living if each.id not in held]
        index.add(fresh, _stack(representatives.vectors(db, self.project, fresh), self.dimension))
        for each in living:
            self._enter(each)
        for number in gone:
            self._leave(number)
        index.remove([number for number in index.ids if number not in self._by_id] if first else [])
        self._index, self._generation = index, newest
        if self._folder is not None and (newest - self._written > REWRITE_AFTER or (first and newest != self._written)):
            self._write_cache()

    def _enter(self, row: StoredRepresentative) -> None:
        self._by_id[row.id] = Indexed(row.id, row.category, row.template, row.text, frozenset(row.codes))
        for code in row.codes:
            self._by_code.setdefault(code, set()).add(row.id)

    def _leave(self, number: int) -> None:
        left = self._by_id.pop(number, None)
        for code in left.codes if left else ():
            self._by_code[code].discard(number)

    def _paths(self) -> tuple[Path, Path] | None:
        if self._folder is None:
            return None
        name = f"{self.project}-{hashlib.sha256(self.backend.encode()).hexdigest()[:12]}"
        return self._folder / f"{name}.faiss", self._folder / f"{name}.json"

    def _load_cache(self, newest: int, stored: Sequence[StoredRepresentative]) -> FlatIndex | None:
        """Read the file; None unless it holds the vectors of what is stored under the same numbers.

        Generations alone do not tell: the file may come from before a backup was put back.
        """
        paths = self._paths()
        try:
            if paths is None:
                return None
            manifest = json.loads(paths[1].read_text(encoding="utf-8"))
            if manifest["backend"] != self.backend or not 0 < manifest["generation"] <= newest:
                return None
            digest = hashlib.sha256(paths[0].read_bytes()).hexdigest()
            if manifest["sha256"] != digest:
                return None
            index = FlatIndex.load(paths[0], self.dimension)
            held = index.ids
            if manifest["texts"] != _digest({each.id: each.text for each in stored if each.id in held}):
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        self._written = int(manifest["generation"])
        return index

    def _write_cache(self) -> None:
        paths = self._paths()
        if paths is None or self._index is None:
            return
        suffix = f".{os.getpid()}.{threading.get_ident()}.part"
        parts = [path.with_name(path.name + suffix) for path in paths]
        try:
            paths[0].parent.mkdir(parents=True, exist_ok=True)
            self._index.write(parts[0])
            digest = hashlib.sha256(parts[0].read_bytes()).hexdigest()
            texts = _digest({each.id: each.text for each in self._by_id.values()})
            manifest = {"backend": self.backend, "generation": self._generation, "sha256": digest, "texts": texts}
            parts[1].write_text(json.dumps(manifest), encoding="utf-8")
            for part, path in zip(parts, paths, strict=True):
                part.replace(path)
        except (OSError, RuntimeError):
            # A cache that cannot be written costs the next start some time, nothing else.
            for part in parts:
                with suppress(OSError):
                    part.unlink()
        else:
            self._written = self._generation


def _digest(texts: Mapping[int, str]) -> str:
    digest = hashlib.sha256()
    for number in sorted(texts):
        digest.update(f"{number}\0{texts[number]}\0".encode())
    return digest.hexdigest()


def _stack(vectors: Sequence[bytes], dimension: int) -> Vectors:
    if not vectors:
        return np.zeros((0, dimension), np.float32)
    return np.stack([np.frombuffer(vector, np.float32) for vector in vectors])
