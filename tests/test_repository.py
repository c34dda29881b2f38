"""What holds for the repository as a whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("knowledge_base", "ingest", "assistant", "web")
MOST_LINES = 350


def _modules() -> list[Path]:
    found = (path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
    # A migration is never split: it is one step of the database.
    return [path for path in found if not {"node_modules", "versions"} & set(path.parts)]


def test_no_module_is_longer_than_a_reader_likes() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _modules()}
    assert len(lengths) > 20
    assert [str(path) for path, length in lengths.items() if length > MOST_LINES] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "ARCHITECTURE.md"])
def test_each_make_command_on_a_page_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8")))
    assert named <= targets


def test_make_lists_its_commands() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"make run", "make test", "make soak", "make bench"} <= set(re.findall(r"make [a-z]+", done.stdout))


def test_without_a_fitting_python_make_says_what_to_install(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        [ROOT / "scripts" / "find-python"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(old)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr


@pytest.mark.parametrize(("version", "code", "message"), [("18", 1, "Node 20 or newer"), ("20", 0, ""), ("24", 0, "")])
def test_an_old_node_is_refused_with_what_is_needed(tmp_path: Path, version: str, code: int, message: str) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [ROOT / "scripts" / "check-node"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert done.returncode == code
    assert message in done.stderr
