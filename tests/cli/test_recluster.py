"""``kea recluster`` and ``kea what-if`` as people and scripts call them, each a whole process."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import run_kea
from web.cli.options import login_name

LINES = """\
2026-03-01 10:00:01 ERROR broker connection refused by its peer
2026-03-01 10:00:02 ERROR broker connection was refused by its peer
2026-03-01 10:00:03 FATAL heap space exhausted by task
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, model_dir: Path) -> Path:
    """A home with three templates, all of them in one category; do not write to it."""
    home = tmp_path_factory.mktemp("recluster") / "home"
    done = run_kea(home, "ingest", "-", stdin=LINES)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(home / "kea.db") as db:
        db.execute("UPDATE template SET category = 1")
        db.execute("UPDATE representative SET category = 1")
        db.execute("UPDATE category SET state = 'merged', merged_into = 1 WHERE id > 1")
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(filled, tmp_path / "home"))


def homes(home: Path) -> list[int]:
    with sqlite3.connect(home / "kea.db") as db:
        return [row[0] for row in db.execute("SELECT category FROM template ORDER BY id")]


def test_it_is_shown_asked_for_done_and_taken_back(home: Path) -> None:
    shown = run_kea(home, "recluster", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "1 of 3 templates would move (1 lines): 1 categories become 2, 1 new." in shown.stdout
    assert "T-3 KE-1 -> new" in shown.stdout
    assert run_kea(home, "recluster", stdin="n\n").returncode == 1
    assert homes(home) == [1, 1, 1]
    done = run_kea(home, "recluster", "--actor", "Mei", stdin="y\n")
    assert "1 templates were moved, 0 categories merged, 1 made." in done.stdout
    now = homes(home)
    assert now[:2] == [1, 1] != now[2:]
    assert "All 3 templates are where they belong; 2 categories." in run_kea(home, "recluster", "--yes").stdout
    number = done.stdout.split("--undo ")[1].split("`")[0]
    back = run_kea(home, "recluster", "--undo", number)
    assert "Taken back: 1 templates" in back.stdout, back.stderr
    assert homes(home) == [1, 1, 1]
    again = run_kea(home, "recluster", "--undo", number)
    assert (again.returncode, "taken back before" in again.stderr) == (1, True)


def test_scripts_get_one_document(home: Path) -> None:
    shown = json.loads(run_kea(home, "recluster", "--dry-run", "--json").stdout)
    assert (shown["moved_templates"], shown["done"]) == (1, None)
    assert shown["moves"][0]["why"]["runner_up"] == "KE-1"
    done = json.loads(run_kea(home, "recluster", "--yes", "--json").stdout)["done"]
    assert (done["templates"], done["created"], done["skipped"]) == (1, 1, [])
    back = json.loads(run_kea(home, "recluster", "--undo", str(done["audit_id"]), "--json").stdout)
    assert back == {"templates": 1, "refused": []}


def test_what_if_shows_lines_and_answers(home: Path) -> None:
    assert run_kea(home, "ask", "heap space exhausted by task").returncode == 0
    told = run_kea(home, "what-if", "split", "KE-1", "T-3")
    assert told.returncode == 0, told.stderr
    assert "2 of 6 stored lines would move, of 1 templates." in told.stdout
    assert "KE-1 -> new" in told.stdout
    assert json.loads(run_kea(home, "what-if", "split", "KE-1", "T-3", "--json").stdout)["answers"]["of"] == 1
    assert homes(home) == [1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("recluster", "--project", "nowhere"), "no project 'nowhere'"),
        (("recluster", "--undo", "99"), "no act 99"),
        (("recluster", "--undo", "99", "--dry-run"), "--undo has no dry run"),
        (("recluster", "--partly"), "only together with --undo"),
        (("what-if", "explode", "KE-1", "KE-2"), "is not merge, split or move"),
        (("what-if", "merge", "KE-1"), "two ids"),
        (("what-if", "merge", "KE-1", "KE-77"), "no category KE-77"),
    ],
)
def test_what_is_wrong_is_one_sentence(filled: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run_kea(filled, *arguments)
    assert done.returncode in (1, 2)
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_user_of_a_container_may_have_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 2**31 - 7)
    assert login_name() == "command line"
