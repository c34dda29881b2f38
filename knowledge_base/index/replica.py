"""A project's representatives in this process, brought up by generation from the database."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index import kinds
from knowledge_base.index.cache import CacheFile
from knowledge_base.index.codes import CodeIndex
from knowledge_base.index.inverted import InvertedIndex
from knowledge_base.index.kinds import AnyIndex
from knowledge_base.index.members import Members, text_hash
from knowledge_base.index.port import Numbers
from knowledge_base.index.rebuilding import Rebuilding, settle
from knowledge_base.store import projects
from knowledge_base.store.representing import found_representatives, representatives

REWRITE_AFTER = 1_000
"""The file is written anew when so many representatives changed, or a tenth of them all where that is more."""

START_WITH = 50
"""A process that begins writes the file anew where more than one in so many representatives is not in it."""

MORE = 4
"""How many times as many are looked for where too few of those that were found are there."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A representative without its vector; ``is_learnt`` where its text is that of a question."""

    id: int
    category: int
    template: int | None
    text: str
    codes: frozenset[str]
    is_learnt: bool = False

    @property
    def clean(self) -> str:
        """What it is compared by; worked out when it is first compared, for most never are."""
        return cleaned(self.text)


class Replica:
    """Follows one project and one embedding back end.

    In memory are the vectors, 16 bytes more for each, and the codes; what else is known of the few that are found is
    read from the database, so that long texts cost nothing. The database is the truth; the file is a cache of the
    vectors that is thrown away where it does not fit. ``refresh`` costs one small query where nothing has changed.
    Beyond ``switch`` vectors the index is not an exact one any more; it is made in a thread of its own.
    """

    def __init__(
        self, project: str, *, backend: str, dimension: int, folder: Path | None, switch: int = kinds.SWITCH
    ) -> None:
        self.project = project
        self.backend = backend
        self.dimension = dimension
        self._switch = switch
        self._file = CacheFile(folder, project, backend, dimension)
        self._generation = 0
        self._unsaved = 0
        self._gone = 0
        self._index: AnyIndex | None = None
        self._members = Members()
        self._codes = CodeIndex()
        self._rebuilding: Rebuilding | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, number: int) -> bool:
        return number in self._members

    @property
    def generation(self) -> int:
        """The newest state that was followed."""
        return self._generation

    @property
    def is_exact(self) -> bool:
        """Whether all vectors are compared, as they are."""
        return not isinstance(self._index, InvertedIndex)

    def refresh(self, db: Connection) -> None:
        """Follow the database up to its present generation."""
        with self._lock:
            newest = projects.generation(db, self.project)
            if self._index is not None and newest == self._generation:
                return
            if self._index is not None and newest < self._generation and not self._is_set_back(db):
                return  # the connection is older than what another thread has followed
            if self._index is None or newest < self._generation:
                self._load(db, newest)
            else:
                self._follow(db, self._index)
            self._generation = newest
            self._keep()

    def settle(self) -> None:
        """Wait until the index that is being made beside the one in use is there."""
        if self._rebuilding is not None:
            self._rebuilding.join()

    def vector(self, number: int) -> Vectors:
        """Give the vector of a representative, shape (dimension,); raises KeyError where it is not there."""
        with self._lock:
            if self._index is None:
                raise KeyError(number)
            return self._index.vector(number)

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Give the vectors of representatives in their order, each of shape (dimension,); what is gone is left out."""
        with self._lock:
            return {} if self._index is None else self._index.vectors(numbers)

    def holding(self, code: str, limit: int) -> list[int]:
        """Give the numbers of representatives that hold an error code, oldest first."""
        with self._lock:
            return [number for number in self._codes.with_code(code) if number in self._members][:limit]

    def with_code(self, db: Connection, code: str, limit: int) -> list[Indexed]:
        """Give representatives that hold an error code, oldest first."""
        numbers = self.holding(code, limit)
        found = read_indexed(db, self.project, numbers)
        return [found[number] for number in numbers if number in found]

    def nearest(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find the numbers of the nearest representatives with their cosine."""
        with self._lock:
            return [[] for _ in vectors] if self._index is None else self._index.search(vectors, limit)

    def search(self, db: Connection, vectors: Vectors, limit: int) -> list[list[tuple[Indexed, float]]]:
        """For each row find the nearest representatives with their cosine."""
        wanted = limit
        while True:
            every = len(self._members)
            rows = self.nearest(vectors, wanted)
            found = read_indexed(db, self.project, sorted({number for row in rows for number, _ in row}))
            # Another thread may be ahead of what this connection sees: what is not there for it is left out.
            seen = [[(found[number], score) for number, score in row if number in found][:limit] for row in rows]
            if wanted >= every or all(len(row) >= limit for row in seen):
                return seen
            wanted *= MORE

    def _is_set_back(self, db: Connection) -> bool:
        return projects.is_set_back(db, self.project, projects.generation, self._generation)

    def _load(self, db: Connection, newest: int) -> None:
        members, codes = Members(), CodeIndex()
        for rows in representatives.walk(db, self.project, self.backend, 0):
            members.add([each.id for each in rows], [text_hash(each.text) for each in rows])
            for each in rows:
                codes.add(each.id, each.codes)
        self._members, self._codes, self._gone = members, codes, 0
        cached = self._file.read(newest)
        if cached is not None and kinds.fits(cached.index, len(members), self._switch):
            index, ids = cached.index, cached.members.ids
            # Under the same number there may be another text: the file may come from before a backup was put back.
            index.remove(ids[~_same(cached.members, members)].tolist())
            missing = members.ids[~_same(members, cached.members)]
        else:
            missing = members.ids
            index = kinds.empty(missing, self._reader(db), dimension=self.dimension, switch=self._switch)
        self._add(db, index, missing)
        self._unsaved = len(missing) + (0 if cached is None else len(cached.members) + len(missing) - len(members))
        self._index, self._generation = index, newest
        if self._unsaved * START_WITH > len(members):
            self._write()

    def _follow(self, db: Connection, index: AnyIndex) -> None:
        fresh: list[int] = []
        for rows in representatives.walk(db, self.project, self.backend, self._generation):
            gone = [each.id for each in rows if each.removed]
            here = self._members.has([each.id for each in rows])
            new = [each for each, known in zip(rows, here, strict=True) if not known and not each.removed]
            self._gone += len(gone)
            self._unsaved += len(gone) + len(new)
            self._members.remove(gone)
            index.remove(gone)
            self._members.add([each.id for each in new], [text_hash(each.text) for each in new])
            for each in new:
                self._codes.add(each.id, each.codes)
            fresh += [each.id for each in new]
        self._add(db, index, np.array(fresh, np.int64))

    def _add(self, db: Connection, index: AnyIndex, ids: Numbers) -> None:
        read = self._reader(db)
        for portion in kinds.portions(ids):
            index.add(portion, read(portion))

    def _reader(self, db: Connection) -> kinds.ReadVectors:
        return lambda ids: _stack(representatives.vectors(db, self.project, ids), self.dimension)

    def _keep(self) -> None:
        """Keep file, codes and the kind of the index in step with what there is."""
        if self._gone > max(REWRITE_AFTER, len(self._members)):
            self._codes.keep(self._members.__contains__)
            self._gone = 0
        if self._unsaved > max(REWRITE_AFTER, len(self._members) // 10):
            self._write()
        busy = self._rebuilding is not None and self._rebuilding.is_alive()
        if self._index is not None and not busy and not kinds.fits(self._index, len(self._members), self._switch):
            self._rebuilding = Rebuilding(self._index, self._lock, self._take, switch=self._switch)
            self._rebuilding.start()

    def _take(self, old: AnyIndex, new: AnyIndex) -> None:
        """Use a new index in place of the one that it was made from, if that is still in use."""
        with self._lock:
            if self._index is old:
                settle(old, new)
                self._index = new
                self._unsaved += len(new)

    def _write(self) -> None:
        # Again after as many changes, also where it cannot be written.
        self._unsaved = 0
        if self._index is not None:
            self._file.write(self._index, self._members, self._generation)


def _same(these: Members, others: Members) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which of some members are among others with the same text."""
    if not len(others):
        return np.zeros(len(these), np.bool_)
    places = np.minimum(np.searchsorted(others.ids, these.ids), len(others) - 1)
    return np.asarray((others.ids[places] == these.ids) & (others.hashes[places] == these.hashes), np.bool_)


def read_indexed(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, Indexed]:
    """Read representatives by their numbers; those that are gone are left out."""
    return {row[0]: indexed(*row) for row in found_representatives.by_number(db, project, numbers)}


def indexed(
    number: int, category: int, template: int | None, text: str, codes: Sequence[str], learnt: int | None
) -> Indexed:
    """Make it of what is read of a representative (``FoundRow``)."""
    return Indexed(number, category, template, text, frozenset(codes), learnt is not None)


def _stack(vectors: Sequence[bytes], dimension: int) -> Vectors:
    if not vectors:
        return np.zeros((0, dimension), np.float32)
    return np.stack([np.frombuffer(vector, np.float32) for vector in vectors])
