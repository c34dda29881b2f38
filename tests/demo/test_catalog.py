"""The sample's catalogue: what it holds, and how a broken one is refused."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from knowledge_base.errors import InputError
from web.demo.catalog import Catalog, load_catalog
from web.demo.generate import render
from web.demo.values import KINDS, VARIABLE

SYSTEMS = {
    "maxcompute",
    "hive",
    "spark",
    "flink",
    "hdfs",
    "yarn",
    "kafka",
    "postgresql",
    "kubernetes",
    "java",
    "python",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_holds_enough_templates_of_every_system(catalog: Catalog) -> None:
    systems = Counter(template.system for template in catalog.templates)
    assert len(catalog.templates) >= 160
    assert set(systems) >= SYSTEMS
    assert min(systems[name] for name in SYSTEMS) >= 10


def test_languages_are_what_they_claim(catalog: Catalog) -> None:
    chinese = [template for template in catalog.templates if template.lang == "zh"]
    assert len(chinese) >= 30
    assert {template.name for template in catalog.templates if CHINESE.search(template.text)} == {
        template.name for template in chinese
    }
    for solution in catalog.solutions:
        assert bool(CHINESE.search(solution.title)) == (solution.lang == "zh"), solution.problem
    for question in catalog.questions:
        assert bool(CHINESE.search(question.text)) == (question.lang == "zh"), question.text


def test_stack_traces_and_causes_span_lines(catalog: Catalog) -> None:
    texts = [template.text for template in catalog.templates if "\n" in template.text]
    assert len(texts) >= 30
    assert sum("\nCaused by: " in text for text in texts) >= 10
    assert sum("\nTraceback (most recent call last):" in text for text in texts) >= 8
    assert sum("\nDETAIL:  " in text or "\nHINT:  " in text for text in texts) >= 5


def test_every_text_begins_with_the_time_of_the_event(catalog: Catalog) -> None:
    for template in catalog.templates:
        assert re.match(r"[\[EW]?\{ts", template.text), template.name


def test_some_problems_have_several_wordings(catalog: Catalog) -> None:
    wordings = Counter(template.problem for template in catalog.templates)
    languages: dict[str, set[str]] = {}
    for template in catalog.templates:
        languages.setdefault(template.problem, set()).add(template.lang)
    assert sum(count > 1 for count in wordings.values()) >= 30
    assert sum(len(spoken) > 1 for spoken in languages.values()) >= 15


def test_about_half_of_the_problems_are_solved(catalog: Catalog) -> None:
    solved = {solution.problem for solution in catalog.solutions}
    assert solved <= catalog.problems
    assert 0.45 <= len(solved) / len(catalog.problems) <= 0.6
    assert catalog.incident in solved
    assert sum(solution.lang == "zh" for solution in catalog.solutions) >= 8
    for solution in catalog.solutions:
        assert re.match(r"1\. ", solution.body), solution.problem
        assert solution.body.count("```") % 2 == 0, solution.problem


def test_questions_cover_every_outcome(catalog: Catalog) -> None:
    expected = Counter(question.expect for question in catalog.questions)
    assert len(catalog.questions) == 20
    assert set(expected) == {"solved", "unsolved", "unknown"}
    assert min(expected.values()) >= 4
    assert {question.expect for question in catalog.questions if question.lang == "zh"} == set(expected)


def test_no_text_equals_another_even_without_its_variables(catalog: Catalog) -> None:
    bare = Counter(VARIABLE.sub("*", template.text) for template in catalog.templates)
    assert [text for text, count in bare.items() if count > 1] == []


def test_every_kind_of_value_is_used(catalog: Catalog) -> None:
    used = {name.rstrip("0123456789") for template in catalog.templates for name in template.variables}
    source = Path(load_catalog.__code__.co_filename).with_name("values.py").read_text(encoding="utf-8")
    used |= {name for name, _ in VARIABLE.findall(source)}
    assert set(KINDS) - used == set()


def test_all_variables_are_filled(catalog: Catalog) -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)
    for template in catalog.templates:
        for seed in range(5):
            text = render(template, rng=Random(seed), at=at)
            assert not set("{}") & set(text), template.name
            assert "05:06:07" in text.splitlines()[0], template.name


def test_a_numbered_variable_has_a_value_of_its_own(catalog: Catalog) -> None:
    template = next(template for template in catalog.templates if template.name == "kafka-isr-shrink")
    for seed in range(20):
        text = render(template, rng=Random(seed), at=datetime(2026, 3, 4, tzinfo=UTC))
        found = re.search(r"ISR from (\d),(\d),(\d) to (\d)\.", text)
        assert found
        assert len(set(found.groups()[:3])) == 3
        assert found[1] == found[4]


GOOD = """
system: hive
service: hs2
incident: lost
templates:
  - name: one
    problem: lost
    text: "{ts} ERROR lost {table}"
solutions:
  - problem: lost
    title: t
    cause: c
    body: b
questions:
  - text: is it lost?
    expect: solved
    problem: lost
"""


def load(directory: Path, text: str) -> Catalog:
    (directory / "a.yaml").write_text(text, encoding="utf-8")
    return load_catalog(directory)


def test_reads_the_smallest_catalog(tmp_path: Path) -> None:
    catalog = load(tmp_path, GOOD)
    assert [(t.name, t.service, t.level, t.lang, t.weight, t.new) for t in catalog.templates] == [
        ("one", "hs2", "ERROR", "en", 1.0, False)
    ]
    assert catalog.templates[0].variables == ("ts", "table")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{table}", "{tabel}", "entry 1 (one): unknown variable {tabel}"),
        ("{table}", "{ table", "entry 1 (one): a brace"),
        ("{table}", "{table}}", "entry 1 (one): a brace"),
        ("name: one", "name: One two", "name must be lower-case words"),
        ("name: one", "weight: 2", "name must be a text"),
        ("name: one", "name: one\n    weight: 0", "weight must be a number above 0"),
        ("name: one", "name: one\n    weight: true", "weight must be a number above 0"),
        ("name: one", "name: one\n    weight: .nan", "weight must be a number above 0"),
        ("name: one", "name: one\n    level: LOUD", "level must be one of"),
        ("name: one", "name: one\n    lang: fr", "lang must be one of"),
        ("name: one", "name: one\n    new: maybe", "new must be true or false"),
        ("name: one", "name: one\n    colour: red", "unknown field 'colour'"),
        ("service: hs2", "", "entry 1 (one): service must be a text"),
        ("incident: lost", "incident: other", "incident other: no template"),
        ("incident: lost", "", "name exactly one problem"),
        ("  - problem: lost\n    title", "  - problem: gone\n    title", "solution for gone"),
        ("title: t", "title: ''", "title must be a text"),
        ("expect: solved", "expect: unsolved", "lost is not unsolved"),
        ("expect: solved", "expect: unknown", "names its problem unless it expects unknown"),
        ("    problem: lost\n\n", "    problem: gone\n\n", "no template has the problem gone"),
        ("templates:", "templates: 3\nx:", "a.yaml: unknown field 'x'"),
        ("system: hive", "system: [", "a.yaml: cannot be read as YAML"),
    ],
)
def test_names_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = GOOD + "\n"
    assert old in text
    with pytest.raises(InputError) as caught:
        load(tmp_path, text.replace(old, new, 1) if "gone\n\n" not in new else new.join(text.rsplit(old, 1)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "a.yaml: must be a mapping"),
        ("templates: 3\n", "a.yaml: templates must be a list"),
        ("templates:\n  - 3\n", "a.yaml: templates entry 1: must be a mapping"),
        ("", "a.yaml: must be a mapping"),
    ],
)
def test_refuses_other_shapes(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)


def test_refuses_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"a\.yaml: cannot be read"):
        load_catalog(tmp_path)


def test_refuses_a_repeated_name_and_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    other = "system: s\nservice: s\ntemplates:\n  - {{name: {name}, problem: lost, text: '{text}'}}\n"
    (tmp_path / "b.yaml").write_text(other.format(name="one", text="something else"), encoding="utf-8")
    with pytest.raises(InputError, match="template name 'one' is there twice"):
        load_catalog(tmp_path)
    (tmp_path / "b.yaml").write_text(other.format(name="two", text="{ts} ERROR lost {table}"), encoding="utf-8")
    with pytest.raises(InputError, match=r"template text .* is there twice"):
        load_catalog(tmp_path)
