"""How well lines of one problem come together: Kea beside its peers, and what the order of the lines changes."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.drain import clusters_of
from ingest.clustering import ClusterLoop
from ingest.pipeline import Pipeline
from knowledge_base.embedding import open_embedder
from knowledge_base.exchange.exporting import export_rows
from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.ngrams import cosine, grams
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import read_settings
from knowledge_base.signature import sign
from knowledge_base.types import LogRecord

SHUFFLES = 20


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of lines that were put together: how many rightly, and how many of those that belong together."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}"


def measure(data: Path) -> None:
    """Print Kea and three peers on the labelled errors, the proposals, and the spread over shuffled input."""
    path = data / "errors" / "dev" / "logs.jsonl"
    if not path.is_file():
        print(f"left out: {path} is not there (name the folder of the labelled data with --data)")
        return
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    random.Random(7).shuffle(rows)
    lines, truth = [str(row["text"]) for row in rows], [str(row["category"]) for row in rows]
    print(f"{len(lines)} lines of {len(set(truth))} problems")
    print(f"kea                      {_kea(lines, truth)}")
    print(f"like the reference job   {pairs(truth, _reference(lines))}")
    best = max((pairs(truth, labels) for labels in _plain(lines)), key=lambda score: score.f1)
    print(f"plain hybrid, best F1    {best}")
    strict = [score for score in (pairs(truth, labels) for labels in _plain(lines)) if score.precision >= 0.95]
    print(f"plain hybrid, from .95   {max(strict, key=lambda score: score.recall, default='never')}")
    print(f"drain3's own groups      {pairs(truth, clusters_of([' '.join(line.split()) for line in lines]))}")
    found = []
    for seed in range(SHUFFLES):
        order = list(range(len(lines)))
        random.Random(seed).shuffle(order)
        groups = kea_groups([lines[place] for place in order])[0]
        found.append(pairs([truth[place] for place in order], groups).f1)
    spread = max(found) - min(found)
    print(f"{SHUFFLES} shuffles: F1 {min(found):.3f} to {max(found):.3f}, spread {spread:.3f} (must: .03)")


def pairs(truth: Sequence[Hashable], said: Sequence[Hashable]) -> Score:
    """Score groups by the pairs of lines in them."""
    both = _together(zip(truth, said, strict=True))
    return Score(both / max(_together(said), 1), both / max(_together(truth), 1))


def _together(labels: object) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())  # type: ignore[call-overload]


def kea_groups(lines: Sequence[str], **settings: object) -> tuple[list[int], set[frozenset[int]]]:
    """Read lines into a fresh knowledge base; give the category of each, and the pairs that it proposes to merge."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = read_settings(home=Path(folder), database_url="", **settings)
        with KnowledgeBase(chosen) as knowledge:
            pipeline = Pipeline(knowledge, "default")
            pipeline.ensure_project()
            now = datetime.now(UTC)
            kept = pipeline.keep([LogRecord("default", "bench", place, line, now) for place, line in enumerate(lines)])
            ClusterLoop(knowledge, "default").drain("default")
            rows = list(export_rows(knowledge.store, "default"))
    homes = {
        int(str(each["id"]).partition("-")[2]): int(str(row["id"]).partition("-")[2])
        for row in rows
        if row["type"] == "category"
        for each in row["templates"]  # type: ignore[attr-defined]
    }
    proposed = {
        frozenset(int(str(row[side]).partition("-")[2]) for side in ("left", "right"))
        for row in rows
        if row["type"] == "proposal" and row["kind"] == "merge"
    }
    return [homes[int(each.template_id.partition("-")[2])] for each in kept], proposed


def _kea(lines: Sequence[str], truth: Sequence[str]) -> str:
    groups, proposed = kea_groups(lines)
    right = offered = apart = 0
    for one in range(len(lines)):
        for other in range(one):
            if groups[one] != groups[other]:
                same, said = truth[one] == truth[other], frozenset((groups[one], groups[other])) in proposed
                apart, offered, right = apart + same, offered + said, right + (same and said)
    return (
        f"{pairs(truth, groups)}  {len(set(groups))} categories; proposals {right / max(apart, 1):.3f} of the rest"
        f" at precision {right / max(offered, 1):.3f}"
    )


def _reference(lines: Sequence[str]) -> list[int]:
    """Cluster as the published job does: words chosen by TF-IDF, binary vectors, agglomerative clustering."""
    vectors = TfidfVectorizer(max_features=200).fit_transform([cleaned(sign(line).template) for line in lines])
    binary = (vectors > 0).astype(np.float64).toarray()
    model = AgglomerativeClustering(n_clusters=None, distance_threshold=2.0, linkage="ward")
    return [int(label) for label in model.fit_predict(binary)]


def _plain(lines: Sequence[str]) -> list[list[int]]:
    """Cluster by half MiniLM and half n-grams of cleaned texts, at a number of thresholds."""
    clean = [cleaned(sign(line).template) for line in lines]
    vectors = open_embedder(read_settings()).embed(clean)
    letters = [grams(text) for text in clean]
    lexical = np.array([[cosine(left, right) for right in letters] for left in letters])
    distances = np.clip(1.0 - 0.5 * (vectors @ vectors.T) - 0.5 * lexical, 0.0, None)
    np.fill_diagonal(distances, 0.0)
    cut: Callable[[float], AgglomerativeClustering] = lambda threshold: AgglomerativeClustering(  # noqa: E731
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - threshold
    )
    return [
        [int(label) for label in cut(float(threshold)).fit_predict(distances)]
        for threshold in np.arange(0.30, 0.96, 0.02)
    ]
