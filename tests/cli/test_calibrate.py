"""``kea thresholds`` and ``kea calibrate`` as people and scripts call them, each a whole process."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

from knowledge_base import curation
from knowledge_base.matching import form_of
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Outcome
from tests.cli.conftest import COMMAND, run_kea

LINES = """\
2026-03-01 10:00:01 ERROR broker connection refused by its peer
2026-03-01 10:00:03 FATAL heap space exhausted by task
"""
BROKER = "broker connection refused by its peer"
PARTS = ("", " morning", " noon", " evening", " night", " again", " too", " still", " only")
WORDS = [f"{day}{part}" for day in ("monday", "tuesday", "friday", "sunday") for part in PARTS]
WANTED = ("calibrate", "--precision", "0.9")


def fill(home: Path) -> None:
    """Judge as many questions as there are words."""
    with Store(f"sqlite:///{home / 'kea.db'}") as store:
        curation.attach(store, "default", "KE-1", SolutionText("Restart the broker", "", "now"), actor="Mei")
        for word in WORDS:
            text = f"{BROKER} {word}"
            new = NewQuestion(
                channel="cli",
                thread="",
                user="ann",
                text=text,
                form=form_of(text, RuleSet()),
                outcome=Outcome.UNKNOWN,
                confidence=0.0,
                category=None,
                template=None,
                solution=None,
                solution_version=None,
                detail={},
            )
            with store.write() as db:
                question = questions.record(db, "default", new, store.clock())
            curation.pick(store, "default", question, "KE-1", actor="Mei")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, model_dir: Path) -> Path:
    """A home with 36 judged questions, all of them alike; do not write to it."""
    home = tmp_path_factory.mktemp("calibrate") / "home"
    done = run_kea(home, "ingest", "-", stdin=LINES)
    assert done.returncode == 0, done.stderr
    fill(home)
    return home


@pytest.fixture
def home(judged: Path, tmp_path: Path) -> Path:
    """A copy of it, in which Kea answers and suggests what is exact alone."""
    copy = Path(shutil.copytree(judged, tmp_path / "home"))
    assert run_kea(copy, "thresholds", "--answer", "1", "--suggest", "1").returncode == 0
    return copy


def limits(home: Path) -> tuple[float, float, bool]:
    shown = json.loads(run_kea(home, "thresholds", "--json").stdout)
    return shown["answer"], shown["suggest"], shown["is_own"]


def test_thresholds_are_shown_changed_reset_and_taken_back(home: Path) -> None:
    assert "answers from 1, suggests from 1 (this project's own)" in run_kea(home, "thresholds").stdout
    done = run_kea(home, "thresholds", "--suggest", "0.25", "--actor", "Mei")
    number = done.stdout.split("--undo ")[1].split("`")[0]
    assert limits(home) == (1, 0.25, True)
    reset = json.loads(run_kea(home, "thresholds", "--reset", "--json").stdout)
    assert (reset["answer"], reset["suggest"], reset["is_own"]) == (0.88, 0.65, False)
    refused = run_kea(home, "thresholds", "--undo", number)
    assert (refused.returncode, "changed again meanwhile" in refused.stderr) == (1, True)
    for act in (str(reset["audit_id"]), number):
        back = run_kea(home, "thresholds", "--undo", act)
        assert back.returncode == 0, back.stderr
    assert limits(home) == (1, 1, True)


def test_a_calibration_is_shown_applied_and_taken_back(home: Path) -> None:
    shown = run_kea(home, *WANTED)
    assert shown.returncode == 0, shown.stderr
    assert "36 judged questions, one for all that say the same; engineers judged 36." in shown.stdout
    assert "36 of 36 were right there, so at least 0.930 of all are (wanted: 0.9)" in shown.stdout
    assert "36 of these questions would end otherwise:" in shown.stdout
    assert "unknown -> answered KE-1" in shown.stdout
    assert "and 16 more" in shown.stdout
    assert "Brier score" in shown.stdout
    assert "Nothing was changed; --apply uses what is proposed." in shown.stdout
    assert limits(home) == (1, 1, True)
    done = run_kea(home, *WANTED, "--apply", "--actor", "Mei")
    assert done.returncode == 0, done.stderr
    answer, suggest, _ = limits(home)
    assert 0.5 <= suggest == answer < 1
    again = run_kea(home, *WANTED, "--apply")
    assert "no other thresholds are proposed" in again.stdout
    number = done.stdout.split("--undo ")[1].split("`")[0]
    assert run_kea(home, "thresholds", "--undo", number).returncode == 0
    assert limits(home) == (1, 1, True)


def test_scripts_get_one_document(home: Path) -> None:
    found = json.loads(run_kea(home, *WANTED, "--json").stdout)
    assert (found["cases"], found["judged"], found["is_complete"], found["audit_id"]) == (36, 36, True, None)
    assert (found["before"]["answered"]["count"], found["after"]["answered"]["precision"]) == (0, 1.0)
    assert found["answer"]["why"] == "found"
    assert found["suggest"]["why"] == "too_few"
    assert len(found["examples"]) == 20
    assert found["brier"] >= found["constant_brier"] == 0
    assert sum(each["count"] for each in found["reliability"]) == 36
    done = json.loads(run_kea(home, *WANTED, "--json", "--apply", "--yes").stdout)
    assert done["audit_id"] > 0
    assert done["proposed"] == found["proposed"]


def test_few_cases_and_doubtful_ones_propose_nothing(home: Path) -> None:
    strict = run_kea(home, "calibrate", "--suggest-precision", "0.99", "--apply")
    for name, wanted in (("answer", 0.97), ("suggest", 0.99)):
        line = f"{name}: no threshold is sure to be right in {wanted}. At best 36 of 36 were right there"
        assert line in strict.stdout
    assert limits(home) == (1, 1, True)
    done = run_kea(home, "demo", "--project", "few", "--lines", "60", "--days", "1", "--json")
    assert done.returncode == 0, done.stderr
    few = run_kea(home, "calibrate", "--project", "few", "--apply")
    assert few.returncode == 0, few.stderr
    assert "of at least 30 judged questions; it stays as it is" in few.stdout
    assert "Nothing was changed" in few.stdout


def test_on_a_terminal_it_is_asked_for(home: Path) -> None:
    ours, its = pty.openpty()
    environment = {**os.environ, "KEA_HOME": str(home), "NO_COLOR": "1"}
    process = subprocess.Popen(
        [COMMAND, *WANTED, "--apply"], env=environment, stdin=its, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    os.write(ours, b"n\n")
    output, _ = process.communicate(timeout=120)
    for each in (ours, its):
        os.close(each)
    assert process.returncode == 1
    assert b"Use the proposed thresholds?" in output
    assert limits(home) == (1, 1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("calibrate", "--project", "nowhere"), "no project 'nowhere'"),
        (("calibrate", "--precision", "1"), "--precision"),
        (("thresholds", "--project", "nowhere"), "no project 'nowhere'"),
        (("thresholds", "--answer", "2"), "--answer"),
        (("thresholds", "--answer", "nan"), "less than or equal to 1"),
        (("thresholds", "--answer", "0.3"), "above the answer threshold"),
        (("thresholds", "--undo", "99"), "no act 99"),
        (("thresholds", "--reset", "--answer", "0.9"), "one of the three"),
    ],
)
def test_what_is_wrong_is_one_sentence(judged: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run_kea(judged, *arguments)
    assert done.returncode in (1, 2)
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
