"""Clustering and answering quality on labelled errors and questions."""

from __future__ import annotations

from pathlib import Path

from benchmarks.tools import run_scorer


def measure(data: Path) -> None:
    """Score ``kea ingest``, ``export``, ``import`` and ``ask --batch`` together."""
    run_scorer(data, "score_answers.py", [str(data / "errors" / "dev")])
