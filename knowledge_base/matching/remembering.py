"""The profiles of representatives: from memory, from what is kept beside them, or read now."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.replica import Indexed
from knowledge_base.pairs.judge import Coded, Judge, Profiles
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.reading import all_given_back, version_of
from knowledge_base.store.representing import readings


class Remembering:
    """Gives profiles; may be shared by threads. What is kept of a representative saves nearly all of the reading."""

    def __init__(self) -> None:
        self._profiles = Profiles()
        self._lock = threading.Lock()

    def profiles(
        self, db: Connection, project: str, judge: Judge, held: Sequence[Indexed], vectors: Mapping[int, Vectors]
    ) -> dict[int, Profile]:
        """Give the profiles of representatives by their numbers, from their vectors by their numbers."""
        texts = {each.id: (each.text, tuple(sorted(each.codes))) for each in held}
        with self._lock:
            found = self._profiles.remembered(judge, list(texts.values()))
        missing = {number: text for number, text in texts.items() if text not in found}
        if missing:
            found |= self._kept(db, project, judge, missing)
            unread = {text: number for number, text in missing.items() if text not in found}
            if unread:
                rows = np.stack([vectors[number] for number in unread.values()])
                found |= dict(zip(unread, judge.profiles(list(unread), rows), strict=True))
        with self._lock:
            self._profiles.remember(judge, found)
        return {number: found[text] for number, text in texts.items()}

    @staticmethod
    def _kept(db: Connection, project: str, judge: Judge, texts: Mapping[int, Coded]) -> dict[Coded, Profile]:
        said = readings.read(db, project, list(texts), version_of(judge))
        read = all_given_back([(each, texts[number][1]) for number, each in said.items()])
        return {texts[number]: profile for number, profile in zip(said, read, strict=True) if profile is not None}
