"""From the likeness of two texts to the chance that they mean the same error."""

from __future__ import annotations

import math

# Fitted to labelled questions about real errors: half of those at likeness .47 were right, 95 of
# 100 at .74. `benchmarks/RESULTS.md` tells how well it holds.
MIDPOINT = 0.47
STEEPNESS = 11.0


def confidence(likeness: float) -> float:
    """Give the chance that the best match is right; an exact fingerprint (likeness 1) is certain.

    >>> round(confidence(0.47), 2), round(confidence(0.7), 2), confidence(1.0)
    (0.5, 0.93, 1.0)
    """
    if likeness >= 1.0:
        return 1.0
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (likeness - MIDPOINT)))
