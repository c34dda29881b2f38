"""Which period and service a dashboard is about: the parameters of its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Query

PERIODS = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "28d": timedelta(days=28)}
DEFAULT_PERIOD = "7d"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A period up to now, and one service or all."""

    period: str = DEFAULT_PERIOD
    service: str = ""

    @property
    def span(self) -> timedelta:
        """How long the period is."""
        return PERIODS[self.period]


def read_wanted() -> Any:
    """Make the dependency that reads the parameters; a value that is none counts as not given."""
    return Depends(_read)


def _read(period: Annotated[str, Query()] = DEFAULT_PERIOD, service: Annotated[str, Query()] = "") -> Wanted:
    return Wanted(period if period in PERIODS else DEFAULT_PERIOD, service[:200].replace("\x00", ""))
