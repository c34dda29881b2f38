"""What a question is exactly: no model is asked, the last line is the likeliest, what people said counts more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from assistant.answering import Assistant
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder, Vectors
from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching.query import QUESTION_LIMIT, SEGMENTS
from knowledge_base.types import Outcome, Question
from tests.matching.bench import Bench
from tests.store.databases import MINE
from tests.store.knowledge import knowledge_at

LEDGER = "ledger 17 was sealed by an auditor"
TURNSTILE = "WARN turnstile jammed with a brass token inside"
KIOSK = "FATAL kiosk of visitors burned down"
TENANTS = tuple(f"ERROR tenant {name} is over its quota" for name in ("acme", "zeta", "kilo", "lima", "oscar", "papa"))


class Refusing(HashingEmbedder):
    """A model that nobody may ask."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"asked to embed {texts}")


@contextmanager
def refusing(bench: Bench) -> Iterator[Bench]:
    """Open the same database where nothing can be embedded."""
    settings = bench.knowledge.settings
    with knowledge_at(settings.url, settings.home_path, embedder=Refusing()) as knowledge:
        yield Bench(knowledge)


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


@pytest.mark.parametrize(
    "asked",
    [
        LEDGER,
        "ledger 99 was sealed by an auditor",
        f"  {LEDGER}\n",
        f"2026-03-02T09:30:00Z ERROR {LEDGER}",
        f"hi all,\n{LEDGER}\nany idea?",
        f"{LEDGER}\n{LEDGER}",
    ],
    ids=["the same", "another variable", "white space", "a header", "within a message", "twice"],
)
def test_a_repeat_is_known_at_once_without_a_model(bench: Bench, asked: str) -> None:
    ledger, *_ = bench.know(LEDGER, TURNSTILE)
    with refusing(bench) as fresh:
        [match] = fresh.match(asked, is_complete=False)
        assert (match.category, match.score, match.evidence.kind) == (ledger, 1.0, "exact")
        assert match.grounds is None
        assert match.evidence.matched == "ledger <n> was sealed by an auditor"
        with pytest.raises(AssertionError, match="asked to embed"):
            fresh.match(asked)
        answer = Assistant(fresh.knowledge).ask(Question(MINE, "test", "Lin", asked))
        assert answer.outcome is Outcome.KNOWN_UNSOLVED


def test_beside_what_is_certain_nothing_else_is_likely(bench: Bench) -> None:
    ledger, turnstile = bench.know(LEDGER, TURNSTILE)
    found = bench.match(LEDGER)
    assert [(each.category, each.score) for each in found] == [(ledger, 1.0), (turnstile, 0.0)]
    assert found[1].grounds is not None


def test_of_several_known_lines_the_last_is_the_likeliest(bench: Bench) -> None:
    ledger, turnstile, kiosk = bench.know(LEDGER, TURNSTILE, KIOSK)
    with refusing(bench) as fresh:
        for asked, order in (
            (f"{LEDGER}\n{TURNSTILE}\n{KIOSK}", [kiosk, turnstile, ledger]),
            (f"{KIOSK}\nthen this\n{LEDGER}\nand nothing more", [ledger, kiosk]),
        ):
            found = fresh.match(asked, is_complete=False)
            assert [each.category for each in found] == order
            assert {each.score for each in found} == {1.0}


def test_known_lines_of_one_solution_are_one_match(bench: Bench) -> None:
    ledger, turnstile, kiosk = bench.know(LEDGER, TURNSTILE, KIOSK)
    bench.link(turnstile, bench.solve(ledger, "Call the caretaker"))
    found = bench.match(f"{LEDGER}\n{TURNSTILE}\n{KIOSK}", is_complete=False)
    assert [each.category for each in found] == [kiosk, turnstile]


def test_the_last_line_of_a_long_message_is_read(bench: Bench) -> None:
    (kiosk,) = bench.know(KIOSK)
    said = "\n".join(f"step {syllables(place)} went well {'x' * 600}" for place in range(SEGMENTS + 20))
    assert len(said) > QUESTION_LIMIT
    with refusing(bench) as fresh:
        assert [each.category for each in fresh.match(f"{said}\n{KIOSK}", is_complete=False)] == [kiosk]
        assert [each.category for each in fresh.match(f"{KIOSK}\n{said}", is_complete=False)] == [kiosk]


def syllables(number: int) -> str:
    return "".join("bdfgklmnprst"[digit] + "aeiou"[digit % 5] for digit in divmod(number, 12))


def test_a_variable_word_makes_no_difference(bench: Bench) -> None:
    homes = bench.know(*TENANTS)
    home = bench.knowledge.lookup(MINE, TENANTS[0]).category
    assert home is not None
    assert len({bench.knowledge.lookup(MINE, each).category for each in TENANTS}) == 1, "they were folded"
    with refusing(bench) as fresh:
        [match] = fresh.match("ERROR tenant omega is over its quota", is_complete=False)
        assert c(match.category) == home.id
        assert match.category in homes
        with pytest.raises(AssertionError):
            fresh.match("ERROR tenant omega is under its quota", is_complete=False)


def test_what_was_learnt_comes_first_and_needs_no_model(bench: Bench) -> None:
    ledger, turnstile = bench.know(LEDGER, TURNSTILE)
    for asked in ("the nightly thing went sideways", LEDGER):
        question = Assistant(bench.knowledge).ask(Question(MINE, "test", "Lin", asked)).question_id
        assert question is not None
        curation.pick(bench.knowledge.store, MINE, question, c(turnstile), actor="Mei")
    with refusing(bench) as fresh:
        [match] = fresh.match("the nightly thing went sideways", is_complete=False)
        assert (match.category, match.evidence.kind) == (turnstile, "learnt")
        found = fresh.match(LEDGER, is_complete=False)
        assert [(each.category, each.evidence.kind) for each in found] == [(turnstile, "learnt"), (ledger, "exact")]
        assert [each.category for each in fresh.match(LEDGER, is_complete=False, is_taught=False)] == [ledger]


def test_what_was_refused_is_not_known_any_more(bench: Bench) -> None:
    ledger, turnstile = bench.know(LEDGER, TURNSTILE)
    bench.solve(ledger, "Unseal it")
    question = Assistant(bench.knowledge).ask(Question(MINE, "test", "Lin", LEDGER)).question_id
    assert question is not None
    done = curation.reject(bench.knowledge.store, MINE, question, actor="Mei")
    assert bench.found(LEDGER, is_complete=False) == [turnstile]
    assert bench.match(LEDGER, is_complete=False)[0].score < 1.0
    assert bench.found(f"{LEDGER} again", is_complete=False)[0] == ledger, "that is another question"
    curation.undo(bench.knowledge.store, MINE, done.audit_id, actor="Mei")
    assert bench.found(LEDGER, is_complete=False) == [ledger]


def test_a_line_without_words_is_no_error(bench: Bench) -> None:
    number, ledger = bench.know("12345", LEDGER)
    assert number not in bench.found("12345", is_complete=False)
    assert bench.found(f"{LEDGER}\n999", is_complete=False) == [ledger]


def test_nobody_asks_of_a_project_that_is_not_there(knowledge: KnowledgeBase) -> None:
    for is_complete in (True, False):
        with pytest.raises(NotFound):
            knowledge.matcher.match("nobody", LEDGER, is_complete=is_complete)
