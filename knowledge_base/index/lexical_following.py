"""Postings in this process that follow one source of a project's database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain

import numpy as np
import structlog
from sqlalchemy import Connection

from knowledge_base.errors import KeaError
from knowledge_base.index.lexical_cache import TermsFile, key_of
from knowledge_base.index.lexical_postings import Postings
from knowledge_base.index.lexical_sources import Document, Source
from knowledge_base.index.lexical_terms import TermReader, code_terms
from knowledge_base.index.members import Members, text_hash
from knowledge_base.store import projects

log = structlog.get_logger(__name__)

FIRST_AT_ONCE = 2_000
"""Documents of a first load that whoever asks waits for, some tenths of a second; more are read in a thread."""

AT_ONCE = 100
"""The same of new documents later on."""

WRITE_AFTER = 1_000
"""New texts whose terms are put into the file together."""

LOOK_UP_FROM = 20
"""Fewer new texts are read again sooner than looked up in the file."""

COMMIT_AFTER = 20_000

Connect = Callable[[], AbstractContextManager[Connection]]


class _Abandoned(Exception):
    """The process ends."""


class Following:
    """One source's documents. ``refresh`` costs one small query where nothing has changed.

    Much at once is read in a thread of its own, by a connection of its own that ``connect`` gives; meanwhile searches
    find what is there already. Without ``connect`` whoever asks waits.
    """

    def __init__(
        self, project: str, source: Source, *, terms: TermReader, file: TermsFile, connect: Connect | None
    ) -> None:
        self._project = project
        self._source = source
        self._terms = terms
        self._file = file
        self._connect = connect
        self._state = -1
        self._members = Members()
        self._postings: Postings | None = None
        self._unsaved: dict[bytes, tuple[str, ...]] = {}
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._members)

    @property
    def is_whole(self) -> bool:
        """Whether all that was there with the last refresh can be found."""
        return self._state >= 0 and not self._is_reading

    def search(self, asked: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Find documents by weighted terms: number and BM25 score, best first, ties by number."""
        postings = self._postings
        return [] if postings is None else postings.search(asked, limit)

    def refresh(self, db: Connection, *, wait: bool = False) -> None:
        """Follow the database; with ``wait`` up to its present state, else maybe in a thread that is left alone."""
        if not self._changing.acquire(blocking=wait or not self._is_reading):
            return
        try:
            newest = self._source.state(db, self._project)
            if newest == self._state or (self._is_reading and not wait):
                return
            if newest < self._state and not self._is_set_back(db):
                return  # the connection is older than what another thread has followed
            since = self._since(newest)
            changed = self._source.changed(db, self._project, since)
            if not wait and self._connect is not None:
                changed, is_much = self._beginning(changed, FIRST_AT_ONCE if since < 0 else AT_ONCE)
                if is_much:
                    # No daemon: a thread that the end of the process surprises inside of a library may crash it.
                    self._thread = threading.Thread(target=self._read_on, name="kea-lexical", daemon=False)
                    self._thread.start()
                    return
            self._follow(changed, since, newest)
        finally:
            self._changing.release()

    def rest(self) -> None:
        """Give back what only changes need, unless something is being changed."""
        if self._changing.acquire(blocking=False):
            try:
                if self._postings is not None:
                    self._postings.rest()
            finally:
                self._changing.release()

    def settle(self) -> None:
        """Wait for the thread that reads, if one does."""
        if (thread := self._thread) is not None:
            thread.join()

    @property
    def _is_reading(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _is_set_back(self, db: Connection) -> bool:
        return projects.is_set_back(db, self._project, self._source.state, self._state)

    def _since(self, newest: int) -> int:
        """Tell behind which state to read; all where the database is an older one than it was."""
        return -1 if newest < self._state else self._state

    def _beginning(self, changed: Iterator[list[Document]], most: int) -> tuple[Iterator[list[Document]], bool]:
        """Look ahead whether more than so many documents are new."""
        seen: list[list[Document]] = []
        new = 0
        for portion in changed:
            seen.append(portion)
            new += len(self._new(portion, self._members))
            if new > most:
                return iter(()), True
        return chain(seen, changed), False

    def _read_on(self) -> None:
        if self._connect is None:
            return
        try:
            with self._changing, self._connect() as db:
                newest = self._source.state(db, self._project)
                since = self._since(newest)
                if newest != self._state:
                    self._follow(_while_alive(self._source.changed(db, self._project, since)), since, newest)
        except _Abandoned:
            return
        except KeaError as error:
            log.warning("the lexical index stays as it is", project=self._project, reason=str(error))

    def _follow(self, changed: Iterable[list[Document]], since: int, newest: int) -> None:
        if since < 0:
            self._members, self._postings, self._state = Members(), Postings(), -1
        postings = self._postings or Postings()
        keys: list[bytes] = []
        waiting = 0
        for portion in changed:
            keys += self._apply(portion, postings)
            waiting += len(portion)
            if waiting >= COMMIT_AFTER:
                postings.commit()
                waiting = 0
        postings.commit()
        self._postings, self._state = postings, newest
        if since < 0:
            self._save()
            self._file.keep(keys)
        elif len(self._unsaved) >= WRITE_AFTER:
            self._save()

    def _apply(self, portion: Sequence[Document], postings: Postings) -> list[bytes]:
        """Put a portion of documents into place; tell the keys of those that are new."""
        new = self._new(portion, self._members)
        old = [each.number for each in portion if each.gone] + [each.number for each in new]
        there = np.asarray(old, np.int64)[self._members.has(old)].tolist()
        postings.remove(there)
        self._members.remove(there)
        keys = [key_of(each.text, each.more) for each in new]
        terms = self._terms_of(new, keys)
        postings.add((each.number, (*said, *code_terms(each.codes))) for each, said in zip(new, terms, strict=True))
        self._members.add([each.number for each in new], [_hash(each) for each in new])
        return keys

    @staticmethod
    def _new(portion: Sequence[Document], members: Members) -> list[Document]:
        """Give the documents that are not there, or say something else there."""
        living = [each for each in portion if not each.gone]
        known = members.with_hashes([each.number for each in living], [_hash(each) for each in living])
        return [each for each, there in zip(living, known, strict=True) if not there]

    def _terms_of(self, new: Sequence[Document], keys: Sequence[bytes]) -> list[tuple[str, ...]]:
        known = self._file.read(keys) if len(keys) >= LOOK_UP_FROM else {}
        found: list[tuple[str, ...]] = []
        for each, key in zip(new, keys, strict=True):
            terms = known.get(key)
            if terms is None:
                terms = self._unsaved[key] = self._terms.of_text(each.text, each.more)
            found.append(terms)
        if len(self._unsaved) >= COMMIT_AFTER:
            self._save()
        return found

    def _save(self) -> None:
        # Lost where it cannot be written: the next process reads these texts again.
        if self._unsaved:
            self._file.write(self._unsaved)
            self._unsaved = {}


def _hash(each: Document) -> int:
    return text_hash("\n".join((each.text, each.more, *each.codes)))


def _while_alive(portions: Iterator[list[Document]]) -> Iterator[list[Document]]:
    for portion in portions:
        if not threading.main_thread().is_alive():
            raise _Abandoned
        yield portion
