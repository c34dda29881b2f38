"""The built scripts and styles, by the names that the build gave them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static" / "dist"
URL = "/static/dist"
HOW_TO_BUILD = "The pages are not built: run `make pages`, then start Kea again."


@dataclass(frozen=True, slots=True)
class Assets:
    """Logical names and the addresses of the files; empty where nothing was built."""

    urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def built(self) -> bool:
        """Whether the pages can be shown as they are meant."""
        return "app.js" in self.urls and "app.css" in self.urls

    def url(self, name: str) -> str:
        """Give the address of a file; a page that has none is still readable."""
        return self.urls.get(name, "")


def read_assets(folder: Path = FOLDER) -> Assets:
    """Read the manifest; no assets where it is missing or broken, the pages then say how to build them."""
    try:
        names = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return Assets({str(name): f"{URL}/{file}" for name, file in names.items()})
    except (OSError, ValueError, AttributeError):
        return Assets()
