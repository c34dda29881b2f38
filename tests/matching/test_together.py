"""Several ask while things change: whoever asks sees things as they were or as they are, and no one is refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from assistant.answering import Assistant
from knowledge_base import curation
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.types import Answer, Outcome, Question
from tests.matching.bench import Bench
from tests.store.databases import MINE
from tests.store.knowledge import knowledge_at

LEDGER = "ledger 17 was sealed by an auditor"
TURNSTILE = "turnstile jammed with a brass token inside"
KRAKEN = "qx7 zzyzx frobnication of plinth"
ASKED = "our ledger is sealed by some auditor"

OTHER_PROCESS = """
import sys
from pathlib import Path
from knowledge_base import curation
from knowledge_base.store.solving.solutions import SolutionText
from tests.store.databases import MINE
from tests.store.knowledge import knowledge_at
url, home, act, *names = sys.argv[1:]
with knowledge_at(url, Path(home)) as knowledge:
    if act == "attach":
        curation.attach(knowledge.store, MINE, names[0], SolutionText(names[1], "", ""), actor="Mei")
    elif act == "pick":
        curation.pick(knowledge.store, MINE, names[0], names[1], actor="Mei")
    elif act == "merge":
        curation.merge(knowledge.store, MINE, names[0], names[1:], actor="Mei")
    else:
        print(*(each.category for each in knowledge.match(MINE, names[0]).matches))
"""


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def in_another_process(knowledge: KnowledgeBase, act: str, *names: str) -> list[int]:
    settings = knowledge.settings
    command = [sys.executable, "-c", OTHER_PROCESS, settings.url, str(settings.home_path), act, *names]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=240)
    return [int(each) for each in done.stdout.split()]


def test_what_another_process_does_counts_with_the_next_question(bench: Bench) -> None:
    ledger, turnstile, kraken = bench.know(LEDGER, TURNSTILE, KRAKEN)
    knowledge = bench.knowledge
    asked = "kiosk admits no contractor"
    assert bench.categories_gathered(asked, {"solution"}) == set()
    in_another_process(knowledge, "attach", c(kraken), "Kiosk admits no contractor")
    assert bench.found(asked)[0] == kraken, "it is found by the title of a solution that was attached elsewhere"
    question = Assistant(knowledge).ask(Question(MINE, "test", "Lin", "the nightly thing went sideways")).question_id
    assert question is not None
    in_another_process(knowledge, "pick", question, c(turnstile))
    assert bench.match("the nightly thing went sideways", is_complete=False)[0].category == turnstile
    in_another_process(knowledge, "merge", c(ledger), c(turnstile))
    assert bench.found("a brass token jammed it")[0] == ledger
    assert bench.found("the nightly thing went sideways")[0] == ledger
    assert in_another_process(knowledge, "ask", asked) == bench.found(asked)


def test_a_solution_of_another_thread_counts_with_the_next_question(bench: Bench, tmp_path: Path) -> None:
    _, _, kraken = bench.know(LEDGER, TURNSTILE, KRAKEN)
    settings = bench.knowledge.settings
    with knowledge_at(settings.url, settings.home_path) as other:
        assert other.match(MINE, "kiosk admits no contractor").matches
        bench.solve(kraken, "Kiosk admits no contractor")
        assert other.match(MINE, "kiosk admits no contractor").matches[0].category == kraken
        bench.solve(kraken, "Repaint the fence")
        assert other.match(MINE, "repaint a fence").matches[0].category == kraken


def asking(knowledge: KnowledgeBase, texts: tuple[str, ...], change: Callable[[], None]) -> list[Answer]:
    """Ask in three threads until a change is done; give all answers."""
    failures: list[BaseException] = []
    answers: list[Answer] = []
    over = threading.Event()

    def ask(text: str) -> None:
        assistant = Assistant(knowledge)
        try:
            while not over.is_set():
                answers.append(assistant.ask(Question(MINE, "test", "Lin", text), record=False))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    try:
        change()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert answers
    return answers


def said(answer: Answer) -> tuple[str | None, str | None]:
    """Name the first candidate's category, following aliases, and the solution that was shown."""
    shown = None if answer.solution is None else answer.solution.title
    return answer.candidates[0].category_id, shown


def test_asking_while_solutions_are_revised(bench: Bench) -> None:
    ledger, turnstile, kraken = bench.know(LEDGER, TURNSTILE, KRAKEN)
    titles = [f"Ask auditor {word} to unseal the ledger" for word in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")]
    bench.solve(ledger, titles[0])
    bench.solve(kraken, "Kiosk admits no contractor")

    def revise() -> None:
        for place, title in enumerate(titles[1:]):
            bench.solve(ledger, title)
            bench.solve(turnstile, f"Oil it {place}")

    for answer in asking(bench.knowledge, (ASKED, LEDGER, f"{LEDGER}\n{TURNSTILE}"), revise):
        category, title = said(answer)
        assert category in {c(ledger), c(turnstile)}
        if category == c(ledger) and answer.outcome is Outcome.ANSWERED:
            assert title in titles


def test_asking_while_categories_come_together_and_part(bench: Bench) -> None:
    """The survivor is solved, the other is not: whoever gets the survivor gets its solution."""
    ledger, turnstile, _ = bench.know(LEDGER, TURNSTILE, KRAKEN)
    bench.solve(turnstile, "Oil it")
    store = bench.knowledge.store

    def change() -> None:
        for _ in range(12):
            done = curation.merge(store, MINE, c(turnstile), [c(ledger)], actor="Mei")
            curation.undo(store, MINE, done.audit_id, actor="Mei")

    for answer in asking(bench.knowledge, (LEDGER, ASKED, f"hello\n{LEDGER}"), change):
        if answer.category is None:
            continue
        if answer.category.id == c(turnstile):
            assert answer.solution is not None, "it is known where it was merged, and unsolved where it was not"
            assert answer.outcome in {Outcome.ANSWERED, Outcome.SUGGESTED}
        else:
            assert answer.category.id == c(ledger)
            assert answer.solution is None
