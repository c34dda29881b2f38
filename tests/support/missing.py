"""What to do where a program that tests need is not installed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test with the reason; where CI is set, fail: there nothing may be left out."""
    reason = f"{what} is not installed; run scripts/install-test-tools"
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
