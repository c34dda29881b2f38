"""Starting: quick, and without what only clustering and export need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READY = """
import json, sys, time
from knowledge_base.settings import read_settings
from fastapi.testclient import TestClient
from web.app import create_app
with TestClient(create_app(read_settings()), base_url="http://127.0.0.1") as client:
    status = client.get("/readyz").status_code
heavy = [name for name in ("torch", "sklearn", "transformers", "sentence_transformers") if name in sys.modules]
print(json.dumps([status, heavy, time.process_time()]))
"""


def test_ready_in_five_seconds_without_heavy_imports(kea_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READY], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    status, heavy, seconds = json.loads(done.stdout.splitlines()[-1])
    assert (status, heavy) == (200, [])
    # Seconds of the processor: other tests may keep the machine busy.
    assert seconds < 5


@pytest.mark.parametrize("name", ["package-lock.json", "package.json"])
def test_the_front_end_names_no_download_address(name: str) -> None:
    text = (ROOT / "web" / "frontend" / name).read_text()
    assert '"resolved"' not in text
    assert "registry" not in text
