"""Try an installation of Kea that has nothing around it: every module, the model, the pages, an answer.

Runs in the image, as its user, while it is built; the build fails where this does.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import pkgutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

FLOORS = ("assistant", "ingest", "knowledge_base", "web")
NEVER_IMPORTED = ("knowledge_base.store.migrations",)
"""Alembic runs what is in there; importing it would do so, too."""
LEFT_OUT = ("onnx", "sentence_transformers", "torch", "transformers", "triton", "pip", "setuptools")
QUESTION = "Table not found - table ods.orders cannot be resolved"


def modules() -> Iterator[str]:
    """Name every module of the four floors."""
    for floor in FLOORS:
        yield floor
        for found in pkgutil.walk_packages(importlib.import_module(floor).__path__, f"{floor}."):
            if not found.name.startswith(NEVER_IMPORTED):
                yield found.name


def kea(*arguments: str, home: str) -> str:
    """Run the command and return what it printed; raises CalledProcessError."""
    command = ["kea", *arguments]  # the one on PATH, as people start it
    environment = {**os.environ, "KEA_HOME": home}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return done.stdout


def main() -> None:
    """Check everything; raises what is wrong."""
    before = set(Path(tempfile.gettempdir()).iterdir())
    names = list(modules())
    for name in names:
        importlib.import_module(name)
    print(f"{len(names)} modules can be imported.")
    there = [name for name in LEFT_OUT if importlib.util.find_spec(name) is not None]
    if there:
        raise SystemExit(f"error: {', '.join(there)} should not be in the image")
    with tempfile.TemporaryDirectory() as home:
        kea("demo", "--lines", "2000", "--days", "2", home=home)
        print(kea("doctor", home=home), end="")
        answer = json.loads(kea("ask", "--json", QUESTION, home=home))
        if answer["outcome"] != "answered":
            raise SystemExit(f"error: {QUESTION!r} was not answered but {answer['outcome']}")
    print("A question about the sample was answered.")
    left = set(Path(tempfile.gettempdir()).iterdir()) - before
    if left:
        raise SystemExit(f"error: {', '.join(map(str, left))} was left behind; which package writes it, and why?")


if __name__ == "__main__":
    main()
