"""``kea rules`` as people and scripts call it, each a whole process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from knowledge_base.curation.keeping.keep_changes import change_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.store import Store
from tests.cli.conftest import run_kea

LINES = """\
2026-03-01 10:00:01 ERROR tenant acme is over its quota
2026-03-01 10:00:02 ERROR tenant zeta is over its quota
2026-03-01 10:00:03 ERROR lane 7 is closed for tenant acme
"""
TENANT = ("rules", "add", "tenant", r"tenant (\w+)", "--mask", "user", "--contains", "tenant")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, model_dir: Path) -> Path:
    """A home with three errors; do not write to it."""
    home = tmp_path_factory.mktemp("rules") / "home"
    done = run_kea(home, "ingest", "-", stdin=LINES)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(filled, tmp_path / "home"))


def lookup(home: Path, line: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(run_kea(home, "lookup", line, "--json").stdout)
    return found


def test_a_rule_is_shown_asked_for_kept_followed_and_taken_back(home: Path) -> None:
    refused = run_kea(home, *TENANT, stdin="n\n")
    assert refused.returncode == 1
    assert "come together:  tenant <user> is over its quota" in refused.stdout
    assert run_kea(home, "rules", "list").stdout == "There are no rules.\n"
    example = ("--example", "tenant acme is late => tenant <user> is late")
    done = run_kea(home, *TENANT, *example, stdin="y\n")
    assert done.returncode == 0, done.stderr
    assert "1 rule holds, version" in done.stdout
    assert lookup(home, "tenant acme is over its quota")["known"] is True
    assert "3 templates were signed anew, 1 categories came together" in run_kea(home, "rules", "migrate").stdout
    first, second = (lookup(home, f"tenant {name} is over its quota") for name in ("acme", "omega"))
    assert first["category_id"] == second["category_id"] is not None
    listed = run_kea(home, "rules", "list").stdout
    assert "tenant acme is late => tenant <user> is late" in listed
    assert "All templates follow." in listed
    assert json.loads(run_kea(home, "rules", "list", "--json").stdout)[0]["pattern"] == r"tenant (\w+)"
    assert "add_rule tenant" in run_kea(home, "rules", "history").stdout
    number = done.stdout.split("kea rules undo ")[1].split("`")[0]
    assert "Taken back. There are no rules. Templates are still" in run_kea(home, "rules", "undo", number).stdout
    assert json.loads(run_kea(home, "rules", "list", "--json").stdout) == []


def test_what_keeps_categories_is_listed(home: Path) -> None:
    assert "No rule keeps a category" in run_kea(home, "rules", "kept").stdout
    with Store(f"sqlite:///{home / 'kea.db'}") as store:
        rule = KeepRule(code="ORA-01555", service="etl", category=1)
        change_keep(store, "default", KeepChange(step="add", rule=rule), actor="Mei")
    assert "1  R-1  code ORA-01555, service etl  ->  KE-1" in run_kea(home, "rules", "kept").stdout
    assert json.loads(run_kea(home, "rules", "kept", "--json").stdout)[0]["rule"] == "R-1"


def test_rules_are_edited_moved_exported_previewed_and_imported(home: Path, filled: Path, tmp_path: Path) -> None:
    assert run_kea(home, *TENANT, "--yes").returncode == 0
    assert run_kea(home, "rules", "add", "lane", r"lane (\d+)", "--keep", "--at", "1", "--yes").returncode == 0
    edited = run_kea(home, "rules", "edit", "tenant", "--mask", "host", "--disable", "--yes")
    assert edited.returncode == 0, edited.stderr
    assert run_kea(home, "rules", "move", "tenant", "1", "--yes").returncode == 0
    file = tmp_path / "rules.jsonl"
    assert run_kea(home, "rules", "export", "--output", str(file)).returncode == 0
    rules = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    shown = [(rule["name"], rule["kind"], rule["enabled"]) for rule in rules]
    assert shown == [("tenant", "host", False), ("lane", "", True)]
    file.write_text("".join(json.dumps({**rule, "enabled": True}) + "\n" for rule in rules), encoding="utf-8")
    preview = json.loads(run_kea(home, "rules", "preview", str(file), "--json").stdout)
    assert preview["joins"] == 1
    other = Path(shutil.copytree(filled, tmp_path / "other"))
    assert run_kea(other, "rules", "import", str(file), "--yes").returncode == 0
    assert lookup(other, "lane 7 is closed for tenant acme")["template"] == "lane 7 is closed for tenant <host>"
    assert run_kea(other, "rules", "remove", "lane", "--yes").returncode == 0
    log = tmp_path / "app.log"
    log.write_text(LINES, encoding="utf-8")
    grouped = run_kea(tmp_path / "none", "cluster", str(log), "--rules", str(file))
    templates = [json.loads(line)["template"] for line in grouped.stdout.splitlines()]
    assert templates == [*["tenant <host> is over its quota"] * 2, "lane 7 is closed for tenant <host>"]


def test_the_whole_knowledge_carries_its_rules(home: Path, tmp_path: Path) -> None:
    assert run_kea(home, *TENANT, "--yes").returncode == 0
    file = tmp_path / "kb.jsonl"
    assert run_kea(home, "export", "--output", str(file)).returncode == 0
    other = tmp_path / "other"
    done = run_kea(other, "import", str(file))
    assert done.returncode == 0, done.stderr
    assert json.loads(run_kea(other, "rules", "list", "--json").stdout)[0]["name"] == "tenant"
    # Only the templates' texts came along; they are enough to know a line again under the rules.
    assert lookup(other, "tenant omega is over its quota")["known"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "x", "(", "--mask", "id", "--yes"), "docs/rules.md"),
        (("add", "x", "abc", "--yes"), "either --mask KIND or --keep"),
        (("add", "x", "abc", "--mask", "id", "--keep"), "either --mask KIND or --keep"),
        (("add", "x", "abc", "--mask", "id", "--example", "nothing", "--yes"), "' => '"),
        (("remove", "nobody", "--yes"), "no rule 'nobody'"),
        (("list", "--project", "nowhere"), "no project 'nowhere'"),
        (("import", "missing.jsonl"), "is not there"),
    ],
)
def test_what_is_wrong_is_one_sentence(filled: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run_kea(filled, "rules", *arguments)
    assert done.returncode in (1, 2)
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_broken_file_is_named_by_its_line(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules.jsonl"
    file.write_text('{"name": "a", "pattern": "x", "kind": "id"}\n{"name": "b"}\n', encoding="utf-8")
    done = run_kea(home, "rules", "import", str(file))
    assert done.returncode == 1
    assert "line 2: pattern: field required" in done.stderr
