"""Whatever is asked is answered: odd, huge and hostile texts, projects without anything, and the same twice."""

from __future__ import annotations

import pytest

from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from tests.matching.bench import Bench
from tests.store.databases import MINE, START
from tests.store.knowledge import knowledge_at

LEDGER = "ERROR ledger 17 was sealed by an auditor"
TURNSTILE = "WARN turnstile jammed with a brass token inside"

SAY_NOTHING = {
    "digits": "4711 0815 2026",
    "emoji": "💥🔥😭",
    "marks": "?!… --- ***",
    "a control character": "\x00\x01\x1b[31m",
    "placeholders": "<n> <path> <ip>",
    "white space": " \t\n\u3000\u200b",
    "empty": "",
}
SAY_SOMETHING = {
    "stop words": "the of and to is it in",
    "one word": "ledger",
    "one letter": "x",
    "one Chinese character": "表",
    "surrogates": "\udcff ledger \ud800 sealed \udc80",
    "control characters": "led\x00ger\x07 \x1b[31msealed\x1b[0m \x85 auditor",
    "a word of 50,000 characters": "a" * 50_000,
    "10 MB": "the ledger was sealed " * 480_000,
    "100,000 characters": "sealed ledger\n" * 7_200,
    "nested brackets": "[(<{" * 5_000,
    "a dash between digits": "a1-" * 20_000,
    "many codes": " ".join(f"ORA-{number:05}" for number in range(3_000)),
    "combining marks": "l\u0301e\u0301d\u0301" * 3_000,
    "right to left": "\u202eresu reggol\u202c ledger",
}


@pytest.fixture
def known(bench: Bench) -> Bench:
    """Two categories, one of them solved."""
    ledger, _ = bench.know(LEDGER, TURNSTILE)
    bench.solve(ledger, "Ask the auditor to unseal the ledger", "They seal it each spring", "Write to them")
    return bench


@pytest.mark.parametrize("asked", SAY_NOTHING.values(), ids=SAY_NOTHING)
def test_what_says_nothing_means_nothing(known: Bench, asked: str) -> None:
    for is_complete in (True, False):
        assert known.match(asked, is_complete=is_complete) == ()


@pytest.mark.parametrize("asked", SAY_SOMETHING.values(), ids=SAY_SOMETHING)
def test_odd_questions_have_bounded_chances_in_order(known: Bench, asked: str) -> None:
    found = known.match(asked, around=asked)
    chances = [each.score for each in found]
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= each <= 1 for each in chances)
    assert sum(chances) <= 1 + 1e-9
    assert known.match(asked, around=asked) == found, "asked again it is the same"
    assert max(chances, default=0) < 1, "nothing of it is certain"


def test_a_project_without_anything_knows_nothing(knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        projects.ensure_project(db, MINE, START)
    for asked in (LEDGER, "", "表不存在", "ORA-00942"):
        assert knowledge.match(MINE, asked).matches == ()
        assert knowledge.matcher.match(MINE, asked, around="in the night", is_complete=False).matches == ()


def test_a_project_without_solutions_finds_logs(bench: Bench) -> None:
    ledger, _ = bench.know(LEDGER, TURNSTILE)
    first = bench.match("our ledger was sealed by some auditor")[0]
    assert first.category == ledger
    assert first.grounds is not None
    assert first.grounds.unsolved == 1.0
    assert {"ledger", "sealed", "auditor"} <= set(first.evidence.words)


def test_a_solution_without_words_does_no_harm(bench: Bench) -> None:
    ledger, turnstile = bench.know(LEDGER, TURNSTILE)
    bench.solve(ledger, "4711", "", "")
    bench.solve(turnstile, "💥", "\x00", "\udcff")
    assert bench.found("our ledger was sealed by some auditor")[0] == ledger


def test_asking_twice_gives_the_same_in_this_process_and_in_a_fresh_one(known: Bench) -> None:
    questions = ("our ledger was sealed by some auditor", "brass in a turnstile", "审计员封存了账本", LEDGER)
    first = [known.match(asked) for asked in questions]
    assert [known.match(asked) for asked in questions] == first
    settings = known.knowledge.settings
    with knowledge_at(settings.url, settings.home_path) as again:
        assert [again.match(MINE, asked).matches for asked in questions] == first


def test_the_message_around_helps_and_does_not_decide(bench: Bench) -> None:
    """What stands around an error may name what the error leaves out, but an error that says what it is comes first."""
    ledger, turnstile = bench.know(LEDGER, TURNSTILE)
    vague = "ERROR it was sealed"
    alone, helped = bench.match(vague), bench.match(vague, around=f"{vague}\nour ledger, by an auditor")
    assert helped[0].category == ledger
    assert helped[0].score >= alone[0].score
    clear = "the turnstile jammed with a brass token"
    beside = bench.match(clear, around=f"we moved the ledger and an auditor came.\n{clear}")
    assert beside[0].category == turnstile
    assert beside[0].score > sum(each.score for each in beside[1:])
