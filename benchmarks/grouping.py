"""Grouping accuracy of the signature on labelled logs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.tools import run_scorer


def measure(data: Path) -> None:
    """Score ``kea cluster`` on the Loghub sets."""
    run_scorer(data, "score_grouping.py", [str(data / "loghub")])
