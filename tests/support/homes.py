"""Data folders that are filled once a process and copied for each test that wants one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path


def copied_home(fill: Callable[[Path], None], target: Path) -> None:
    """Copy what ``fill`` makes of an empty data folder; what is there already stays."""
    shutil.copytree(_filled(fill), target, dirs_exist_ok=True)


@cache
def _filled(fill: Callable[[Path], None]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kea-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fill(folder)
    return folder
