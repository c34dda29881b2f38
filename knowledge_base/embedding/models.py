"""Finding the exported model, and exporting it in a process of its own where it is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from knowledge_base.embedding.hashing import HashingEmbedder
from knowledge_base.embedding.manifest import MANIFEST, model_folder, read_manifest
from knowledge_base.embedding.onnx import OnnxEmbedder
from knowledge_base.embedding.port import Embedder
from knowledge_base.errors import ModelUnavailable
from knowledge_base.settings import Settings

EXPORT_SECONDS = 900
"""An export takes about 15 s; a slow disk that reads torch for the first time takes longer."""


def find_model(settings: Settings, *, model: str | None = None) -> Path:
    """Return the folder of an exported model, the one that is set unless another is named.

    Raises ModelUnavailable where it is not usable.
    """
    folder = model_folder(settings.model_dir.expanduser(), model or settings.model)
    read_manifest(folder)
    return folder


def ensure_model(
    settings: Settings, progress: Callable[[str], None] | None = None, *, model: str | None = None
) -> Path:
    """Return the folder of an exported model, after exporting it if it is not there.

    The export runs in a process of its own, since it imports torch. ``progress`` is told what is
    going on. Several processes may call this at once: one exports, the others wait for it.
    Raises ModelUnavailable with the reason where the export fails.
    """
    model = model or settings.model
    try:
        return find_model(settings, model=model)
    except ModelUnavailable:
        if progress is not None:
            progress(f"Exporting the embedding model {model} (once; it takes about 15 seconds) ...")
    _export(settings.model_dir.expanduser(), model)
    return find_model(settings, model=model)


def open_embedder(
    settings: Settings,
    progress: Callable[[str], None] | None = None,
    *,
    model: str | None = None,
    threads: int = 0,
) -> Embedder:
    """Return the embedder that the settings name, exporting its model if need be.

    The model's graph is opened with the first text. Raises ModelUnavailable.
    """
    without_model = HashingEmbedder.named(model or settings.model)
    if without_model is not None:
        return without_model
    folder = ensure_model(settings, progress, model=model)
    return OnnxEmbedder(folder, read_manifest(folder), threads=threads)


def reopen_embedder(settings: Settings, backend: str, *, threads: int = 0) -> Embedder:
    """Return the embedder of a back end whose vectors are there already; nothing is exported.

    Raises ModelUnavailable where no exported model in ``model_dir`` makes such vectors any more.
    """
    without_model = HashingEmbedder.named(backend)
    if without_model is not None:
        return without_model
    model_dir = settings.model_dir.expanduser()
    for path in sorted(model_dir.glob(f"*/{MANIFEST}")):
        try:
            manifest = read_manifest(path.parent)
        except ModelUnavailable:
            continue
        if manifest.backend == backend:
            return OnnxEmbedder(path.parent, manifest, threads=threads)
    raise ModelUnavailable(
        f"the embedding model {backend} is not in {model_dir} any more: put its folder back, or let `kea serve` or"
        " `kea reindex` embed everything anew with the model that is set"
    )


def _export(model_dir: Path, model: str) -> None:
    """Run the export; raises ModelUnavailable with its last line."""
    sources = str(Path(__file__).resolve().parents[2])
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (sources, environment.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "knowledge_base.embedding.export", "--model-dir", str(model_dir), "--", model]
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours, and the name behind "--" is only a name
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=EXPORT_SECONDS,
            check=False,
        )
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"the export of the embedding model cannot be started: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise ModelUnavailable(
            f"the export of the embedding model took more than {EXPORT_SECONDS} s; run `make model`"
        ) from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ModelUnavailable(last.removeprefix("error: "))
