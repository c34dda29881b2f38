"""Vectors of texts that rarely change, embedded once and kept in a file."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from knowledge_base.embedding.port import Embedder, Vectors

BATCH = 128
"""Texts that are embedded between two reports of progress."""

_HASH = hashlib.sha256

Progress = Callable[[int, int], None]
"""Is told how many of how many texts are embedded."""


def unheard(done: int, wanted: int) -> None:
    """Tell nobody of the progress."""


def kept_vectors(
    texts: Sequence[str], embedder: Embedder, *, folder: Path | None, name: str, progress: Progress = unheard
) -> Vectors:
    """Give the vectors of texts, shape (texts, dimension), from the file where it fits.

    The file is called after ``name`` and the back end. It is a cache: what was made of other texts or by another
    back end, or is damaged, is made anew. Raises ModelUnavailable.
    """
    key = _key(texts, embedder)
    path = folder / f"{name}-{_HASH(embedder.backend.encode()).hexdigest()[:12]}.vectors" if folder else None
    shape = (len(texts), embedder.dimension)
    kept = _read(path, key, shape) if path else None
    if kept is not None:
        return kept
    vectors = np.zeros(shape, np.float32)
    for start in range(0, len(texts), BATCH):
        end = min(start + BATCH, len(texts))
        vectors[start:end] = embedder.embed(texts[start:end])
        progress(end, len(texts))
    if path:
        _write(path, key, vectors)
    return vectors


def _key(texts: Sequence[str], embedder: Embedder) -> bytes:
    digest = _HASH(f"{embedder.backend}\0{embedder.dimension}\0".encode())
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.digest()


def _read(path: Path, key: bytes, shape: tuple[int, int]) -> Vectors | None:
    """Read the file: the key, the rows, and a hash of both; None where it does not fit."""
    try:
        if path.stat().st_size != len(key) + shape[0] * shape[1] * 4 + len(key):
            return None
        content = path.read_bytes()
    except OSError:
        return None
    body, seal = content[: -len(key)], content[-len(key) :]
    if not body.startswith(key) or _HASH(body).digest() != seal:
        return None
    return np.frombuffer(body, "<f4", offset=len(key)).reshape(shape).astype(np.float32)


def _write(path: Path, key: bytes, vectors: Vectors) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    body = key + vectors.astype("<f4").tobytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(body + _HASH(body).digest())
        part.replace(path)
    except OSError:
        # A cache that cannot be written costs the next start some time, nothing else.
        with suppress(OSError):
            part.unlink()
