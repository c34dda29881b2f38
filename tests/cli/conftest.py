"""A home that holds a small sample, made once, and the command line run as a whole process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import run_forked

Kea = Callable[..., "subprocess.CompletedProcess[str]"]
COMMAND = str(Path(sysconfig.get_path("scripts")) / "kea")


def run_kea(home: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``kea`` on a home, to its end."""
    environment = {**os.environ, "KEA_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"}
    done = run_forked(arguments, environment=environment, stdin=stdin.encode(), timeout=180)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def run_script(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same by the installed script, with all that it imports."""
    environment = {**os.environ, "KEA_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run([COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=180)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory, model_dir: Path) -> Path:
    """A home with 600 events of the sample; do not write to it."""
    home = tmp_path_factory.mktemp("sample") / "home"
    done = run_kea(home, "demo", "--lines", "600", "--days", "3", "--json")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def kea(sample_home: Path) -> Kea:
    """Run a command on the sample that only reads."""
    return lambda *arguments, stdin="": run_kea(sample_home, *arguments, stdin=stdin)


@pytest.fixture
def own_kea(sample_home: Path, tmp_path: Path) -> Kea:
    """Run a command on a copy of the sample of this test's own."""
    home = tmp_path / "copy"
    shutil.copytree(sample_home, home)
    return lambda *arguments, stdin="": run_kea(home, *arguments, stdin=stdin)
