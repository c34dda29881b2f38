"""Vectors of all templates of a project, in half precision in a file of the data folder, not in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlmodel import col

from ingest.clustering.reclustering.reading import Member
from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.tables import RepresentativeRow

AT_ONCE = 512

Stored = npt.NDArray[np.float16]
"""Float16 array of shape (members, dimension) that may lie in a file."""


@contextmanager
def stored_vectors(
    knowledge: KnowledgeBase,
    project: str,
    embedder: Embedder,
    members: Sequence[Member],
    tick: Callable[[int], None] = lambda _more: None,
) -> Iterator[Stored]:
    """Give a vector for each template for the length of a block; ``tick`` is told how many more are ready.

    Vectors that are in the database are taken from there. Raises ModelUnavailable where the model cannot be opened.
    """
    home = knowledge.settings.home_path
    home.mkdir(parents=True, exist_ok=True)
    shape = (max(len(members), 1), embedder.dimension)
    # It has no name, so that nothing of it is left behind a process that is killed.
    with TemporaryFile(dir=home) as file:
        if hasattr(os, "posix_fallocate"):
            # A full disk is an error here; where memory is mapped to it, it ends the process.
            os.posix_fallocate(file.fileno(), 0, 2 * shape[0] * shape[1])
        made = np.memmap(file, dtype=np.float16, mode="w+", shape=shape)
        for start in range(0, len(members), AT_ONCE):
            part = members[start : start + AT_ONCE]
            made[start : start + len(part)] = _vectors(knowledge, project, embedder, part)
            tick(len(part))
        yield made
        del made


def rows_of(stored: Stored, places: Sequence[int]) -> Vectors:
    """Give some of the vectors as unit rows, shape (places, dimension)."""
    rows = np.asarray(stored[list(places)], np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-6), np.float32)


def _vectors(knowledge: KnowledgeBase, project: str, embedder: Embedder, part: Sequence[Member]) -> Vectors:
    known = _known(knowledge, project, embedder.backend, part)
    missing = [each for each in part if each.id not in known]
    if missing:
        known |= dict(
            zip(
                (each.id for each in missing),
                embedder.embed([cleaned(each.text) for each in missing]),
                strict=True,
            )
        )
    return np.stack([known[each.id] for each in part])


def _known(knowledge: KnowledgeBase, project: str, backend: str, part: Sequence[Member]) -> dict[int, Vectors]:
    """Read the vectors of templates that represent a category under the same text."""
    texts = {each.id: each.text for each in part}
    query = select(col(RepresentativeRow.template), col(RepresentativeRow.text), col(RepresentativeRow.vector)).where(
        col(RepresentativeRow.project) == project,
        col(RepresentativeRow.template).in_(list(texts)),
        col(RepresentativeRow.backend) == backend,
        col(RepresentativeRow.removed).is_(False),
        col(RepresentativeRow.learnt).is_(None),
    )
    with knowledge.store.read() as db:
        return {
            number: np.frombuffer(vector, np.float32)
            for number, text, vector in db.execute(query)
            if number is not None and texts[number] == text
        }
