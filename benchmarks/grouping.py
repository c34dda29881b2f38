"""Grouping accuracy on labelled logs, beside Drain3."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Hashable, Sequence
from pathlib import Path
from statistics import mean

from benchmarks.drain import clusters_of
from benchmarks.tools import run_scorer


def measure(data: Path) -> None:
    """Score ``kea cluster`` on the Loghub sets with the scorer, and Drain3 by the same definitions."""
    run_scorer(data, "score_grouping.py", [str(data / "loghub")])
    scores = [_peer(folder) for folder in sorted((data / "loghub").glob("*")) if folder.is_dir()]
    if scores:
        ga, fga, raw_ga, raw_fga = (mean(column) for column in zip(*scores, strict=True))
        print(f"drain3: mean GA {ga:.3f} FGA {fga:.3f} raw GA {raw_ga:.3f} raw FGA {raw_fga:.3f}")


def _peer(folder: Path) -> tuple[float, float, float, float]:
    with (folder / f"{folder.name}_2k.log_structured.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    raw = (folder / f"{folder.name}_2k.log").read_text(encoding="utf-8", errors="replace").split("\n")
    truth = [row["EventId"] for row in rows]
    by_message = clusters_of([row["Content"] for row in rows])
    by_line = clusters_of([line.rstrip("\r") for line in raw if line])
    return (*_accuracy(truth, by_message), *_accuracy(truth, by_line))


def _accuracy(truth: Sequence[Hashable], found: Sequence[Hashable]) -> tuple[float, float]:
    """Grouping accuracy (Zhu et al., ICSE-SEIP 2019) and its F1 over groups (Jiang et al., ISSTA 2024)."""
    true_groups, found_groups = _groups(truth), _groups(found)
    exact = true_groups & found_groups
    return sum(map(len, exact)) / len(truth), 2 * len(exact) / (len(true_groups) + len(found_groups))


def _groups(labels: Sequence[Hashable]) -> set[tuple[int, ...]]:
    members = defaultdict(list)
    for place, label in enumerate(labels):
        members[label].append(place)
    return {tuple(places) for places in members.values()}
