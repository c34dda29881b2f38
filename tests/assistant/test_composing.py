"""What a solution says beside its steps is part of the reply: where it applies, and where more is written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.composing import APPLIES_LENGTH, Composer
from assistant.reply import Reply, reply_from_json, reply_to_json
from knowledge_base.solution_details import AppliesTo, Details, Link, Variant
from knowledge_base.types import Answer, Category, Evidence, Outcome, Solution
from tests.assistant.conformance.world import SOLVED, World

RUNBOOK = Link("https://wiki.example.com/disk", "Runbook")
UNNAMED = Link("https://wiki.example.com/raw")
DETAILS = Details(
    language="en",
    applies=(AppliesTo("etl-*", ">= 4.2"), AppliesTo("odps-sql")),
    links=(RUNBOOK, UNNAMED),
    variants=(Variant("zh", "磁盘已满", "", "删除旧文件"),),
)
SOLUTION = Solution("S-1", 1, "The disk is full", "", "Delete old files", "Mei", datetime(2026, 1, 2, tzinfo=UTC))


def replies(world: World, solution: Solution, language: str) -> list[Reply]:
    """Give the answer, the guess and the later answer that tell a solution."""
    category: Category | None = world.knowledge.lookup("default", SOLVED).category
    assert category is not None
    answer = Answer(Outcome.ANSWERED, 1.0, category, solution, (), Evidence("exact"), "Q-1")
    composer = Composer("https://kea.example.com")
    return [
        composer.answer("default", answer, language),
        composer.answer("default", replace(answer, outcome=Outcome.SUGGESTED, confidence=0.7), language),
        composer.later("default", category, solution, "Q-1", language),
    ]


@pytest.mark.parametrize(
    ("language", "title", "applies"),
    [("en", "The disk is full", "etl-* >= 4.2; odps-sql"), ("zh", "磁盘已满", "etl-* >= 4.2；odps-sql")],
)
def test_every_reply_with_a_solution_tells_conditions_and_links(
    world: World, language: str, title: str, applies: str
) -> None:
    for reply in replies(world, replace(SOLUTION, details=DETAILS), language):
        assert title in reply.headline
        assert reply.applies == applies
        assert reply.links == (("Runbook", RUNBOOK.url), ("", UNNAMED.url))


def test_a_solution_that_applies_everywhere_says_nothing_of_it(world: World) -> None:
    for reply in replies(world, SOLUTION, "en"):
        assert (reply.applies, reply.links) == ("", ())


def test_what_has_no_solution_has_neither(world: World) -> None:
    unknown = Composer("").answer("default", Answer(Outcome.UNKNOWN, 0.0, None, None, (), None, "Q-1"), "en")
    assert (unknown.applies, unknown.links) == ("", ())


def test_many_conditions_are_one_short_line_that_says_so(world: World) -> None:
    many = tuple(AppliesTo(f"service\n{n}", "3.5 and\tlater") for n in range(50))
    [reply, *_] = replies(world, replace(SOLUTION, details=Details(applies=many)), "en")
    assert reply.applies.startswith("service 0 3.5 and later; service 1 ")
    assert reply.applies.endswith("…")
    assert len(reply.applies) == APPLIES_LENGTH


def test_a_kept_reply_is_read_as_it_was(world: World) -> None:
    for reply in replies(world, replace(SOLUTION, details=DETAILS), "zh"):
        assert reply_from_json(json.loads(json.dumps(reply_to_json(reply)))) == reply


def test_a_reply_that_was_kept_before_there_were_links_is_still_read() -> None:
    reply = Reply("en", "Known", "Restart", (("Category", "KE-1"),), "https://kea.example.com", "Q-1", feedback=True)
    kept = {name: value for name, value in reply_to_json(reply).items() if name not in ("applies", "links")}
    assert reply_from_json(kept) == reply
