"""``kea demand`` lists what is wanted most; ``kea hand-over`` hands a question over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base.settings import read_settings
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.grouping import templates
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Store
from knowledge_base.types import Outcome
from tests.cli.conftest import run_kea
from tests.store.filling import new_template


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a category that nobody asks about, and a question that two people asked."""
    home = tmp_path / "home"
    with Store(read_settings(home=home).url) as store, store.write() as db:
        now = store.clock()
        ensure_project(db, "default", now)
        templates.create(db, "default", [new_template("a", "lost \x1b[31m a <n>", at=now)], now)
        for user in ("ana", "bo"):
            asked = NewQuestion(
                "cli", "", user, "why\nis it \x1b[31m red", "f", Outcome.UNKNOWN, 0, None, None, None, None, {}
            )
            questions.record(db, "default", asked, now)
    return home


def listed(home: Path, *arguments: str) -> list[str]:
    return [each["id"] for each in json.loads(run_kea(home, "demand", "--json", *arguments).stdout)]


def test_what_is_wanted_is_listed(home: Path) -> None:
    assert listed(home) == ["Q-2", "KE-1"]
    assert listed(home, "--kind", "category") == ["KE-1"]
    assert listed(home, "--asked", "1", "--limit", "5") == ["Q-2"]
    assert listed(home, "--service", "nobody") == []
    shown = run_kea(home, "demand").stdout
    head, first, second = shown.splitlines()
    assert head.split() == ["demand", "people", "seen", "growth", "waiting"]
    assert first.split()[:6] == ["Q-2", "7.2", "2", "2", "1.20", "0"]
    assert first.endswith("why is it [31m red")
    assert second.startswith("KE-1 ")
    assert "\x1b" not in shown
    for wrong in (["--kind", "rubbish"], ["--project", "nobody"]):
        done = run_kea(home, "demand", *wrong)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), wrong


def test_a_question_is_handed_over(home: Path) -> None:
    assert run_kea(home, "hand-over", "Q-1").stdout == "Q-1: handed over to a person\n"
    assert run_kea(home, "hand-over", "Q-1").stdout == "Q-1: waits for a person already\n"
    assert json.loads(run_kea(home, "demand", "--json").stdout)[0]["handed_over"] == 1
    done = run_kea(home, "hand-over", "Q-9")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_nothing_wanted_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store(read_settings(home=home).url) as store, store.write() as db:
        ensure_project(db, "default", store.clock())
    assert run_kea(home, "demand").stdout.startswith("Nothing is wanted")
