"""The catalogue of known kinds: the packaged table, and a person's own on top of it."""

from __future__ import annotations

from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


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


def test_wordings_are_titles_and_those_of_both_languages_each_once() -> None:
    kind = Kind(
        "sheet-missing", "Sheet is missing", "缺表", ("no such sheet", "Sheet is missing", "%%"), ("没有表", "缺表")
    )
    named = Kind("pump-dry", "Pump runs dry", "Pump runs dry", ("pump runs dry",))
    assert Catalogue((kind, named)).wordings == (
        ("sheet-missing", "Sheet is missing"),
        ("sheet-missing", "缺表"),
        ("sheet-missing", "no such sheet"),
        ("sheet-missing", "没有表"),
        ("pump-dry", "Pump runs dry"),
        ("pump-dry", "pump runs dry"),
    )


def test_each_packaged_wording_has_its_kind(catalogue: Catalogue) -> None:
    assert {name for name, _ in catalogue.wordings} == set(catalogue.by_name)
    assert len(catalogue.wordings) == len(set(catalogue.wordings))
