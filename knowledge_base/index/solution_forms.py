"""What solutions say, made ready to be compared; the latest are kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from knowledge_base.index.solutions import SolutionIndex
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.signature.codes import error_codes
from knowledge_base.store import solution_texts


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
        self._lock = threading.Lock()

    def profiles(self, db: Connection, judge: Judge, index: SolutionIndex, numbers: Sequence[int]) -> dict[int, Told]:
        """Give what solutions say, by the vectors of an index; those without a vector are left out.

        Only solutions that are not remembered in their present version are read from the database.
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

    @staticmethod
    def _read(db: Connection, judge: Judge, index: SolutionIndex, numbers: Sequence[int]) -> dict[int, Told]:
        vectors = index.vectors_of(numbers)
        words = solution_texts.read(db, index.project, list(vectors))
        # Of another version the vector says nothing; with the next refresh it is there.
        read = [number for number in words if words[number].version == index.version_of(number)]
        if not read:
            return {}
        texts = [(words[number].named, error_codes(words[number].named)) for number in read]
        profiles = judge.profiles(texts, np.stack([vectors[number][0] for number in read]))
        return {
            number: _told(judge, profile, words[number].body) for number, profile in zip(read, profiles, strict=True)
        }


def _told(judge: Judge, profile: Profile, body: str) -> Told:
    return Told(
        profile,
        profile.words | judge.words(body),
        profile.acts | profile.objects | judge.reader.read(body).concepts,
    )
