"""A project as large as pages have to bear, with 30 days of lines and of what people did, written by bulk inserts."""

from __future__ import annotations

import hashlib
import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert, text, update

from benchmarks.pages_lines import AT_ONCE, Project, homes, wordings, write_templates
from benchmarks.pages_sources import RING
from benchmarks.pages_work import ACTS, DELIVERIES, LEARNT, MERGED, PROPOSALS, QUESTIONS, SOLUTIONS, write_work
from ingest.clustering.reading_upkeep import ReadingUpkeep
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.embedding.port import normalised
from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.terms import TERMS_VERSION
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.judge import Profiles
from knowledge_base.settings import Settings
from knowledge_base.store import projects
from knowledge_base.store.bulk import replace_all
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.rarity.term_tables import CategoryTermsRow, TermStateRow
from knowledge_base.store.representing import representatives
from knowledge_base.store.store import Store
from knowledge_base.store.tables import ProjectRow
from knowledge_base.types import DEFAULT_PROJECT
from web.running.solution_health_loop import SolutionHealthLoop
from web.running.watch_loop import count_all

EMBEDDED = 2_000
"""So many texts are really embedded; the vectors of the others lie near those."""

READ_SECONDS = 120.0


def prepare(folder: Path, *, categories: int = 10_000, templates: int = 1_000_000, url: str = "") -> Path:
    """Give the data folder of such a project; it is made where there is none of today.

    With ``url`` the rows are in that database, which has to be empty where the folder is not there.
    """
    kind = hashlib.sha256(url.encode()).hexdigest()[:6] if url else "sqlite"
    home = folder / f"{categories}-{templates}-{datetime.now(UTC):%Y%m%d}-{kind}-{_shape()}"
    if (home / "whole").exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    project = Project(DEFAULT_PROJECT, now, categories, templates)
    print(f"making {templates:,} templates in {categories:,} categories ...", flush=True)
    with KnowledgeBase(Settings(home=home, database_url=url)) as knowledge:
        home_of, said = homes(project), wordings(project)
        with knowledge.store.write() as db:
            projects.ensure_project(db, project.name, now)
        _timed("templates, samples and counts", lambda: write_templates(knowledge.store, project, home_of))
        with knowledge.store.write() as db:
            _timed("what people did", lambda: write_work(db, project, said, home_of.tolist()))
        _count(knowledge, project, home_of.tolist())
        _vacuum(knowledge.store)
        _represent(knowledge, project, said)
        _timed("what the background keeps", lambda: _keep(knowledge, project))
    (home / "whole").touch()
    return home


def _vacuum(store: Store) -> None:
    """Do what PostgreSQL does by itself within minutes of a load, so that no visit waits for it."""
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            _timed("vacuum", lambda: db.execute(text("VACUUM ANALYZE")))


def _shape() -> str:
    """Name the columns and indices of the tables, so that a store from before a migration is not taken."""
    names = [str(column) for table in METADATA.sorted_tables for column in table.columns]
    indices = sorted(
        (each for table in METADATA.sorted_tables for each in table.indexes), key=lambda each: str(each.name)
    )
    names += [str(column) for each in indices for column in each.columns]
    return hashlib.sha256("|".join(names).encode()).hexdigest()[:8]


def _timed(name: str, run: Callable[[], object]) -> None:
    begun, used = time.perf_counter(), time.process_time()
    run()
    print(f"  {name}: {time.perf_counter() - begun:.0f} s, CPU {time.process_time() - used:.0f} s", flush=True)


def _count(knowledge: KnowledgeBase, project: Project, home: Sequence[int]) -> None:
    """Set what counts up: numbers that were given out, and terms, as if all of them had been counted."""
    given = {
        "category": project.categories + MERGED,
        "template": project.templates,
        "solution": SOLUTIONS,
        "question": QUESTIONS,
        "delivery": DELIVERIES,
        "proposal": PROPOSALS,
        "audit": ACTS,
        "learnt": LEARNT,
        "refused": 500,
    }
    with knowledge.store.write() as db:
        for name, count in given.items():
            take_numbers(db, name, count)
        values = {"templates": project.templates, "solutions": SOLUTIONS, "change": ACTS, "ring": RING}
        db.execute(update(ProjectRow).where(ProjectRow.__table__.c.id == project.name).values(**values))  # type: ignore[attr-defined]
        sizes = np.bincount(home, minlength=project.categories + 1)[1:].tolist()
        numbers = list(range(1, project.categories + 1))
        replace_all(
            db,
            CategoryTermsRow,
            ("project", "category"),
            {
                "project": [project.name] * len(numbers),
                "category": numbers,
                "epoch": [1] * len(numbers),
                "templates": sizes,
                "terms": [{}] * len(numbers),
                "weighed": [project.categories] * len(numbers),
            },
        )
        state = {"epoch": 1, "version": TERMS_VERSION, "cursor": project.templates, "finished": True}
        sums = {"templates": project.templates, "categories": project.categories}
        db.execute(insert(TermStateRow), [{"project": project.name, **state, **sums}])


def _represent(knowledge: KnowledgeBase, project: Project, said: Sequence[str]) -> None:
    embedder = knowledge.embedder_of(project.name)
    real = np.asarray(embedder.embed([cleaned(each) for each in itertools.islice(said, EMBEDDED)]), np.float32)
    by = np.random.default_rng(project.categories)
    for start in range(0, project.categories, AT_ONCE):
        numbers = range(start + 1, min(project.categories, start + AT_ONCE) + 1)
        base = real[np.arange(numbers[0] - 1, numbers[-1]) % len(real)]
        shift = real[by.integers(0, len(real), len(base))] - real[by.integers(0, len(real), len(base))]
        vectors = normalised((base + shift * by.uniform(0.1, 0.45, (len(base), 1))).astype(np.float32))
        new = [
            representatives.NewRepresentative(number, number, said[number - 1], (), vector.tobytes())
            for number, vector in zip(numbers, vectors, strict=True)
        ]
        with knowledge.store.write() as db:
            representatives.add(db, project.name, new, embedder.backend)
    upkeep = ReadingUpkeep(knowledge, Profiles())
    _timed("what representatives say", lambda: upkeep.settle(project.name, seconds=READ_SECONDS))
    _timed("what solutions say", lambda: knowledge.solution_embedding.catch_up(project.name, embedder))


def _keep(knowledge: KnowledgeBase, project: Project) -> None:
    DemandKeeper(knowledge.store).settle(project.name)
    count_all(knowledge.store, project.name)
    health = SolutionHealthLoop(knowledge.store)
    while health.step():
        pass
    with knowledge.store.write() as db:
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("ANALYZE")  # as it does by itself after a while; nobody does so for SQLite


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Path(scratch), categories=2_000, templates=20_000)
