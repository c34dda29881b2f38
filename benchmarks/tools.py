"""What the measurements share."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path


def kea() -> str:
    """Name the command of this very environment."""
    return str(Path(sysconfig.get_path("scripts")) / "kea")


def environment(home: Path) -> Mapping[str, str]:
    """Give the environment of a command that works on ``home``."""
    return {**os.environ, "KEA_HOME": str(home), "HF_HUB_OFFLINE": "1"}


def run_scorer(data: Path, script: str, arguments: Sequence[str]) -> None:
    """Run a scorer that lies beside the labelled data; say so where it is missing."""
    path = data / script
    if not path.is_file():
        print(f"left out: {path} is not there (name the folder of the labelled data with --data)")
        return
    command = [sys.executable, str(path), *arguments, "--kea", kea()]
    subprocess.run(command, check=True)
