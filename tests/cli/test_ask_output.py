"""What ``kea ask`` prints of a solution beside its text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knowledge_base.solution_details import AppliesTo, Details, Link
from knowledge_base.types import Answer, Category, Outcome, Solution
from web.cli.ask import answer_row, print_answer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KNOWN = Category("KE-3", "Disk full", "solved", (), "no space left on <path>", ("hdfs",), 1, 4, 2, NOW, NOW, "S-1")


def answered(details: Details) -> Answer:
    solution = Solution("S-1", 2, "Free the disk", "It is full.", "1. Delete old files", "Mei", NOW, details=details)
    return Answer(Outcome.ANSWERED, 0.98, KNOWN, solution, (), None)


def test_it_says_where_a_solution_applies_and_where_more_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    applies = (AppliesTo("spark-etl", ">= 3.2"), AppliesTo("hdfs"))
    links = (Link("https://wiki.example.com/disk", "Runbook"), Link("https://wiki.example.com/b"))
    answer = answered(Details(applies=applies, links=links))
    print_answer(answer)
    told = capsys.readouterr().out
    assert "Applies to: spark-etl >= 3.2; hdfs\n" in told
    assert "Link: Runbook: https://wiki.example.com/disk\nLink: https://wiki.example.com/b\n" in told
    assert answer_row(answer)["solution"] == {
        "id": "S-1",
        "title": "Free the disk",
        "cause": "It is full.",
        "body": "1. Delete old files",
        "applies": [{"service": "spark-etl", "version": ">= 3.2"}, {"service": "hdfs", "version": ""}],
        "links": [
            {"url": "https://wiki.example.com/disk", "title": "Runbook"},
            {"url": "https://wiki.example.com/b", "title": ""},
        ],
    }


def test_what_is_not_there_is_not_told_and_nothing_drives_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(answered(Details()))
    told = capsys.readouterr().out
    assert "Applies" not in told
    assert "Link" not in told
    print_answer(
        answered(Details(applies=(AppliesTo("a\x1b[2Jb"),), links=(Link("https://a.example/\x1b[2J", "\x1b]0;x"),)))
    )
    assert "\x1b" not in capsys.readouterr().out
