"""The catalogue of known kinds: the packaged table, a person's own, and the vectors that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedding.hashing import HashingEmbedder
from knowledge_base.embedding.port import Vectors
from knowledge_base.errors import InputError
from knowledge_base.features.cleaning import cleaned
from knowledge_base.vocabulary.catalogue import MOST_WORDINGS, Catalogue, Kind, load_catalogue
from knowledge_base.vocabulary.files import LARGEST_FILE
from knowledge_base.vocabulary.glossary import load_glossary

OWN = """
kinds:
- name: table-not-found
  wordings: |
    the ledger has no such sheet
- name: turbine-stalled
  title: Turbine stalled
  concepts: [stuck]
  wordings: |
    turbine: stalled # at 3 rpm
    rotor does not turn
  chinese_wordings: |
    涡轮停转
"""


class Counting(HashingEmbedder):
    """Counts the texts that it embeds."""

    def __init__(self, dimension: int = 32) -> None:
        super().__init__(dimension=dimension)
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().embed(texts)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def small() -> Catalogue:
    return Catalogue(
        (
            Kind("sheet-missing", "Sheet is missing", "缺表", ("no such sheet", "No such sheet!", "sheet gone")),
            Kind("pump-dry", "Pump runs dry", "泵空转", ("pump runs dry",)),
        )
    )


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_packaged_catalogue_is_broad_and_each_kind_is_worded_in_both_languages(catalogue: Catalogue) -> None:
    assert len(catalogue.kinds) >= 300
    for kind in catalogue.kinds:
        assert kind.title.isascii(), kind.name
        assert not kind.chinese.isascii(), kind.name
        assert kind.concepts, kind.name
        assert len(kind.wordings) >= 3, kind.name
        assert len(kind.chinese_wordings) >= 3, kind.name
        assert all(wording.isascii() for wording in kind.wordings), kind.name
        assert not any(wording.isascii() for wording in kind.chinese_wordings), kind.name


def test_the_concepts_of_the_packaged_kinds_are_in_the_glossary(catalogue: Catalogue) -> None:
    known = set(load_glossary().by_name)
    missing = {(kind.name, concept) for kind in catalogue.kinds for concept in kind.concepts if concept not in known}
    assert not missing


def test_a_wording_belongs_to_one_kind(catalogue: Catalogue) -> None:
    owners: dict[str, set[str]] = {}
    for kind in catalogue.kinds:
        for wording in (*kind.wordings, *kind.chinese_wordings):
            owners.setdefault(cleaned(wording), set()).add(kind.name)
    assert not {wording: names for wording, names in owners.items() if len(names) > 1}


def test_an_own_file_adds_kinds_and_wordings(tmp_path: Path, catalogue: Catalogue) -> None:
    mine = load_catalogue(written(tmp_path, OWN))
    packaged = catalogue.by_name["table-not-found"]
    extended = mine.by_name["table-not-found"]
    assert extended.wordings == (*packaged.wordings, "the ledger has no such sheet")
    assert (extended.title, extended.concepts) == (packaged.title, packaged.concepts)
    added = mine.by_name["turbine-stalled"]
    assert added.wordings == ("turbine: stalled # at 3 rpm", "rotor does not turn")
    assert (added.chinese, added.chinese_wordings) == ("Turbine stalled", ("涡轮停转",))
    assert mine.digest != catalogue.digest
    assert load_catalogue().digest == catalogue.digest


def test_an_own_file_may_replace_a_kind(tmp_path: Path) -> None:
    text = "kinds:\n- {name: table-not-found, replace: true, title: Gone, wordings: sheet gone}"
    assert load_catalogue(written(tmp_path, text)).by_name["table-not-found"] == Kind(
        "table-not-found", "Gone", "Gone", ("sheet gone",)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "one key, kinds"),
        ("kinds: {}", "one key, kinds"),
        ("kinds: [a]", "kind 1: keys and values"),
        ("kinds: [{name: Not A Name}]", "kind 1: name: lower-case"),
        ("kinds: [{name: [a]}]", "kind 1: name: lower-case"),
        ("kinds: [{name: a-b, wordings: x y}]", "kind a-b: title: one line"),
        ("kinds: [{name: a-b, title: T}]", "kind a-b: wordings: at least one"),
        ("kinds: [{name: a-b, title: T, wordings: '...'}]", "kind a-b: wordings: at least one"),
        ("kinds: [{name: a-b, title: T, wordings: [x]}]", "kind a-b: wordings: write |"),
        ("kinds: [{name: a-b, title: T, wordings: x, concepts: table}]", "kind a-b: concepts: a list"),
        (
            "kinds: [{name: a-b, title: T, wordings: x, concepts: [a, b, c, d, e, f, g, h, i, j, k, l, m]}]",
            "at most 12",
        ),
        ("kinds: [{name: a-b, title: T, words: x}]", "unknown key 'words'"),
        ("kinds: [{name: a-b, title: T, wordings: x, replace: maybe}]", "replace: write true"),
        ("kinds: [{name: a-b, title: T, wordings: x}, {name: a-b, title: T, wordings: y}]", "stands here twice"),
        ('kinds: [{name: a-b, title: "a\\nb", wordings: x}]', "title: one line"),
        ('kinds: [{name: a-b, title: T, wordings: "bell \\a"}]', "wordings: wording 1"),
        ('kinds: [{name: a-b, title: T, wordings: "\\uD800"}]', "own.yaml"),
        (f"kinds: [{{name: a-b, title: T, wordings: {'x' * 301}}}]", "wording 1: at most 300"),
        ("kinds: [{name: a-b, title: T, wordings: |", "own.yaml, line"),
        ("kinds: &a [*a]", "own.yaml"),
        ("[" * 50_000, "nests deeper"),
        ("{a: " * 50_000, "nests deeper"),
        (b"\xff\xfe\x00", "no YAML"),
        (b"#" * (LARGEST_FILE + 1), "is it the right one"),
        (
            "kinds:\n- name: a-b\n  title: T\n  wordings: |\n"
            + "".join(f"    w{n}\n" for n in range(MOST_WORDINGS + 1)),
            f"at most {MOST_WORDINGS} fit",
        ),
        ("kinds:\n" + "".join(f"- {{name: a-{n}, title: T, wordings: x}}\n" for n in range(2_000)), "at most 2,000"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        load_catalogue(written(tmp_path, text))
    assert said in str(caught.value)
    assert "own.yaml" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_file_that_is_not_there_is_named_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.yaml.*KEA_KINDS"):
        load_catalogue(tmp_path / "missing.yaml")
    with pytest.raises(InputError, match="KEA_KINDS"):
        load_catalogue(tmp_path)


def test_rows_are_the_title_and_the_english_wordings_each_once(small: Catalogue) -> None:
    assert small.rows == (
        ("sheet-missing", "sheet is missing"),
        ("sheet-missing", "no such sheet"),
        ("sheet-missing", "sheet gone"),
        ("pump-dry", "pump runs dry"),
    )


def test_vectors_are_those_of_the_rows_and_progress_is_told(small: Catalogue) -> None:
    told: list[tuple[int, int]] = []
    embedder = HashingEmbedder(dimension=32)
    vectors = small.vectors(embedder, progress=lambda done, wanted: told.append((done, wanted)))
    assert np.array_equal(vectors, embedder.embed([text for _, text in small.rows]))
    assert told == [(4, 4)]


def test_vectors_are_embedded_once(small: Catalogue, tmp_path: Path) -> None:
    first = Counting()
    vectors = small.vectors(first, tmp_path / "index")
    again = Counting()
    assert np.array_equal(small.vectors(again, tmp_path / "index"), vectors)
    assert (first.texts, again.texts) == (4, 0)
    assert not list((tmp_path / "index").glob("*.part"))


def test_each_back_end_has_vectors_of_its_own(small: Catalogue, tmp_path: Path) -> None:
    assert small.vectors(Counting(32), tmp_path).shape == (4, 32)
    assert small.vectors(Counting(64), tmp_path).shape == (4, 64)
    again = Counting(32)
    assert small.vectors(again, tmp_path).shape == (4, 32)
    assert again.texts == 0


def test_other_wordings_are_embedded_anew(small: Catalogue, tmp_path: Path) -> None:
    small.vectors(Counting(), tmp_path)
    other = Catalogue((small.kinds[0], Kind("pump-dry", "Pump runs dry", "泵空转", ("pump sucks air",))))
    embedder = Counting()
    vectors = other.vectors(embedder, tmp_path)
    assert embedder.texts == len(other.rows)
    assert np.array_equal(vectors, HashingEmbedder(dimension=32).embed([text for _, text in other.rows]))


@pytest.mark.parametrize("damage", ["short", "empty", "flipped", "folder"])
def test_a_damaged_file_is_thrown_away(small: Catalogue, tmp_path: Path, damage: str) -> None:
    vectors = small.vectors(Counting(), tmp_path)
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
    assert np.array_equal(small.vectors(embedder, tmp_path), vectors)
    assert embedder.texts == 4
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(small: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert small.vectors(Counting(), tmp_path / "file" / "index").shape == (4, 32)
