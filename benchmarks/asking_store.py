"""Stores to ask: those of ``scale_store`` with solutions, known lines, and what a first round of questions reads."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from benchmarks import scale_store
from benchmarks.scale_store import PROJECT
from benchmarks.varied import texts
from ingest.clustering.reading_upkeep import ReadingUpkeep
from ingest.clustering.terms_upkeep import TermUpkeep
from knowledge_base.embedding.port import Vectors, normalised
from knowledge_base.index.replica import Indexed
from knowledge_base.index.solutions import PARTS
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import Matcher
from knowledge_base.pairs.judge import Judge, Profiles
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.reading import kept, version_of
from knowledge_base.settings import Settings
from knowledge_base.signature import sign
from knowledge_base.solution_embedding import FORM
from knowledge_base.store import projects
from knowledge_base.store.grouping import templates
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.representing import readings, representatives
from knowledge_base.store.solving import solution_vectors
from knowledge_base.store.solving.solution_vectors import NewVector
from knowledge_base.store.tables import CategoryRow, SolutionRow, SolutionVersionRow, TemplateRow

SOLVED = 5
"""One category in so many has a solution."""

KNOWN = 2_000
SETTLED = 20_000
"""Up to so many categories terms are counted and keywords chosen; it takes minutes."""

AT_ONCE = 500
UPKEEP_SECONDS = 180.0
AT = datetime(2026, 1, 15, tzinfo=UTC)
SEED = 23


def prepare(folder: Path, categories: int, asked: int) -> Path:
    """Give the data folder of a store that so many :func:`questions` were asked; it is made where it is not there."""
    bare = scale_store.prepare(folder, categories)
    with KnowledgeBase(Settings(home=bare)) as knowledge:
        version = version_of(knowledge.judge_with(knowledge.embedder_of(PROJECT)))
    home = folder / f"asking-{asked}-{bare.name}-{version[:8]}"
    if (home / "whole").exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    subprocess.run(["cp", "--reflink=auto", str(bare / "kea.db"), str(home)], check=True)
    print(f"giving {categories // SOLVED:,} of {categories:,} categories a solution ...", flush=True)
    with KnowledgeBase(Settings(home=home)) as knowledge:
        _solve(knowledge, categories)
        with knowledge.store.write() as db:
            for number, text in _first_texts(db):
                signature = sign(text)
                templates.add_fingerprints(db, PROJECT, number, [(signature.version, signature.fingerprint)])
        _read(knowledge, list(itertools.islice(questions(), asked)))
        if categories <= SETTLED:
            # A server would be busy with it while it is asked.
            TermUpkeep(knowledge).settle(PROJECT)
    (home / "whole").touch()
    return home


def questions() -> Iterator[str]:
    """Write questions that differ from all that is known: bare lines, and some with words around them."""
    for number, text in enumerate(texts(seed=SEED)):
        yield text if number % 2 else f"Hi all, since this morning our nightly job stops with\n{text}\nAny idea?"


def known_lines(home: Path) -> list[str]:
    """Give lines that are known exactly."""
    with KnowledgeBase(Settings(home=home)) as knowledge, knowledge.store.read() as db:
        return [text for _, text in _first_texts(db)]


def _first_texts(db: Connection) -> list[tuple[int, str]]:
    query = select(col(TemplateRow.id), col(TemplateRow.text)).where(
        col(TemplateRow.project) == PROJECT, col(TemplateRow.id) <= KNOWN
    )
    return [(row[0], row[1]) for row in db.execute(query)]


def _solve(knowledge: KnowledgeBase, categories: int) -> None:
    by, backend = np.random.default_rng(SEED), knowledge.embedder_of(PROJECT).backend
    for start in range(1, categories + 1, SOLVED * AT_ONCE):
        numbers = list(range(start, min(categories + 1, start + SOLVED * AT_ONCE), SOLVED))
        with knowledge.store.write() as db:
            held = {each.category: each for each in representatives.of_categories(db, PROJECT, numbers)}
            rows = representatives.vectors(db, PROJECT, [held[number].id for number in numbers])
            near = np.stack([np.frombuffer(row, np.float32) for row in rows])
            shifted = np.repeat(near, PARTS, axis=0) + by.normal(0.0, 0.02, (len(near) * PARTS, near.shape[1]))
            vectors = normalised(shifted.astype(np.float32)).reshape(len(near), PARTS, -1)
            _put(db, {number: held[number].text for number in numbers}, vectors, backend)


def _put(db: Connection, told: Mapping[int, str], vectors: Vectors, backend: str) -> None:
    made = take_numbers(db, "solution", len(told))
    state = projects.next_solutions(db, PROJECT)
    both = list(zip(made, told.items(), strict=True))
    db.execute(
        insert(SolutionRow),
        [
            {
                "project": PROJECT,
                "id": number,
                "version": 1,
                "external": None,
                "state": "published",
                "generation": state,
                "created_at": AT,
            }
            for number in made
        ],
    )
    db.execute(
        insert(SolutionVersionRow),
        [
            {
                "project": PROJECT,
                "solution": number,
                "version": 1,
                "title": f"When the {text}",
                "cause": "Its limit was set for less than what runs there now.",
                "body": "Raise the limit, then start what stopped again. If it comes back, ask who owns it.",
                "author": "bench",
                "at": AT,
            }
            for number, (_, text) in both
        ],
    )
    for number, (category, _) in both:
        row = (col(CategoryRow.project) == PROJECT, col(CategoryRow.id) == category)
        db.execute(update(CategoryRow).where(*row).values(solution=number))
    new = [
        NewVector(number, 1, f"{FORM}bench", np.asarray(row, np.float32).tobytes())
        for number, row in zip(made, vectors, strict=True)
    ]
    solution_vectors.put(db, PROJECT, backend, new)


class _Noting(Matcher):
    """Notes what questions read of representatives."""

    said: dict[int, str]

    def profiles(
        self, db: Connection, project: str, judge: Judge, held: Sequence[Indexed], vectors: Mapping[int, Vectors]
    ) -> dict[int, Profile]:
        """Give the profiles of representatives by their numbers."""
        found = super().profiles(db, project, judge, held, vectors)
        self.said.update((number, kept(profile)) for number, profile in found.items() if number not in self.said)
        return found


def _read(knowledge: KnowledgeBase, asked: Sequence[str]) -> None:
    """Keep what the questions will read; then let the upkeep go on for a while, which may take many minutes."""
    matcher = _Noting(knowledge, knowledge.retrieval, knowledge.solution_embedding)
    matcher.said = {}
    matcher.warm(PROJECT)
    for text in asked:
        matcher.match(PROJECT, text)
    said = list(matcher.said.items())
    version = version_of(knowledge.judge_with(knowledge.embedder_of(PROJECT)))
    for start in range(0, len(said), AT_ONCE):
        with knowledge.store.write() as db:
            projects.lock(db, PROJECT)
            readings.put(db, PROJECT, dict(said[start : start + AT_ONCE]), version)
    upkeep, begun = ReadingUpkeep(knowledge, Profiles()), time.perf_counter()
    done = upkeep.settle(PROJECT, seconds=UPKEEP_SECONDS)
    print(f"read {done:,} representatives in {time.perf_counter() - begun:,.0f} s", flush=True)
