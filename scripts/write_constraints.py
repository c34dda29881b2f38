"""Write constraints.txt: the installed version of every dependency of Kea and of all below it.

Run with the Python of the environment whose versions shall be pinned: ``make constraints``.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
HEAD = "# Versions that Kea is tested with. Written by `make constraints`; used by every installation."


def pinned(requirements: list[str]) -> dict[str, str]:
    """Return name and version of everything that the requirements need on this machine."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        try:
            found = distribution(requirement.name)
        except PackageNotFoundError:
            raise SystemExit(f"error: {requirement.name} is not installed; run `make test` first") from None
        versions[found.name] = found.version
        for wanted in ("", *requirement.extras):
            key = (canonicalize_name(requirement.name), wanted)
            if key not in seen:
                seen.add(key)
                waiting.extend((Requirement(text), wanted) for text in found.requires or ())
    return versions


def main() -> None:
    """Write the file."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = settings["project"]["optional-dependencies"]
    requirements = [*settings["build-system"]["requires"], *settings["project"]["dependencies"]]
    versions = pinned([*requirements, *(name for names in extras.values() for name in names)])
    lines = [f"{name}=={version}" for name, version in sorted(versions.items(), key=lambda item: item[0].lower())]
    (ROOT / "constraints.txt").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
