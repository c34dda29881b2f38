"""Each dependency has a reason on its page, and each is pinned."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


def _python_dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    return [re.split(r"[\[=<>~! ;]", name)[0] for name in [*project["dependencies"], *extras]]


def _page_dependencies() -> list[str]:
    path = ROOT / "web" / "frontend" / "package.json"
    if not path.exists():
        return []
    package = json.loads(path.read_text(encoding="utf-8"))
    return [*package.get("dependencies", {}), *package.get("devDependencies", {})]


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", [*_python_dependencies(), *_page_dependencies()])
def test_each_dependency_has_a_reason(name: str) -> None:
    assert re.search(rf"^\| `{re.escape(name)}` \| \S.*\.", PAGE, re.MULTILINE), f"docs/dependencies.md lacks {name}"


def test_the_page_names_nothing_that_is_gone() -> None:
    assert set(re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)) == {*_python_dependencies(), *_page_dependencies()}


def test_each_python_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_normalised(line.partition("==")[0]) for line in lines if not line.startswith("#")}
    assert {_normalised(name) for name in _python_dependencies()} <= pinned
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+", line) for line in lines if not line.startswith("#"))
