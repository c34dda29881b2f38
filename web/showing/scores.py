"""Scores with two places, as pages and commands show them beside their thresholds."""

from __future__ import annotations

import math


def two_places(score: float) -> str:
    """Write a score, 0..1, cut off: what is below a threshold must not look equal to it.

    >>> two_places(0.8799), two_places(0.29), two_places(1.0)
    ('0.87', '0.29', '1.00')
    """
    return f"{math.floor(score * 100 + 1e-9) / 100:.2f}"
