"""``kea import --tickets`` and ``kea solutions``: from old tickets to drafts, and from a draft to an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kea


@pytest.fixture
def unsolved(kea: Kea) -> str:
    """A line of a category of the sample that nobody has solved."""
    exported = [json.loads(line) for line in kea("export").stdout.splitlines()]
    return next(
        str(each["templates"][0]["text"])
        for each in exported
        if each["type"] == "category" and not each["solution_id"] and "\n" not in each["templates"][0]["text"]
    )


@pytest.fixture
def tickets(tmp_path: Path, unsolved: str) -> Path:
    """Three tickets in a spreadsheet with Chinese columns: one draft, one without words, one stranger."""
    quoted = '"' + unsolved.replace('"', '""') + '"'
    file = tmp_path / "tickets.csv"
    rows = (f"A-1,{quoted},换一台机器 password=hunter2hunter2", f"A-2,{quoted},已解决", "A-3,厨房里的茶壶,换茶壶")
    file.write_text("\n".join(["工单号,描述,备注", *rows, ""]), encoding="gb18030")
    return file


def test_from_tickets_to_a_draft_to_an_answer(own_kea: Kea, tickets: Path, unsolved: str, tmp_path: Path) -> None:
    refused = own_kea("import", "--tickets", str(tickets))
    assert refused.returncode == 1
    assert "--map resolution=COLUMN" in refused.stderr
    command = ("import", "--tickets", str(tickets), "--map", "resolution=备注")
    dry = own_kea(*command, "--dry-run")
    assert dry.stdout.startswith("3 tickets; 1 solution would be drafted\n"), dry.stderr
    unmatched = tmp_path / "unmatched.jsonl"
    done = json.loads(own_kea(*command, "--unmatched", str(unmatched), "--json").stdout)
    assert (done["tickets"], done["matched"], done["worthless"], done["unmatched"]) == (3, 1, 1, 1)
    (made,) = done["drafts"]
    assert json.loads(unmatched.read_text(encoding="utf-8"))["id"] == "A-3"
    again = json.loads(own_kea(*command, "--json").stdout)
    assert (again["drafts"], again["already_drafted"]) == ([], 1)
    solution = made["solution_id"]
    assert solution in own_kea("solutions", "list", "--state", "draft").stdout
    assert "hunter2" not in own_kea("solutions", "show", solution).stdout
    assert json.loads(own_kea("ask", unsolved, "--json").stdout)["outcome"] == "known_unsolved"
    assert own_kea("solutions", "publish", solution).stdout.startswith(f"{solution}: published for KE-")
    assert json.loads(own_kea("ask", unsolved, "--json").stdout)["solution"]["id"] == solution
    assert own_kea("solutions", "unpublish", solution).returncode == 0
    assert json.loads(own_kea("ask", unsolved, "--json").stdout)["outcome"] == "known_unsolved"


def test_rows_that_cannot_be_used_are_told_and_end_with_code_3(own_kea: Kea, unsolved: str) -> None:
    rows = f"{json.dumps({'question': unsolved, 'answer': 'Replace the machine'})}\nnonsense\n"
    done = own_kea("import", "--tickets", "-", stdin=rows)
    assert done.returncode == 3
    assert "1 solution drafted" in done.stdout
    assert "rows left out: they cannot be used" in done.stdout
    assert "line 2: not JSON" in done.stderr
    many = own_kea("import", "--tickets", "-", stdin=rows + "nonsense\n" * 30)
    assert f"and {31 - many.stderr.count('not JSON')} more rows" in many.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "x.jsonl", "--dry-run"), "need --tickets"),
        (("import", "--tickets", "x", "--format", "xml"), "use jsonl or csv"),
        (("import", "--tickets", "x", "--map", "y"), "FIELD=COLUMN"),
        (("import", "--tickets", "no-such-file"), "is not there"),
        (("solutions", "list", "--state", "secret"), "use draft or published"),
        (("solutions", "publish", "S-1"), "is published already"),
        (("solutions", "publish", "S-99999"), "there is no solution"),
    ],
)
def test_what_cannot_be_done_says_why(kea: Kea, arguments: tuple[str, ...], said: str) -> None:
    done = kea(*arguments)
    assert done.returncode in (1, 2)
    assert said in done.stderr
