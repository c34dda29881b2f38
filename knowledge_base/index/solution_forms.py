"""What solutions say, made ready to be compared; the latest are kept in memory."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from knowledge_base.errors import Unavailable
from knowledge_base.index.solutions import SolutionIndex
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.reading import given_back, kept, version_of
from knowledge_base.signature.codes import error_codes
from knowledge_base.store.solving import solution_readings, solution_texts
from knowledge_base.store.solving.solution_readings import NewReading
from knowledge_base.store.store import Store


@dataclass(frozen=True, slots=True)
class Told:
    """What a solution says: title and cause to compare with, and the words and concepts of all of it."""

    profile: Profile
    words: frozenset[str]
    concepts: frozenset[str]


REMEMBERED = 5_000
"""Profiles that are remembered, about 5 kB each."""


class SolutionForms:
    """Gives what solutions say; may be shared by threads."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str, int, int], Told] = OrderedDict()
        self._unsaved: dict[str, dict[int, NewReading]] = {}
        self._lock = threading.Lock()

    def profiles(self, db: Connection, judge: Judge, index: SolutionIndex, numbers: Sequence[int]) -> dict[int, Told]:
        """Give what solutions say, by the vectors of an index; those without a vector are left out.

        Those that are not remembered in their present version are read from the database, where what was read before is
        kept (:meth:`save`).
        """
        keys = {
            number: (judge.name, index.project, number, version)
            for number in numbers
            if (version := index.version_of(number)) is not None
        }
        with self._lock:
            found = {number: self._known[key] for number, key in keys.items() if key in self._known}
        found |= self._read(db, judge, index, [number for number in keys if number not in found])
        with self._lock:
            for number, told in found.items():
                self._known[keys[number]] = told
                self._known.move_to_end(keys[number])
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found

    def save(self, store: Store, project: str) -> None:
        """Keep what was read since the last time, so that the next process need not read it."""
        with self._lock:
            new = self._unsaved.pop(project, None)
        if new:
            # What cannot be kept now is read again by the next process; an answer does not fail for that.
            with suppress(Unavailable), store.write() as db:
                solution_readings.put(db, project, list(new.values()))

    def _read(self, db: Connection, judge: Judge, index: SolutionIndex, numbers: Sequence[int]) -> dict[int, Told]:
        versions = {number: version for number in numbers if (version := index.version_of(number)) is not None}
        reader = version_of(judge)
        said = solution_readings.read(db, index.project, versions, reader)
        found = {number: told for number, each in said.items() if (told := _given_back(each)) is not None}
        unread = [number for number in versions if number not in found]
        vectors = index.vectors_of(unread)
        words = solution_texts.read(db, index.project, list(vectors))
        # Of another version the vector says nothing; with the next refresh it is there.
        read = [number for number in words if words[number].version == versions[number]]
        if not read:
            return found
        texts = [(words[number].named, error_codes(words[number].named)) for number in read]
        profiles = judge.profiles(texts, np.stack([vectors[number][0] for number in read]))
        made = {
            number: _told(judge, profile, words[number].body) for number, profile in zip(read, profiles, strict=True)
        }
        with self._lock:
            unsaved = self._unsaved.setdefault(index.project, {})
            for number, told in made.items():
                unsaved[number] = NewReading(number, versions[number], reader, _kept(told))
        return found | made


def _kept(told: Told) -> str:
    more = sorted(told.words - told.profile.words)
    return json.dumps([kept(told.profile), sorted(told.profile.codes), more, sorted(told.concepts)])


def _given_back(said: str) -> Told | None:
    try:
        profile_said, codes, more, concepts = json.loads(said)
        profile = given_back(profile_said, codes)
        return None if profile is None else Told(profile, profile.words | set(more), frozenset(concepts))
    except (ValueError, TypeError):
        return None


def _told(judge: Judge, profile: Profile, body: str) -> Told:
    return Told(
        profile,
        profile.words | judge.words(body),
        profile.acts | profile.objects | judge.reader.read(body).concepts,
    )
