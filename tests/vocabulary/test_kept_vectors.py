"""Vectors of texts that rarely change: embedded once, and never those of other texts or another back end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedding.hashing import HashingEmbedder
from knowledge_base.embedding.port import Vectors
from knowledge_base.vocabulary.kept_vectors import BATCH, kept_vectors

TEXTS = ("sheet is missing", "no such sheet", "缺表", "pump runs dry")


class Counting(HashingEmbedder):
    """Counts the texts that it embeds."""

    def __init__(self, dimension: int = 32) -> None:
        super().__init__(dimension=dimension)
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().embed(texts)


def kept(embedder: Counting, folder: Path | None, texts: Sequence[str] = TEXTS, name: str = "kinds") -> Vectors:
    return kept_vectors(texts, embedder, folder=folder, name=name)


def test_vectors_are_those_of_the_texts_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    embedder = HashingEmbedder(dimension=32)
    texts = [f"text {number}" for number in range(BATCH + 3)]
    vectors = kept_vectors(texts, embedder, folder=None, name="x", progress=lambda *done: told.append(done))
    assert np.array_equal(vectors, embedder.embed(texts))
    assert told == [(BATCH, BATCH + 3), (BATCH + 3, BATCH + 3)]


def test_vectors_are_embedded_once(tmp_path: Path) -> None:
    first, again = Counting(), Counting()
    vectors = kept(first, tmp_path / "index")
    assert np.array_equal(kept(again, tmp_path / "index"), vectors)
    assert (first.texts, again.texts) == (4, 0)
    assert [path.suffix for path in (tmp_path / "index").iterdir()] == [".vectors"]


def test_each_back_end_and_each_name_has_vectors_of_its_own(tmp_path: Path) -> None:
    assert kept(Counting(32), tmp_path).shape == (4, 32)
    assert kept(Counting(64), tmp_path).shape == (4, 64)
    other = Counting(32)
    kept(other, tmp_path, TEXTS[:2], "glossary")
    assert other.texts == 2
    again = Counting(32)
    assert kept(again, tmp_path).shape == (4, 32)
    assert again.texts == 0


@pytest.mark.parametrize(
    "texts",
    [("sheet is missing", "no such sheet", "缺表", "pump sucks air"), TEXTS[:3], TEXTS[::-1], (*TEXTS, "\udcff")],
)
def test_other_texts_are_embedded_anew(tmp_path: Path, texts: tuple[str, ...]) -> None:
    kept(Counting(), tmp_path)
    embedder = Counting()
    vectors = kept(embedder, tmp_path, texts)
    assert embedder.texts == len(texts)
    assert np.array_equal(vectors, HashingEmbedder(dimension=32).embed(texts))


@pytest.mark.parametrize("damage", ["short", "empty", "flipped", "folder"])
def test_a_damaged_file_is_thrown_away(tmp_path: Path, damage: str) -> None:
    vectors = kept(Counting(), tmp_path)
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        changed = bytearray(content)
        changed[100] ^= 1
        path.write_bytes({"short": content[:-1], "empty": b"", "flipped": bytes(changed)}[damage])
    embedder = Counting()
    assert np.array_equal(kept(embedder, tmp_path), vectors)
    assert embedder.texts == 4
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert kept(Counting(), tmp_path / "file" / "index").shape == (4, 32)


def test_no_texts_have_no_vectors(tmp_path: Path) -> None:
    assert kept(Counting(), tmp_path, ()).shape == (0, 32)
