"""``kea evaluate`` on the sample: numbers for people and programs, errors with their reasons, gates for builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kea


@pytest.fixture
def labelled(kea: Kea, tmp_path: Path) -> Path:
    """Questions from the sample's own lines, one labelled wrongly, and a stranger."""
    exported = [json.loads(line) for line in kea("export").stdout.splitlines()]
    solved = [each for each in exported if each["type"] == "category" and each["solution_id"]][:3]
    rows = [{"id": each["id"], "text": each["templates"][0]["text"], "expected": each["id"]} for each in solved]
    rows[0] |= {"expected": solved[0]["solution_id"], "kind": "line"}
    other = next(each for each in solved if each["solution_id"] != solved[2]["solution_id"])
    rows[2] |= {"expected": other["id"], "id": "mislabelled"}
    rows.append({"text": "what is for lunch today", "expected": None, "lang": "en"})
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return file


def test_people_and_programs_read_the_same_numbers(kea: Kea, labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = kea("evaluate", str(labelled), "--errors", "--json", str(out))
    assert done.returncode == 0, done.stderr
    assert "4 questions: 3 known, 1 strangers" in done.stdout
    assert "right first           0.667   2 of 3" in done.stdout
    assert "1 went wrong\n\nmislabelled, line 3: " in done.stdout
    assert "why:      The very same line was seen " in done.stdout
    assert "\nkind " in done.stdout
    document = json.loads(out.read_text(encoding="utf-8"))
    assert (document["questions"], document["known"], document["strangers_answered"]) == (4, 3, 0)
    assert document["right_first"] == pytest.approx(2 / 3)
    assert sum(row["count"] for row in document["reliability"]) == 4
    assert document["by_kind"]["line"]["right_first"] == 1.0
    assert [each["id"] for each in document["results"] if each["wrong"]] == ["mislabelled"]
    assert json.loads(kea("evaluate", str(labelled), "--json", "-").stdout) == document


@pytest.mark.parametrize(
    ("gate", "code", "said"),
    [
        (("--min-right-first", "0.6"), 0, ""),
        (("--min-right-first", "0.9"), 1, "kea: right first is 0.6667; 0.9 or more is asked for\n"),
        (("--max-strangers-answered", "0"), 0, ""),
        (("--max-brier", "0"), 1, "Brier score is"),
    ],
)
def test_a_build_fails_where_a_bound_is_not_kept(
    kea: Kea, labelled: Path, gate: tuple[str, str], code: int, said: str
) -> None:
    done = kea("evaluate", str(labelled), *gate)
    assert done.returncode == code
    assert said in done.stderr


def test_labels_that_name_nothing_are_told_with_their_lines(kea: Kea) -> None:
    rows = '{"text": "a", "expected": "no such label"}\n{"text": "a", "expected": null}\n{"text": "a"}\n'
    done = kea("evaluate", "-", stdin=rows)
    assert done.returncode == 1
    assert "line 1: 'no such label' is no category" in done.stderr
    assert 'line 3: a row needs "expected"' in done.stderr
    assert "line 2" not in done.stderr
