"""``kea questions``: what was asked is listed, and taught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import read_settings
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.grouping import templates
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Outcome
from tests.cli.conftest import run_kea
from tests.store.filling import new_template


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a solved error KE-1, one question that it answered, and one that is unknown."""
    home = tmp_path / "home"
    settings = read_settings(home=home)
    with KnowledgeBase(settings, embedder=HashingEmbedder()) as knowledge:
        store = knowledge.store
        with store.write() as db:
            ensure_project(db, "default", store.clock())
            templates.create(db, "default", [new_template("a", "disk full <n>")], store.clock())
        curation.attach(store, "default", "KE-1", SolutionText("Free it", "", "rm"), actor="Mei")
        for form, outcome, text in (
            ("a" * 32, Outcome.ANSWERED, "the disk \x1b[31m is full"),
            ("b" * 32, Outcome.UNKNOWN, "went sideways"),
        ):
            known = outcome is Outcome.ANSWERED
            number = 1 if known else None
            new = NewQuestion("chat", "", "ann", text, form, outcome, 0.9, number, number, number, number, {})
            with store.write() as db:
                questions.record(db, "default", new, store.clock())
    return home


def listed(home: Path, *arguments: str) -> list[str]:
    return [each["id"] for each in json.loads(run_kea(home, "questions", "list", "--json", *arguments).stdout)]


def test_questions_are_listed_newest_first(home: Path) -> None:
    assert listed(home) == ["Q-2", "Q-1"]
    assert listed(home, "--unknown") == ["Q-2"]
    assert listed(home, "--state", "answered", "--limit", "1") == ["Q-1"]
    shown = run_kea(home, "questions", "list").stdout
    assert "Q-1      answered       KE-1     the disk" in shown
    assert "\x1b" not in shown
    for wrong in (["--state", "rubbish"], ["--project", "nobody"]):
        done = run_kea(home, "questions", "list", *wrong)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), wrong


def test_questions_are_taught_and_taken_back(home: Path, model_dir: Path) -> None:
    assert "Q-1: is of KE-1, confirmed" in run_kea(home, "questions", "confirm", "Q-1", "--actor", "Mei").stdout
    picked = run_kea(home, "questions", "pick", "Q-2", "KE-1").stdout
    act = picked.rpartition("undo ")[2].partition("`")[0]
    assert f"`kea questions undo {act}` takes it back" in picked
    assert "Q-1: is not of KE-1" in run_kea(home, "questions", "reject", "Q-1").stdout
    known = json.loads(run_kea(home, "questions", "learnt", "--json", "--category", "KE-1").stdout)
    assert [(each["question_id"], each["kind"]) for each in known] == [("Q-1", "rejected"), ("Q-2", "picked")]
    assert "went sideways" in run_kea(home, "questions", "learnt").stdout
    assert f"act {act} was taken back" in run_kea(home, "questions", "undo", act).stdout
    again = run_kea(home, "questions", "undo", act)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "Nothing" not in run_kea(home, "questions", "learnt").stdout
