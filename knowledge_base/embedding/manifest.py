"""The manifest of an exported model: what is in its folder, and whether all of it is there."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge_base.errors import ModelUnavailable

DEFAULT_MODEL = "all-MiniLM-L6-v2"
MANIFEST = "manifest.json"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
LAYOUT = 1
"""Version of the folder's layout; folders of another one are exported anew."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an exported model is.

    ``backend`` names runtime, model and weights. ``max_tokens`` is the number of tokens behind
    which a text is cut; ``inputs`` are the graph's input names; ``files`` maps each file to its
    size in bytes and SHA-256.
    """

    model: str
    backend: str
    dimension: int
    max_tokens: int
    inputs: tuple[str, ...]
    files: dict[str, tuple[int, str]]
    layout: int = LAYOUT


def model_name(model: str) -> str:
    """Return the name under which a model is kept: the default's other spellings are one name.

    >>> model_name("sentence-transformers/all-MiniLM-L6-v2")
    'all-MiniLM-L6-v2'
    """
    return DEFAULT_MODEL if model.removeprefix("sentence-transformers/") == DEFAULT_MODEL else model


def model_folder(model_dir: Path, model: str) -> Path:
    """Return the folder of a model below ``model_dir``; no name can lead out of it.

    >>> model_folder(Path("/models"), "all-MiniLM-L6-v2").as_posix()
    '/models/all-MiniLM-L6-v2'
    >>> model_folder(Path("/models"), "../mine/e5").as_posix()
    '/models/e5-0b6e10a7'
    """
    name = model_name(model)
    if name == DEFAULT_MODEL:
        return model_dir / name
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(name).name).strip("-")[:60] or "model"
    return model_dir / f"{stem}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; it comes last, so that a folder that has one is whole."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an exported model and check that its files have their sizes.

    Raises ModelUnavailable where the folder is missing, damaged or of another layout.
    """
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if values["layout"] != LAYOUT:
            raise ModelUnavailable(f"{folder} was exported by another version of Kea; run `make model`")
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in values["files"].items()}
        manifest = Manifest(
            model=str(values["model"]),
            backend=str(values["backend"]),
            dimension=int(values["dimension"]),
            max_tokens=int(values["max_tokens"]),
            inputs=tuple(map(str, values["inputs"])),
            files=files,
        )
        sizes = {name: (folder / name).stat().st_size for name in (GRAPH, TOKENIZER)}
    except OSError as error:
        raise ModelUnavailable(f"no embedding model in {folder} ({error.strerror}); run `make model`") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnavailable(f"{folder / MANIFEST} is damaged; run `make model`") from error
    for name, size in sizes.items():
        if name not in files or files[name][0] != size:
            raise ModelUnavailable(f"{folder / name} is damaged (it has {size} bytes); run `make model`")
    return manifest


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Compare the files with their SHA-256; raises ModelUnavailable. Takes a second for 100 MB."""
    for name, (_, digest) in manifest.files.items():
        if file_digest(folder / name) != digest:
            raise ModelUnavailable(f"{folder / name} is damaged (its SHA-256 differs); run `make model`")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
