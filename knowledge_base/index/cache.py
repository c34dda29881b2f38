"""The file of a replica: vectors that need not be read from the database again."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge_base.index import kinds
from knowledge_base.index.kinds import AnyIndex
from knowledge_base.index.members import Hashes, Members


@dataclass(frozen=True, slots=True)
class Cached:
    """An index from the file, which representatives are in it, and how new it is."""

    index: AnyIndex
    members: Members
    generation: int


class CacheFile:
    """Three files: the index, the hashes of its texts, and a manifest that vouches for both.

    Whatever is wrong with them costs time and nothing else.
    """

    def __init__(self, folder: Path | None, project: str, backend: str, dimension: int) -> None:
        self.backend = backend
        self.dimension = dimension
        name = f"{project}-{hashlib.sha256(backend.encode()).hexdigest()[:12]}"
        self._paths = [] if folder is None else [folder / f"{name}{end}" for end in (".faiss", ".hashes", ".json")]

    def read(self, newest: int) -> Cached | None:
        """Read it; None where it is damaged, of another back end, or newer than the database."""
        try:
            if not self._paths:
                return None
            faiss, texts, described = self._paths
            manifest = json.loads(described.read_text(encoding="utf-8"))
            if manifest["backend"] != self.backend or not 0 < manifest["generation"] <= newest:
                return None
            if manifest["sha256"] != _file_digest(faiss):
                return None
            index = kinds.load(faiss, self.dimension)
            hashes: Hashes = np.frombuffer(texts.read_bytes(), np.uint64)
            members = Members(index.ids, hashes)
            if len(members.ids) != len(hashes) or manifest["texts"] != members.digest():
                return None
            return Cached(index, members, int(manifest["generation"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, index: AnyIndex, members: Members, generation: int) -> bool:
        """Write it beside the old one and put it in its place; tell whether that could be done."""
        if not self._paths:
            return False
        suffix = f".{os.getpid()}.{threading.get_ident()}.part"
        parts = [path.with_name(path.name + suffix) for path in self._paths]
        try:
            self._paths[0].parent.mkdir(parents=True, exist_ok=True)
            index.write(str(parts[0]))
            parts[1].write_bytes(members.hashes.tobytes())
            manifest = {
                "backend": self.backend,
                "generation": generation,
                "sha256": _file_digest(parts[0]),
                "texts": members.digest(),
            }
            parts[2].write_text(json.dumps(manifest), encoding="utf-8")
            _replace(parts, self._paths)
        except (OSError, RuntimeError):
            # A cache that cannot be written costs the next start some time, nothing else.
            for part in parts:
                with suppress(OSError):
                    part.unlink()
            return False
        return True


def _replace(parts: Sequence[Path], paths: Sequence[Path]) -> None:
    for part, path in zip(parts, paths, strict=True):
        part.replace(path)


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
