"""What every embedder promises, asked of each adapter."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedding import Embedder, HashingEmbedder, open_embedder
from knowledge_base.settings import read_settings

TEXTS = (
    "disk full on node 7",
    "",
    "connection refused by the database server while opening a session for the nightly report",
    "磁盘空间不足",
    "\x00\udcff 🙂",
    "at com.example.Main.main(Main.java:1)\n" * 100,
)


@pytest.fixture(params=["hashing", "onnx"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashing":
        return HashingEmbedder()
    request.getfixturevalue("model_dir")
    return open_embedder(read_settings())


def test_rows_are_unit_vectors_of_the_named_dimension(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    vectors = embedder.embed([])
    assert vectors.shape == (0, embedder.dimension)
    assert vectors.dtype == np.float32


def test_a_vector_depends_on_its_text_alone(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    crowd = [*TEXTS, *(f"task {n} of stage {n % 7} failed" + " again" * (n % 40) for n in range(300))]
    random.Random(3).shuffle(crowd)
    together = embedder.embed(crowd)
    for text, vector in zip(TEXTS, alone, strict=True):
        assert np.abs(together[crowd.index(text)] - vector).max() < 1e-6


def test_rows_come_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = [f"{'word ' * (n % 13)}number {n}" for n in range(70)]
    np.testing.assert_allclose(embedder.embed(texts)[::-1], embedder.embed(texts[::-1]), atol=1e-6)


def test_the_same_call_gives_the_same_bytes(embedder: Embedder) -> None:
    assert embedder.embed(TEXTS).tobytes() == embedder.embed(TEXTS).tobytes()


def test_texts_that_share_words_are_nearer_than_strangers(embedder: Embedder) -> None:
    one, near, far = embedder.embed(
        ["cannot write file: disk full", "writing the file failed, disk is full", "password of user admin has expired"]
    )
    assert one @ near > one @ far + 0.1


def test_a_huge_text_is_cut(embedder: Embedder) -> None:
    huge = "node lost heartbeat " * 500_000
    np.testing.assert_allclose(embedder.embed([huge]), embedder.embed([huge[:20_000]]), atol=1e-6)


def test_threads_may_share_it(embedder: Embedder) -> None:
    expected = embedder.embed(TEXTS)
    differences: list[float] = []

    def run() -> None:
        differences.append(float(np.abs(embedder.embed(TEXTS) - expected).max()))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(differences) == 4
    assert max(differences) < 1e-6


def test_backend_names_the_adapter(embedder: Embedder) -> None:
    kind, _, rest = embedder.backend.partition(":")
    assert kind in ("hashing-v1", "onnx-fp32")
    assert rest


def test_the_runtime_reports_its_use_to_nobody(model_dir: Path, tmp_path: Path) -> None:
    program = (
        "from knowledge_base.embedding import open_embedder; from knowledge_base.settings import read_settings;"
        "print(len(open_embedder(read_settings()).embed(['table not found'])))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {"TMPDIR": str(tmp_path), "KEA_MODEL_DIR": str(model_dir)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    # ONNX Runtime keeps its sessions' ids there where it reports.
    assert list(tmp_path.iterdir()) == []
