"""What all workers of the desk share: how they learn that they shall stop, and how long they wait."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

LONGEST_PAUSE = 60.0

Stopping: TypeAlias = Callable[[], bool]
"""Asked between two items: whether the worker shall leave the rest for the next start."""


def never() -> bool:
    """Work until all is done."""
    return False


def pause(attempts: int, *, longest: float = LONGEST_PAUSE) -> timedelta:
    """Tell how long to wait before the next attempt: twice as long each time, a little random."""
    seconds = min(longest, 2.0 ** min(attempts, 20))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - it only spreads the load
