"""Large stores to measure with: so many categories with three representatives each, written by bulk inserts.

Twenty thousand texts are really embedded. The vectors of the others are those, shifted along the differences of two
more, so that they lie as the vectors of texts do; embedding a million texts would take an hour.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import update

from benchmarks.varied import texts
from knowledge_base.embedding.port import Embedder, Vectors, normalised
from knowledge_base.features.cleaning import cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.signature import sign
from knowledge_base.store import projects
from knowledge_base.store.bulk import replace_all
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.representing import representatives
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow, FingerprintRow, ProjectRow, TemplateRow
from knowledge_base.types import Why

PROJECT = "default"
EMBEDDED = 20_000
REPRESENTATIVES = 3
AT_ONCE = 2_000
LARGE = 100_000
SEED = 11
AT = datetime(2026, 1, 15, tzinfo=UTC)


def prepare(folder: Path, categories: int) -> Path:
    """Give the data folder of a store with so many categories; it is made where it is not there."""
    home = folder / f"{categories}-{_shape()}"
    if (home / "whole").exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    templates = 10 if categories >= LARGE else REPRESENTATIVES
    print(f"making a store of {categories:,} categories with {templates} templates each ...", flush=True)
    with KnowledgeBase(Settings(home=home)) as knowledge:
        vectors, backend = _vectors(folder, knowledge.embedder), knowledge.embedder.backend
        made, by, store = texts(SEED), np.random.default_rng(SEED), knowledge.store
        with store.write() as db:
            projects.ensure_project(db, PROJECT, AT)
        for start in range(0, categories, AT_ONCE):
            numbers = range(start + 1, min(categories, start + AT_ONCE) + 1)
            wordings = list(itertools.islice(made, templates * len(numbers)))
            _write(store, numbers, wordings, templates)
            base = vectors[np.arange(numbers[0] - 1, numbers[-1]) % EMBEDDED]
            _represent(store, numbers, wordings, _near(base, vectors, by), backend)
        _count(store, categories, templates)
    (home / "whole").touch()
    return home


def _shape() -> str:
    """Name the columns of the tables, so that a store from before a migration is not taken."""
    names = [str(column) for table in METADATA.sorted_tables for column in table.columns]
    return hashlib.sha256("|".join(names).encode()).hexdigest()[:8]


def _vectors(folder: Path, embedder: Embedder) -> Vectors:
    file = folder / f"{hashlib.sha256(embedder.backend.encode()).hexdigest()[:8]}.npy"
    if not file.exists():
        wanted = [cleaned(text) for text in itertools.islice(texts(SEED + 1), EMBEDDED)]
        folder.mkdir(parents=True, exist_ok=True)
        np.save(file, embedder.embed(wanted))
    return np.asarray(np.load(file), np.float32)


def _near(base: Vectors, vectors: Vectors, by: np.random.Generator) -> Vectors:
    """Shift vectors once for each category and a little for each representative; shape (categories, 3, dimension)."""
    count = len(base)
    shift = vectors[by.integers(0, EMBEDDED, count)] - vectors[by.integers(0, EMBEDDED, count)]
    middle = base + shift * by.uniform(0.1, 0.45, (count, 1))
    rest = vectors[by.integers(0, EMBEDDED, (count, REPRESENTATIVES))]
    spread = middle[:, None, :] + rest * by.uniform(0.05, 0.3, (count, REPRESENTATIVES, 1))
    return normalised(spread.reshape(-1, base.shape[1])).reshape(count, REPRESENTATIVES, -1)


def _write(store: Store, numbers: range, wordings: list[str], each: int) -> None:
    every, first = len(wordings), (numbers[0] - 1) * each + 1
    templates = range(first, first + every)
    signatures = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in wordings]
    version = sign("x").version
    with store.write() as db:
        replace_all(
            db,
            CategoryRow,
            ("project", "id"),
            _columns(
                len(numbers),
                id=numbers,
                label=None,
                state="active",
                merged_into=None,
                keywords=[["one", "two"]] * len(numbers),
                solution=None,
                ignored=False,
                created_at=AT,
            ),
        )
        replace_all(
            db,
            TemplateRow,
            ("project", "id"),
            _columns(
                every,
                id=templates,
                category=[number for number in numbers for _ in range(each)],
                text=wordings,
                codes=[[]] * every,
                service="etl",
                level="ERROR",
                reason=[{"why": Why.FIRST}] * every,
                clustered=True,
                count=1,
                first_seen=AT,
                last_seen=AT,
                evicted_at=None,
                counted=0,
            ),
        )
        replace_all(
            db,
            FingerprintRow,
            ("project", "version", "fingerprint"),
            _columns(every, version=version, fingerprint=signatures, template=templates),
        )


def _columns(count: int, /, **columns: object) -> dict[str, list[object]]:
    """Give columns as lists; a single value stands in each row."""
    full = {"project": PROJECT, **columns}
    return {name: list(value) if isinstance(value, list | range) else [value] * count for name, value in full.items()}


def _represent(store: Store, numbers: range, wordings: list[str], vectors: Vectors, backend: str) -> None:
    each = len(wordings) // len(numbers)
    with store.write() as db:
        new = [
            representatives.NewRepresentative(
                number, (number - 1) * each + 1 + place, wordings[row * each + place], (), vector.tobytes()
            )
            for row, (number, rows) in enumerate(zip(numbers, vectors, strict=True))
            for place, vector in enumerate(rows)
        ]
        representatives.add(db, PROJECT, new, backend)


def _count(store: Store, categories: int, each: int) -> None:
    with store.write() as db:
        take_numbers(db, "category", categories)
        take_numbers(db, "template", categories * each)
        db.execute(update(ProjectRow).values(templates=categories * each))
