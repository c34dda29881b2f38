"""All drivers that the suite runs."""

from __future__ import annotations

from tests.assistant.conformance.driver import DriverMaker
from tests.assistant.conformance.twins import TWINS

MAKERS: tuple[DriverMaker, ...] = (*TWINS,)
