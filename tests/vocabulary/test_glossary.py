"""The glossary: the packaged table holds together, and a person's own file goes on top of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from knowledge_base.errors import InputError
from knowledge_base.signature.kinds import FAMILY_OF
from knowledge_base.vocabulary.glossary import ConceptKind, Glossary, load_glossary
from knowledge_base.vocabulary.reading import Reader
from knowledge_base.vocabulary.tables import MOST_WORDINGS, PACKAGED, read_table

GLOSSARY = load_glossary()


def _own(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _load(folder: Path, text: str) -> Glossary:
    return load_glossary(_own(folder, text))


def test_the_packaged_table_passes_the_checks_that_a_persons_file_has_to_pass() -> None:
    with as_file(files("knowledge_base.vocabulary").joinpath(PACKAGED)) as path:
        assert len(read_table(path).entries) == len(GLOSSARY.concepts)


def test_the_packaged_table_is_broad() -> None:
    assert len(GLOSSARY.concepts) >= 250
    assert min(len(concept.all_wordings) for concept in GLOSSARY.concepts) >= 2


def test_every_act_is_said_in_chinese_too() -> None:
    assert [
        concept.name for concept in GLOSSARY.concepts if concept.name in GLOSSARY.acts and not concept.chinese
    ] == []


def test_no_wording_stands_twice_in_a_concept() -> None:
    for concept in GLOSSARY.concepts:
        twice = [wording for wording, times in Counter((*concept.wordings, *concept.chinese)).items() if times > 1]
        assert not twice, concept.name


def test_every_ignored_phrase_hides_something() -> None:
    plain = Reader(replace(GLOSSARY, ignored=()))
    reader = Reader(GLOSSARY)
    for phrase in GLOSSARY.ignored:
        text = phrase.replace("<n>", "7")
        assert plain.read(text).concepts, phrase
        assert not reader.read(text).concepts, phrase


def test_what_contradicts_contradicts_both_ways_and_never_itself() -> None:
    for concept in GLOSSARY.concepts:
        assert concept.name not in concept.apart
        for other in concept.apart:
            assert concept.name in GLOSSARY.by_name[other].apart


def test_nothing_contradicts_what_it_implies() -> None:
    assert [each.name for each in GLOSSARY.concepts if each.apart & each.implies] == []


def test_placeholders_of_the_table_exist_and_belong_to_objects() -> None:
    for concept in GLOSSARY.concepts:
        assert set(concept.placeholders) <= set(FAMILY_OF), concept.name
        assert not concept.placeholders or concept.kind is ConceptKind.OBJECT, concept.name


def test_contradictions_leave_out_what_both_readings_have() -> None:
    assert GLOSSARY.contradictions({"not-found", "table"}, {"not-found", "column"}) == (("table", "column"),)
    assert GLOSSARY.contradictions({"not-found", "table", "column"}, {"not-found", "table"}) == ()
    assert GLOSSARY.contradictions({"connection-refused"}, {"connect-timeout", "of nobody"}) == (
        ("connection-refused", "connect-timeout"),
    )
    assert GLOSSARY.contradictions({"of nobody"}, {"connect-timeout"}) == ()


def test_the_digest_changes_with_the_content_alone(tmp_path: Path) -> None:
    assert load_glossary().digest == GLOSSARY.digest
    assert len(GLOSSARY.digest) == 16
    assert _load(tmp_path, "concepts: []").digest == GLOSSARY.digest
    assert _load(tmp_path, "ignored: [house rules]").digest != GLOSSARY.digest
    assert _load(tmp_path, "concepts: [{name: table, wordings: ledger sheet}]").digest != GLOSSARY.digest
    assert _load(tmp_path, "apart: [[table, cursor]]").digest != GLOSSARY.digest


def test_a_persons_file_adds_wordings_and_concepts(tmp_path: Path) -> None:
    text = """
concepts:
- name: not-found
  wordings: gone fishing, walked .. off
- name: conveyor-jam
  kind: act
  english: conveyor jammed
  chinese: [卡包裹, 皮带堵料]
  implies: stuck
  apart: [deadlock]
ignored:
- conveyor number
"""
    own = _load(tmp_path, text)
    reader = Reader(own)
    assert reader.read("the table has gone fishing").concepts == {"not-found", "table"}
    assert reader.read("table walked right off").concepts == {"not-found", "table"}
    assert reader.read("三号线皮带堵料").acts == {"conveyor-jam", "stuck"}
    assert "conveyor-jam" in own.by_name["deadlock"].apart
    assert len(own.concepts) == len(GLOSSARY.concepts) + 1
    assert own.version == GLOSSARY.version


def test_the_examples_of_the_page_can_be_loaded(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert Reader(_load(tmp_path, first)).read("not cleared for sector 7").acts == {"permission-denied"}
    assert Reader(_load(tmp_path, second)).read("没有门禁").acts == {"permission-denied"}


def test_a_persons_file_replaces_a_concept(tmp_path: Path) -> None:
    own = _load(tmp_path, "concepts: [{name: deadlock, kind: act, english: embrace, replace: true}]")
    assert Reader(own).read("deadlock").concepts == frozenset()
    assert Reader(own).read("deadly embrace").acts == {"deadlock"}
    assert own.by_name["deadlock"].apart == frozenset()
    assert all("deadlock" not in concept.apart for concept in own.concepts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "the keys concepts"),
        ("words: []", "the keys concepts"),
        ("concepts: {a: b}", "a list is expected"),
        ("concepts: [table]", "concept 1: keys and values"),
        ("concepts: [{name: Not Found}]", "concept 1: name: lower-case"),
        ("concepts: [{kind: act}]", "concept 1: name: lower-case"),
        ("concepts: [{name: table}, {name: table}]", "concept table: it stands here twice"),
        ("concepts: [{name: fresh}]", "concept fresh: a new concept needs kind"),
        ("concepts: [{name: table, kind: verb}]", "concept table: kind: write act"),
        ("concepts: [{name: table, kind: act}]", "concept table: kind is 'object' already"),
        ("concepts: [{name: table, english: board}]", "concept table: english is 'table' already"),
        ("concepts: [{name: table, colour: red}]", "concept table: unknown key 'colour'"),
        ("concepts: [{name: table, replace: maybe}]", "concept table: replace: write true"),
        ("concepts: [{name: table, wordings: {a: b}}]", "concept table: wordings: texts are expected"),
        ("concepts: [{name: table, wordings: [[a]]}]", "concept table: wordings: texts are expected"),
        ("concepts: [{name: table, wordings: '..'}]", "words are expected, and .. only between"),
        ("concepts: [{name: table, wordings: 'lost ..'}]", "words are expected, and .. only between"),
        ("concepts: [{name: table, wordings: '???'}]", "words are expected, and .. only between"),
        ("concepts: [{name: table, wordings: 'a .. b .. c .. d'}]", "at most 12 words and 2 gaps"),
        ("concepts: [{name: table, wordings: 'ta*'}]", "at least three letters"),
        ("concepts: [{name: table, wordings: 'tab*le'}]", "at least three letters"),
        (f"concepts: [{{name: table, wordings: {'x' * 81}}}]", "at most 80 characters"),
        (f"concepts: [{{name: table, wordings: [{'ab, ' * (MOST_WORDINGS + 1)}]}}]", f"at most {MOST_WORDINGS} fit"),
        ("concepts: [{name: table, placeholders: <table>}]", "placeholders: write the name without"),
        ("concepts: [{name: table, apart: tabel}]", "concept table: apart: there is no concept 'tabel'"),
        ("concepts: [{name: table, implies: tabel}]", "concept table: implies: there is no concept 'tabel'"),
        ("apart: [[table, tabel]]", "apart: there is no concept 'tabel'"),
        ("version: new", "version: a whole number"),
        ("concepts: [", "this is no YAML"),
        ("[" * 20_000, "this is no YAML"),
        ("a: &a [*a]", "this is no YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        _load(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "own.yaml"))
    assert said in str(caught.value)
    assert len(str(caught.value)) < 500 + len(str(tmp_path))


def test_a_list_that_holds_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is no YAML"):
        _load(tmp_path, "concepts: [{name: table, wordings: &a [*a]}]")


@pytest.mark.parametrize("bomb", ["[" * 50_000, "{a: " * 50_000, "concepts: " + "[" * 50_000])
def test_a_file_that_would_overflow_the_parser_is_refused(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(InputError, match=r"own\.yaml: .* nests deeper"):
        _load(tmp_path, bomb)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml: the glossary cannot be read .*KEA_GLOSSARY"):
        load_glossary(tmp_path / "nowhere.yaml")
    with pytest.raises(InputError, match="KEA_GLOSSARY"):
        load_glossary(tmp_path)
    with pytest.raises(InputError, match="KEA_GLOSSARY"):
        load_glossary(Path("a\0b"))
    with pytest.raises(InputError, match="KEA_GLOSSARY"):
        load_glossary(Path("~nobody-of-this-name/own.yaml"))


def test_what_is_no_text_or_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no YAML in UTF-8"):
        load_glossary(_own(tmp_path, b"\xff\xfe\x00"))
    with pytest.raises(InputError, match="more than 1,000,000 bytes"):
        load_glossary(_own(tmp_path, b"#" * 1_000_001))
