"""Labelled problems for measuring: log lines, questions and solutions, and a knowledge base filled with them."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from ingest.clustering import ClusterLoop
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import read_settings
from knowledge_base.store.grouping import templates
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord

PROJECT = "default"
OWN = Path(__file__).parent / "problems"


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question; ``problem`` is None where it must not be answered."""

    text: str
    problem: str | None
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class ProblemSet:
    """Log lines with their problems, what solves each, and questions."""

    name: str
    logs: tuple[tuple[str, str], ...]
    solutions: Mapping[str, SolutionText]
    questions: tuple[Asked, ...]


def read_folder(folder: Path) -> ProblemSet:
    """Read ``logs.jsonl``, ``queries.jsonl`` and ``solutions.jsonl``."""
    logs, queries, solutions = (_rows(folder / f"{name}.jsonl") for name in ("logs", "queries", "solutions"))
    return ProblemSet(
        folder.name,
        tuple((row["text"], row["category"]) for row in logs),
        {row["category"]: SolutionText(row["title"], row["cause"], row["solution_md"]) for row in solutions},
        tuple(Asked(row["text"], row["category"], row["kind"], row["lang"]) for row in queries),
    )


def read_own(path: Path) -> ProblemSet:
    """Read a file of problems that comes with the benchmarks."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    problems = table["problems"]
    asked = [
        Asked(row["text"].strip(), each["id"], row["kind"], row["lang"])
        for each in problems
        for row in each["questions"]
    ]
    strangers = [Asked(row["text"].strip(), None, "nomatch", row["lang"]) for row in table["strangers"]]
    return ProblemSet(
        path.stem,
        tuple((line.strip(), each["id"]) for each in problems for line in each["logs"]),
        {each["id"]: SolutionText(each["title"], each["cause"], each["body"]) for each in problems},
        (*asked, *strangers),
    )


def all_sets(data: Path) -> list[ProblemSet]:
    """Read all that is there: the labelled folder, and our own."""
    labelled = data / "errors" / "dev"
    return [
        *([read_folder(labelled)] if labelled.is_dir() else []),
        *(read_own(path) for path in sorted(OWN.glob("*.yaml"))),
    ]


@dataclass(frozen=True)
class Filled:
    """A knowledge base with the lines of a problem set; ``problem_of`` tells what each category is by most lines."""

    knowledge: KnowledgeBase
    problem_of: Mapping[int, str]


@contextmanager
def filled(problems: ProblemSet, *, solved: float = 1.0, seed: int = 7) -> Iterator[Filled]:
    """Ingest and cluster the lines, and give categories the solution of the problem that most of their lines are.

    Only that share of the problems is ``solved``.
    """
    shuffled = list(problems.logs)
    chance = random.Random(seed)
    chance.shuffle(shuffled)
    with TemporaryDirectory() as folder, _fresh(folder) as knowledge:
        homes = _ingest(knowledge, [text for text, _ in shuffled])
        votes: dict[int, Counter[str]] = {}
        for (_, problem), home in zip(shuffled, homes, strict=True):
            votes.setdefault(home, Counter())[problem] += 1
        problem_of = {home: counted.most_common(1)[0][0] for home, counted in votes.items()}
        chosen = [name for name in sorted(set(problem_of.values())) if chance.random() < solved]
        _solve(knowledge, {name: problems.solutions[name] for name in chosen}, problem_of)
        knowledge.matcher.warm(PROJECT)
        yield Filled(knowledge, problem_of)


def _fresh(folder: str) -> KnowledgeBase:
    return KnowledgeBase(read_settings(home=Path(folder), database_url=""))


def _ingest(knowledge: KnowledgeBase, lines: Sequence[str]) -> list[int]:
    pipeline = Pipeline(knowledge, PROJECT)
    pipeline.ensure_project()
    now = datetime.now(UTC)
    kept = pipeline.keep([LogRecord(PROJECT, "bench", place, line, now) for place, line in enumerate(lines)])
    ClusterLoop(knowledge, PROJECT).drain(PROJECT)
    with knowledge.store.read() as db:
        numbers = [number_of(Prefix.TEMPLATE, each.template_id) for each in kept]
        at = templates.homes(db, PROJECT, sorted(set(numbers)))
    return [at[number] for number in numbers]


def _solve(knowledge: KnowledgeBase, solutions: Mapping[str, SolutionText], problem_of: Mapping[int, str]) -> None:
    for name, text in solutions.items():
        first, *others = [public_id(Prefix.CATEGORY, home) for home, problem in problem_of.items() if problem == name]
        done = curation.attach(knowledge.store, PROJECT, first, text, actor="bench")
        for each in others:
            assert done.solution is not None
            curation.link(knowledge.store, PROJECT, each, done.solution.id, actor="bench")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
