"""``kea proposals``: what is proposed is listed, accepted, dismissed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base.settings import read_settings
from knowledge_base.store.grouping import proposals, templates
from knowledge_base.store.grouping.proposal_values import Going, Grounds, ProposalKind, Proposed
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Store
from tests.cli.conftest import run_kea
from tests.store.filling import new_template


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which KE-1 may be KE-2, and KE-2 may be KE-3."""
    home = tmp_path / "home"
    with Store(read_settings(home=home).url) as store, store.write() as db:
        now = store.clock()
        ensure_project(db, "default", now)
        templates.create(db, "default", [new_template(name, f"lost \x1b[31m {name} <n>") for name in "abc"], now)
        grounds = Grounds(0.5, 3, 0.4, ("lost",), ("E-1",), ("not-found",), ("lost-it / found",))
        split = Proposed(1, 1, 0.7, ProposalKind.SPLIT, Grounds(0.6, going=(Going(1, 0.2),)))
        proposals.put(db, "default", [Proposed(1, 2, 0.7599, grounds=grounds), Proposed(2, 3, 0.8), split], now)
    return home


def listed(home: Path, *arguments: str) -> list[str]:
    return [each["id"] for each in json.loads(run_kea(home, "proposals", "list", "--json", *arguments).stdout)]


def test_what_is_proposed_is_listed_best_first(home: Path) -> None:
    assert listed(home) == ["P-2", "P-1"], "a split that leaves nothing behind makes no sense"
    assert listed(home, "--category", "KE-1") == ["P-1"]
    assert listed(home, "--kind", "label", "--kind", "split") == []
    assert listed(home, "--limit", "1") == ["P-2"]
    shown = run_kea(home, "proposals", "list").stdout
    assert "P-1      merge  0.75 (from 0.50)  KE-1 + KE-2" in shown
    assert "in common: E-1, not found, lost" in shown
    assert "contradicts: lost it / found" in shown
    assert "\x1b" not in shown
    for wrong in (["--kind", "rubbish"], ["--category", "KE-9"], ["--project", "nobody"]):
        done = run_kea(home, "proposals", "list", *wrong)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), wrong


def test_proposals_are_answered(home: Path) -> None:
    assert "KE-2, where it can be undone" in run_kea(home, "proposals", "accept", "P-2", "--into", "KE-2").stdout
    assert "P-1: dismissed" in run_kea(home, "proposals", "dismiss", "P-1", "--actor", "Mei").stdout
    assert run_kea(home, "proposals", "list").stdout == "Nothing is proposed.\n"
    again = run_kea(home, "proposals", "accept", "P-1")
    assert again.returncode == 1
    assert "P-1 was dismissed before" in again.stderr
    rows = [json.loads(row) for row in run_kea(home, "export").stdout.splitlines()]
    kinds = [(row["kind"], row["left"], row["right"]) for row in rows if row["type"] == "fact"]
    assert kinds == [("must_link", "T-2", "T-3"), ("cannot_link", "T-1", "T-2"), ("cannot_link", "T-1", "T-3")]
