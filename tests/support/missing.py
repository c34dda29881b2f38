"""What to do where a program that tests need is not installed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Leave the test out, since a program is not installed."""
    leave_out(f"{what} is not installed; run scripts/install-test-tools")


def leave_out(reason: str) -> NoReturn:
    """Skip the test with the reason; where CI is set, fail: there nothing may be left out."""
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
