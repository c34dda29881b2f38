"""Which candidates a question has: found in each way by itself, put together by solution, none of what is gone."""

from __future__ import annotations

import pytest

from assistant.answering import Assistant
from knowledge_base import curation
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import categories, eviction
from knowledge_base.store.representing.representatives import of_categories
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Question
from tests.matching.bench import Bench
from tests.store.databases import MINE, OTHER, START
from tests.store.knowledge import ingest

LEDGER = "ERROR the ledger was sealed by an auditor"
KRAKEN = "FATAL qx7 zzyzx frobnication of plinth"
CODED = "ERROR ORA-00942: statement went nowhere"
TURNSTILE = "WARN turnstile jammed with a brass token inside"
LINES = (LEDGER, KRAKEN, CODED, TURNSTILE)


def lines(count: int, form: str = "ERROR {} of {} would not admit {}") -> list[str]:
    """Make lines that differ in too many words to be one with a variable word."""
    return [form.format(*(f"{syllable(each)}{word}" for word in ("dor", "len", "tas"))) for each in range(count)]


def syllable(number: int) -> str:
    return "".join("bdfgklmnprst"[digit] + "aeiou"[digit % 5] for digit in divmod(number, 12))


STRANGERS = lines(60)


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def test_a_category_is_found_by_the_words_of_its_solution_alone(bench: Bench) -> None:
    """More strangers than are looked at have words in common with the question; the right log has none."""
    _, kraken, *_ = bench.know(*LINES, *STRANGERS)
    asked = "why would the visitors kiosk not admit a contractor"
    assert kraken not in bench.categories_gathered(asked)
    bench.solve(kraken, "Kiosk admits no contractor", "The visitors list was cleared")
    assert kraken not in bench.categories_gathered(asked, {"meaning", "words", "code"})
    assert kraken in bench.categories_gathered(asked, {"solution"})
    assert bench.found(asked)[0] == kraken


def test_a_solution_is_found_in_other_words_of_another_language(bench: Bench) -> None:
    _, kraken, *_ = bench.know(*LINES)
    bench.solve(kraken, "Table not found")
    assert kraken in bench.categories_gathered("表不存在", {"solution"})


def test_a_category_is_found_by_an_error_code_alone(bench: Bench) -> None:
    *_, coded, _ = bench.know(*LINES)
    asked = "what is ORA-00942 please"
    assert bench.categories_gathered(asked, {"code"}) == {coded}
    assert coded in bench.categories_gathered(asked, {"words"}), "codes are terms of the lexical index, too"
    assert bench.categories_gathered("what is ORA-00943 please", {"code"}) == set()
    assert bench.match(asked)[0].evidence.kind == "code"
    assert bench.match(asked)[0].evidence.codes == ("ORA-00942",)


def test_concepts_bridge_languages(bench: Bench) -> None:
    table, disk = bench.know("ERROR table orders does not exist", "FATAL no space left on device while spilling")
    for asked, right, other in (("订单表不存在怎么办", table, disk), ("磁盘空间不足", disk, table)):
        assert right in bench.categories_gathered(asked, {"words"})
        assert other not in bench.categories_gathered(asked, {"words"})
        first = bench.match(asked)[0]
        assert first.category == right
        assert first.evidence.concepts


def test_refused_categories_never_come(bench: Bench) -> None:
    ledger, *_ = bench.know(*LINES)
    bench.solve(ledger, "Ask the auditor to unseal the ledger")
    asked = "an auditor sealed our ledger"
    assert ledger in bench.categories_gathered(asked)
    assert all(one.category != ledger for each in bench.gathered(asked, refused={ledger}) for one in each.held)


def test_categories_of_one_solution_are_one_candidate(bench: Bench) -> None:
    ledger, kraken, coded, turnstile = bench.know(*LINES)
    solution = bench.solve(ledger, "Call the caretaker")
    bench.link(turnstile, solution)
    bench.solve(coded, "Call the caretaker")
    asked = "the ledger sealed by an auditor, or a turnstile jammed with a brass token, ora-00942"
    found = bench.gathered(asked)
    homes = sorted(sorted({one.category for one in each.held}) for each in found)
    assert homes == [[ledger, turnstile], [kraken], [coded]], "equal words do not make two solutions one"
    assert len({each.solution for each in found if each.solution}) == 2
    matches = bench.match(asked)
    with bench.knowledge.store.read() as db:
        solved = categories.solutions_of(db, MINE, [each.category for each in matches])
    assert len(set(solved.values())) == len(solved) == 2


def test_a_solution_of_very_many_categories_crowds_out_no_other(bench: Bench) -> None:
    many = bench.know(*lines(110))
    (late,) = bench.know(KRAKEN)
    common = bench.solve(many[0], "Restart the kiosk of visitors")
    for each in many[1:]:
        bench.link(each, common)
    bench.solve(late, "Repair the kiosk of visitors")
    assert len({bench.knowledge.lookup(MINE, line).category.id for line in lines(110)}) == 110  # type: ignore[union-attr]
    assert late in bench.categories_gathered("kiosk of visitors", {"solution"})


def test_what_was_merged_is_found_as_the_survivor(bench: Bench) -> None:
    ledger, kraken, *_ = bench.know(*LINES)
    bench.solve(kraken, "Unseal it")
    asked = "our ledger is sealed by some auditor"
    before = bench.match(asked)[0]
    bench.merge(kraken, ledger)
    after = bench.match(asked)[0]
    assert (before.category, after.category) == (ledger, kraken)
    assert ledger not in bench.found(asked)
    assert bench.match(LEDGER)[0].category == kraken


def test_what_was_evicted_is_not_there(bench: Bench) -> None:
    ledger, *_ = bench.know(*LINES)
    asked = "our ledger is sealed by some auditor"
    assert bench.found(asked)[0] == ledger
    with bench.knowledge.store.write() as db:
        gone = categories.templates_of(db, MINE, ledger)
        assert eviction.evict(db, MINE, gone, seen_until=START, now=START).templates == 1
    assert ledger not in bench.found(asked)
    assert ledger not in bench.found(LEDGER)
    (again,) = bench.know(LEDGER)
    assert bench.found(LEDGER)[0] == again != ledger


def test_what_is_ignored_is_still_known(bench: Bench) -> None:
    """Ignoring takes a category out of the queue; whoever asks is told what it is and nothing that is likest to it."""
    ledger, *_ = bench.know(*LINES)
    asked = "our ledger is sealed by some auditor"
    before = bench.match(asked)
    curation.ignore(bench.knowledge.store, MINE, c(ledger), actor="Mei")
    assert bench.match(asked) == before
    assert bench.match(LEDGER)[0].category == ledger


def test_drafts_lead_nowhere_until_they_are_published(bench: Bench) -> None:
    _, kraken, *_ = bench.know(*LINES)
    asked = "kiosk admits no contractor"
    text = SolutionText("Kiosk admits no contractor", "", "")
    store = bench.knowledge.store
    made = curation.draft(store, MINE, c(kraken), text, actor="Mei").solution
    assert made is not None
    assert bench.categories_gathered(asked, {"solution"}) == set()
    assert all(each.solution is None for each in bench.gathered(asked))
    curation.publish(store, MINE, made.id, actor="Mei")
    assert bench.categories_gathered(asked, {"solution"}) == {kraken}
    assert bench.found(asked)[0] == kraken
    curation.unpublish(store, MINE, made.id, actor="Mei")
    assert bench.categories_gathered(asked, {"solution"}) == set()


def test_a_solution_that_was_detached_leads_nowhere(bench: Bench) -> None:
    _, kraken, *_ = bench.know(*LINES)
    bench.solve(kraken, "Kiosk admits no contractor")
    assert bench.categories_gathered("kiosk contractor", {"solution"}) == {kraken}
    curation.detach(bench.knowledge.store, MINE, c(kraken), actor="Mei")
    assert bench.categories_gathered("kiosk contractor", {"solution"}) == set()


def test_nothing_of_another_project_comes(bench: Bench) -> None:
    mine = set(bench.know(*LINES))
    theirs = bench.know(LEDGER, "ERROR kiosk of visitors is closed", project=OTHER)
    bench.solve(theirs[1], "Kiosk of visitors", project=OTHER)
    for asked in (LEDGER, "kiosk of visitors is closed", "the ledger was sealed"):
        assert set(bench.found(asked)) <= mine
        assert bench.categories_gathered(asked) <= mine
    assert bench.knowledge.match(OTHER, LEDGER).matches[0].category == theirs[0]


def test_what_is_passed_over_is_not_found_in_any_way(bench: Bench) -> None:
    ledger, _, coded, _ = bench.know(*LINES)
    bench.solve(ledger, "Ask the auditor to unseal the ledger")
    with bench.knowledge.store.read() as db:
        standing = {each.id for each in of_categories(db, MINE, [ledger, coded])}
    assert len(standing) == 2
    for asked in ("our ledger is sealed by some auditor", "what is ORA-00942 please"):
        found = bench.found(asked, without=frozenset(standing))
        assert found
        assert not {ledger, coded} & set(found)


def test_what_was_taught_counts_unless_it_shall_not(bench: Bench) -> None:
    ledger, kraken, *_ = bench.know(*LINES)
    asked = "our ledger is sealed by some auditor"
    assistant = Assistant(bench.knowledge)
    question = assistant.ask(Question(MINE, "test", "Lin", asked)).question_id
    assert question is not None
    curation.pick(bench.knowledge.store, MINE, question, c(kraken), actor="Mei")
    first = bench.match(asked)[0]
    assert (first.category, first.score, first.evidence.kind) == (kraken, 1.0, "learnt")
    assert bench.found(asked, is_taught=False)[0] == ledger
    assert bench.match(f"  {asked.upper()} ")[0].category == kraken, "equal forms are the same question"


def test_what_was_rejected_comes_no_more_unless_it_shall(bench: Bench) -> None:
    ledger, *_ = bench.know(*LINES)
    bench.solve(ledger, "Ask the auditor to unseal the ledger")
    question = Assistant(bench.knowledge).ask(Question(MINE, "test", "Lin", LEDGER)).question_id
    assert question is not None
    curation.reject(bench.knowledge.store, MINE, question, actor="Mei")
    assert ledger not in bench.found(LEDGER)
    assert bench.found(LEDGER, is_taught=False)[0] == ledger


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_no_more_come_than_are_asked_for_and_they_are_the_first(bench: Bench, limit: int) -> None:
    bench.know(*LINES)
    asked = "our ledger is sealed by some auditor, ora-00942"
    assert bench.match(asked, limit=limit) == bench.match(asked)[:limit]
    assert bench.match(LEDGER, limit=limit) == bench.match(LEDGER)[:limit]


def test_a_solution_is_told_by_its_newest_version(bench: Bench, knowledge: KnowledgeBase) -> None:
    _, kraken, *_ = bench.know(*LINES)
    solution = bench.solve(kraken, "Kiosk admits no contractor")
    assert bench.categories_gathered("kiosk contractor", {"solution"}) == {kraken}
    assert bench.solve(kraken, "Repaint the fence") == solution
    with knowledge.store.read() as db:
        assert solutions.get(db, MINE, int(solution[2:])).version == 2
    before = bench.match("repaint a fence")
    assert before[0].category == kraken
    assert bench.categories_gathered("repaint a fence", {"solution"}) == {kraken}
    ingest(knowledge, "ERROR unrelated thing happened")
    assert bench.match("repaint a fence")[0] == before[0]


def test_the_solution_of_what_was_refused_does_not_come_back_by_another_category(bench: Bench) -> None:
    ledger, books, turnstile = bench.know(
        "ledger 17 was sealed by an auditor", "ledger was sealed by the inspector of books", "turnstile jammed"
    )
    bench.link(books, bench.solve(ledger, "Unseal it"))
    held = [one.category for each in bench.gathered("a sealed ledger", refused=[ledger]) for one in each.held]
    assert held == [turnstile]
    bench.solve(books, "Ask the inspector")
    held = [one.category for each in bench.gathered("a sealed ledger", refused=[turnstile]) for one in each.held]
    assert sorted(held) == sorted([ledger, books]), "one without a solution bars nothing else"
