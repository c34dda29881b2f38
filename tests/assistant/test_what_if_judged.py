"""What-if of judged answers: whatever people merge, split and move, what was foretold is what is answered then."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.what_if import Act, Merge, Move, Split, what_if
from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import categories, templates
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Answer, Outcome, Question
from tests.store.conftest import database_url, empty_file, postgres_store_url
from tests.store.databases import MINE, copied_file
from tests.store.knowledge import categories_of, ingest, knowledge_at

__all__ = ["database_url", "empty_file", "postgres_store_url"]

LINES = (
    "ERROR ledger was sealed by an auditor overnight",
    "ERROR auditor sealed the archive of ledgers",
    "WARN turnstile jammed with a brass token inside",
    "WARN brass token stuck in the northern turnstile",
    "FATAL heap space exhausted by task",
    "FATAL task ran out of memory while sorting",
    "ERROR table orders does not exist in warehouse",
    "ERROR connection refused by peer during handshake",
)
QUESTIONS = (
    "our ledger is sealed by some auditor",
    "who sealed the archive",
    "a brass token jammed it",
    "the northern turnstile is stuck",
    "a task had exhausted its heap space",
    "my task keeps running out of memory",
    "订单表不存在",
    "a peer refused the connection",
    LINES[0],
    LINES[3],
)
SOLVED = {0: "Ask the auditor to unseal it", 2: "Oil the turnstile", 6: "Create the table"}
Said = tuple[Outcome, str | None, str | None]


def said(answer: Answer) -> Said:
    category = None if answer.category is None else answer.category.id
    return answer.outcome, category, None if answer.solution is None else answer.solution.id


def answers(knowledge: KnowledgeBase) -> list[Said]:
    assistant = Assistant(knowledge)
    return [said(assistant.ask(Question(MINE, "test", "Lin", text), record=False)) for text in QUESTIONS]


def drain(knowledge: KnowledgeBase) -> None:
    ClusterLoop(knowledge, MINE).drain(MINE)


def prepared(knowledge: KnowledgeBase) -> list[str]:
    """Each line in a category of its own, some solved, all questions asked; give the ids of the questions."""
    homes = categories_of(ingest(knowledge, *LINES))
    drain(knowledge)
    for place, title in SOLVED.items():
        curation.attach(knowledge.store, MINE, homes[place], SolutionText(title, "", ""), actor="Mei")
    assistant = Assistant(knowledge)
    asked = [assistant.ask(Question(MINE, "test", "Lin", text)).question_id for text in QUESTIONS]
    return [each for each in asked if each]


def by_home(knowledge: KnowledgeBase) -> dict[int, list[int]]:
    """Give the templates of each category."""
    with knowledge.store.read() as db:
        found: dict[int, list[int]] = {}
        for template, category in sorted(templates.homes(db, MINE, range(1, len(LINES) + 1)).items()):
            found.setdefault(category, []).append(template)
        return found


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def t(number: int) -> str:
    return public_id(Prefix.TEMPLATE, number)


def some_act(knowledge: KnowledgeBase, chance: random.Random) -> Act:
    homes = by_home(knowledge)
    large = sorted(number for number, held in homes.items() if len(held) > 1)
    kind = chance.choice(["merge", "split", "move"] if large else ["merge"])
    if kind == "merge" and len(homes) > 2:
        into, *others = chance.sample(sorted(homes), chance.choice([2, 2, 3]))
        return Merge(c(into), [c(each) for each in others])
    source = chance.choice(large)
    if kind == "move" and len(homes) > 1:
        target = chance.choice(sorted(homes.keys() - {source}))
        return Move(t(chance.choice(homes[source])), c(target))
    chosen = chance.sample(homes[source], chance.randint(1, len(homes[source]) - 1))
    return Split(c(source), [t(each) for each in sorted(chosen)])


def do(knowledge: KnowledgeBase, act: Act) -> str | None:
    """Do an act; give the id of the category that it made, if any."""
    store = knowledge.store
    match act:
        case Merge():
            curation.merge(store, MINE, act.into, act.others, actor="Mei")
        case Move():
            curation.move(store, MINE, act.template_id, act.into, actor="Mei")
        case Split():
            return curation.split(store, MINE, act.category_id, act.template_ids, actor="Mei").category.id
        case _:
            raise AssertionError(act)
    return None


def check(knowledge: KnowledgeBase, act: Act) -> int:
    """Foretell, do, and compare; tell how many answers changed."""
    before = answers(knowledge)
    told = what_if(knowledge, MINE, act, budget=120)
    made = do(knowledge, act)
    drain(knowledge)
    after = answers(knowledge)
    changed = {text: (old, new) for text, old, new in zip(QUESTIONS, before, after, strict=True) if old != new}
    foretold = {
        each.text: (each.before.said, tuple(made if value == "new" else value for value in each.after.said))
        for each in told.answers.examples
    }
    assert foretold == changed, act
    assert told.is_complete
    assert told.answers.of == len(QUESTIONS)
    return len(changed)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_people_rearrange_answers_are_foretold(empty_file: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    url = copied_file(empty_file, tmp_path / "kea.db")
    with knowledge_at(url, tmp_path, answer_threshold=0.5, suggest_threshold=0.2, group_threshold=1.0) as knowledge:
        prepared(knowledge)
        changed = [check(knowledge, some_act(knowledge, chance)) for _ in range(6)]
    assert sum(changed) > 3


def test_a_merge_takes_a_refusal_along(database_url: str, tmp_path: Path) -> None:
    """Of a category that a question must not match nothing comes, also once it is part of another one."""
    home = tmp_path / "home"
    with knowledge_at(
        database_url, home, answer_threshold=0.5, suggest_threshold=0.2, group_threshold=1.0
    ) as knowledge:
        asked = prepared(knowledge)
        for place in (2, 8):
            curation.reject(knowledge.store, MINE, asked[place], actor="Mei")
        # "a brass token jammed it" is not what stands in KE-4, nor is the line in KE-1 what it seems to be.
        assert check(knowledge, Merge(c(3), [c(4)])) > 0
        assert answers(knowledge)[2][1] != c(3)
        assert check(knowledge, Merge(c(2), [c(1)])) > 0
        assert answers(knowledge)[8][1] != c(2)
        assert check(knowledge, Split(c(2), [t(1)])) > 0
        assert answers(knowledge)[8][1] == c(2)


def test_a_merge_takes_what_was_learnt_along(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with knowledge_at(
        database_url, home, answer_threshold=0.5, suggest_threshold=0.2, group_threshold=1.0
    ) as knowledge:
        asked = prepared(knowledge)
        curation.pick(knowledge.store, MINE, asked[7], c(3), actor="Mei")
        drain(knowledge)
        assert check(knowledge, Merge(c(5), [c(3)])) > 0
        with knowledge.store.read() as db:
            assert categories.resolve(db, MINE, 3) == number_of(Prefix.CATEGORY, c(5))
