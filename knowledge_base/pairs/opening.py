"""Puts a judge together: the model, the glossary, the codes, and the catalogue with its vectors."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from knowledge_base.embedding.port import Embedder
from knowledge_base.features.cleaning import cleaned, words
from knowledge_base.pairs.features import Contradictions
from knowledge_base.pairs.judge import Judge, read_profile
from knowledge_base.pairs.kinds import KnownKinds
from knowledge_base.pairs.model import pair_model
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity
from knowledge_base.vocabulary.catalogue import Catalogue, load_catalogue
from knowledge_base.vocabulary.kept_vectors import Progress, kept_vectors, unheard
from knowledge_base.vocabulary.meanings import Meanings, load_meanings
from knowledge_base.vocabulary.reading import Reader

_opened: dict[tuple[str, str, str], Judge] = {}
_lock = threading.Lock()


def open_judge(
    reader: Reader, embedder: Embedder, *, kinds: Path | None, folder: Path | None, progress: Progress = unheard
) -> Judge:
    """Give the judge of a back end, once a process.

    ``kinds`` is a person's own file of kinds on top of the packaged ones, ``folder`` keeps their vectors; without them
    it takes some ten seconds to embed the catalogue, which ``progress`` is told of. Raises ModelUnavailable, and
    InputError where the file of kinds cannot be used.
    """
    catalogue = load_catalogue(kinds)
    key = (embedder.backend, reader.glossary.digest, catalogue.digest)
    with _lock:
        if key not in _opened:
            _opened[key] = replace(_judge(reader, embedder, catalogue, folder, progress), name=" ".join(key))
        return _opened[key]


def _judge(reader: Reader, embedder: Embedder, catalogue: Catalogue, folder: Path | None, progress: Progress) -> Judge:
    meanings = load_meanings(catalogue)
    rows = catalogue.wordings
    clean = [cleaned(text) for _, text in rows]
    vectors = kept_vectors(clean, embedder, folder=folder, name="kinds", progress=progress)
    known = KnownKinds(
        kinds=tuple(name for name, _ in rows),
        vectors=vectors,
        acts=_acts(catalogue, reader),
        profile_at=_Wordings(rows, reader, meanings),
    )
    rarity = _beforehand(catalogue, clean)
    contradictions: Contradictions = {each.name: each.apart for each in reader.glossary.concepts if each.apart}
    return Judge(reader, meanings, known, pair_model(), rarity, rarity, contradictions)


def _acts(catalogue: Catalogue, reader: Reader) -> Mapping[str, frozenset[str]]:
    """Give for each act the kinds that are about it."""
    found: dict[str, set[str]] = {}
    for kind in catalogue.kinds:
        for concept in reader.glossary.acts.intersection(kind.concepts):
            found.setdefault(concept, set()).add(kind.name)
    return {act: frozenset(names) for act, names in found.items()}


def _beforehand(catalogue: Catalogue, clean: list[str]) -> Rarity:
    """Count in how many wordings of the catalogue words stand, and in how many kinds concepts do."""
    seen = Counter(word for text in clean for word in set(words(text)))
    about = Counter(concept for kind in catalogue.kinds for concept in kind.concepts)
    return Rarity(seen, about, len(clean), kinds=len(catalogue.kinds))


class _Wordings:
    """Reads wordings when they are first compared: most never are."""

    def __init__(self, rows: tuple[tuple[str, str], ...], reader: Reader, meanings: Meanings) -> None:
        self._rows = rows
        self._reader = reader
        self._meanings = meanings
        self._read: dict[int, Profile] = {}

    def __call__(self, place: int) -> Profile:
        """Give the profile of a wording by its place."""
        profile = self._read.get(place)
        if profile is None:
            profile = self._read[place] = read_profile(self._rows[place][1], (), self._reader, self._meanings)
        return profile
