"""What was taught finds questions that are alike: representatives that come, stay, follow and go."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import Assistant
from ingest.clustering import ClusterLoop
from ingest.clustering.learning import LearntUpkeep
from ingest.clustering.lease import try_lease
from knowledge_base import curation
from knowledge_base.curation.masking.rule_changes import adding, change_rules
from knowledge_base.exchange.exporting import export_rows
from knowledge_base.exchange.importing import import_rows
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import form_of
from knowledge_base.signature.custom.user_rules import RuleSet, UserRule
from knowledge_base.store import audit
from knowledge_base.store.asking import learnt, questions
from knowledge_base.store.asking.learnt_upkeep import MOST_LEARNT
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import StoredRepresentative
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Answer, Outcome, Question, Verdict
from tests.store.databases import MINE, copied_file
from tests.store.knowledge import categories_of, ingest, knowledge_at

LINES = (
    "ERROR replica of ledger not found in warehouse",
    "FATAL heap space exhausted by task",
    "WARN broker connection refused by peer",
)
ODD = "the nightly thing went sideways again, any hints"


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """Three solved errors, clustered."""
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        for category in categories_of(ingest(knowledge, *LINES)):
            curation.attach(knowledge.store, MINE, category, SolutionText(f"For {category}", "", "do it"), actor="Mei")
        ClusterLoop(knowledge).drain(MINE)
        yield knowledge


def ask(knowledge: KnowledgeBase, text: str, *, user: str = "ann", record: bool = True) -> Answer:
    return Assistant(knowledge).ask(Question(MINE, "chat", user, text), record=record)


def asked(knowledge: KnowledgeBase, text: str, *, user: str = "ann") -> str:
    question = ask(knowledge, text, user=user).question_id
    assert question is not None
    return question


def answered(knowledge: KnowledgeBase, text: str, category: int, *, user: str = "ann") -> str:
    """Keep a question that was answered with a category, whatever it is like."""
    new = NewQuestion(
        channel="chat",
        thread="",
        user=user,
        text=text,
        form=form_of(text, RuleSet()),
        outcome=Outcome.ANSWERED,
        confidence=0.9,
        category=category,
        template=category,
        solution=category,
        solution_version=1,
        detail={},
    )
    with knowledge.store.write() as db:
        return questions.record(db, MINE, new, knowledge.clock())


def teach(knowledge: KnowledgeBase, text: str, category: str) -> int:
    done = curation.pick(knowledge.store, MINE, asked(knowledge, text), category, actor="Mei")
    LearntUpkeep(knowledge).settle(MINE)
    return done.audit_id


def taught(knowledge: KnowledgeBase, *categories: str) -> list[StoredRepresentative]:
    """The representatives of categories whose texts are questions."""
    with knowledge.store.read() as db:
        numbers = [number_of(Prefix.CATEGORY, each) for each in categories]
        found = representatives.of_categories(db, MINE, numbers)
    return [each for each in found if each.learnt is not None]


def test_what_is_alike_finds_what_was_taught_until_it_is_taken_back(knowledge: KnowledgeBase) -> None:
    alike = ODD.replace("any hints", "does anybody know")
    before = ask(knowledge, alike, record=False)
    act = teach(knowledge, ODD, "KE-1")
    [made] = taught(knowledge, "KE-1", "KE-2", "KE-3")
    assert made.category == 1
    assert made.template == 1
    after = ask(knowledge, alike, record=False)
    assert after.candidates[0].category_id == "KE-1"
    assert after.confidence > before.confidence
    assert after.evidence is not None
    curation.undo(knowledge.store, MINE, act, actor="Mei")
    assert taught(knowledge, "KE-1", "KE-2", "KE-3") == []
    assert ask(knowledge, alike, record=False) == before


def test_five_wrong_confirmations_by_one_person_change_nobodys_answers(knowledge: KnowledgeBase) -> None:
    says = [f"replica of ledger {each} in warehouse" for each in ("lost", "gone", "late", "lost", "lost")]
    wrong = [answered(knowledge, each, 2, user="eve") for each in says]
    others = [*LINES, ODD, "replica of ledger lost in warehouse", "ledger warehouse gone", "账本副本丢失"]

    def answers() -> str:
        found = [dataclasses.asdict(ask(knowledge, each, user="bob", record=False)) for each in others]
        return json.dumps(found, default=str, ensure_ascii=False)

    assistant = Assistant(knowledge)
    before = answers()
    for name in ("eve", "EVE", "eve@example.com"):
        for question in wrong:
            assistant.give_feedback(MINE, question, user=name, verdict=Verdict.HELPFUL)
    LearntUpkeep(knowledge).settle(MINE)
    assert answers() == before
    for question in wrong:
        assistant.give_feedback(MINE, question, user="eve", verdict=Verdict.NOT_HELPFUL)
    LearntUpkeep(knowledge).settle(MINE)
    assert answers() == before
    with knowledge.store.read() as db:
        assert learnt.recent(db, MINE, limit=9) == []


def test_two_people_who_asked_differently_worded_by_variables_alone(knowledge: KnowledgeBase) -> None:
    assistant = Assistant(knowledge)
    for user, number in (("ann", 17), ("bob", 4_711)):
        question = answered(knowledge, f"replica of ledger lost in warehouse {number}", 1, user=user)
        assistant.give_feedback(MINE, question, user=user, verdict=Verdict.HELPFUL)
    LearntUpkeep(knowledge).settle(MINE)
    [made] = taught(knowledge, "KE-1")
    assert "4" not in made.text, "variables are taken out"


def test_it_follows_moves_merges_splits_and_undo(knowledge: KnowledgeBase) -> None:
    act = teach(knowledge, ODD, "KE-2")
    merged = curation.merge(knowledge.store, MINE, "KE-1", ["KE-2"], actor="Mei")
    assert [each.category for each in taught(knowledge, "KE-1", "KE-2")] == [1]
    split = curation.split(knowledge.store, MINE, "KE-1", ["T-2"], actor="Mei")
    assert len(taught(knowledge, split.category.id)) == 1
    ClusterLoop(knowledge).drain(MINE)
    assert len(taught(knowledge, split.category.id)) == 1
    with knowledge.store.read() as db:
        own = representatives.of_categories(db, MINE, [number_of(Prefix.CATEGORY, split.category.id)])
    assert [each.template for each in own if each.learnt is None] == [2], "its lines stand for it as well"
    curation.undo(knowledge.store, MINE, split.audit_id, actor="Mei")
    curation.undo(knowledge.store, MINE, merged.audit_id, actor="Mei")
    assert [each.category for each in taught(knowledge, "KE-1", "KE-2")] == [2]
    curation.undo(knowledge.store, MINE, act, actor="Mei")
    assert taught(knowledge, "KE-1", "KE-2") == []


def test_a_category_with_nothing_but_questions_is_represented_anew(knowledge: KnowledgeBase) -> None:
    teach(knowledge, ODD, "KE-2")
    with knowledge.store.write() as db:
        own = [each.id for each in representatives.of_categories(db, MINE, [2]) if each.learnt is None]
        representatives.remove(db, MINE, own)
    merged = curation.merge(knowledge.store, MINE, "KE-2", ["KE-3"], actor="Mei")
    curation.undo(knowledge.store, MINE, merged.audit_id, actor="Mei")
    ClusterLoop(knowledge).drain(MINE)
    with knowledge.store.read() as db:
        found = representatives.of_categories(db, MINE, [2])
    assert {each.learnt is None for each in found} == {True, False}


def test_questions_take_no_part_in_grouping_lines(knowledge: KnowledgeBase) -> None:
    line = "ERROR shard index missing on volume"
    teach(knowledge, line, "KE-2")
    [new] = categories_of(ingest(knowledge, line))
    ClusterLoop(knowledge).drain(MINE)
    assert ingest(knowledge, line)[0].category_id == new, "an engineer's word on a question groups no lines"
    assert len(taught(knowledge, "KE-2")) == 1


def test_lines_choose_their_representatives_as_if_there_were_no_questions(knowledge: KnowledgeBase) -> None:
    for each in range(8):
        teach(knowledge, f"{ODD} {'very ' * each}soon", "KE-1")
    ingest(knowledge, *(f"ERROR replica of ledger not found in warehouse {word}" for word in ("a-side", "b side")))
    ClusterLoop(knowledge).drain(MINE)
    assert len(taught(knowledge, "KE-1")) == 8
    with knowledge.store.read() as db:
        assert representatives.crowded(db, MINE, [1]) == []


def test_the_newest_stay_and_older_ones_come_back(knowledge: KnowledgeBase) -> None:
    texts = [f"thing {chr(97 + each) * 3} went sideways" for each in range(MOST_LEARNT + 2)]
    acts = []
    for text in texts:
        done = curation.pick(knowledge.store, MINE, asked(knowledge, text), "KE-1", actor="Mei")
        acts.append(done.audit_id)
    LearntUpkeep(knowledge).settle(MINE)
    assert len(taught(knowledge, "KE-1")) == MOST_LEARNT
    numbers = {each.learnt for each in taught(knowledge, "KE-1")}
    with knowledge.store.read() as db:
        every = learnt.recent(db, MINE, limit=99)
        assert numbers == {each.id for each in every[:MOST_LEARNT]}
        oldest = learnt.by_form(db, MINE, form_of(texts[0], RuleSet()))
    assert oldest == (1, 1), "the very same question is known all the same"
    curation.undo(knowledge.store, MINE, acts[-1], actor="Mei")
    LearntUpkeep(knowledge).settle(MINE)
    assert len(taught(knowledge, "KE-1")) == MOST_LEARNT
    assert every[MOST_LEARNT].id in {each.learnt for each in taught(knowledge, "KE-1")}
    assert LearntUpkeep(knowledge).settle(MINE) == 0


def test_nothing_is_written_while_another_holds_the_lease(knowledge: KnowledgeBase) -> None:
    question = asked(knowledge, ODD)
    curation.pick(knowledge.store, MINE, question, "KE-1", actor="Mei")
    with try_lease(knowledge, MINE) as lease:
        assert lease is not None
        assert LearntUpkeep(knowledge).settle(MINE) == 0
    assert taught(knowledge, "KE-1") == []
    with knowledge.store.read() as db:
        assert learnt.by_form(db, MINE, form_of(ODD, RuleSet())) == (1, 1)
    assert LearntUpkeep(knowledge).settle(MINE) == 1
    assert len(taught(knowledge, "KE-1")) == 1


def test_the_clusterers_loop_does_it(knowledge: KnowledgeBase) -> None:
    curation.pick(knowledge.store, MINE, asked(knowledge, ODD), "KE-1", actor="Mei")
    ClusterLoop(knowledge).step()
    assert len(taught(knowledge, "KE-1")) == 1


def test_it_is_read_anew_under_other_rules(knowledge: KnowledgeBase) -> None:
    teach(knowledge, "tenant-x went sideways", "KE-1")
    rule = UserRule(name="tenants", pattern="tenant-[a-z]+", kind="str")
    change_rules(knowledge.store, MINE, adding(rule), action="add", subject="tenants", actor="Mei")
    LearntUpkeep(knowledge).settle(MINE)
    [made] = taught(knowledge, "KE-1")
    assert "tenant-x" not in made.text
    with knowledge.store.read() as db:
        found = learnt.by_form(db, MINE, form_of("tenant-q went sideways", RuleSet((rule,))))
    assert found == (1, 1)


def test_what_was_learnt_is_exported_and_imported(knowledge: KnowledgeBase, empty_file: Path, tmp_path: Path) -> None:
    teach(knowledge, ODD, "KE-1")
    curation.reject(knowledge.store, MINE, asked(knowledge, LINES[1]), actor="Lin")
    assistant = Assistant(knowledge)
    question = answered(knowledge, "replica of ledger lost in warehouse", 1)
    for user in ("ann", "bob"):
        assistant.give_feedback(MINE, question, user=user, verdict=Verdict.HELPFUL)
    rows = [json.loads(json.dumps(row)) for row in export_rows(knowledge.store, MINE)]
    mine = [row for row in rows if row["type"] == "learnt"]
    assert [(row["kind"], row["people"]) for row in mine] == [("picked", 0), ("rejected", 0), ("confirmed", 2)]
    with knowledge_at(copied_file(empty_file, tmp_path / "other" / "kea.db"), tmp_path / "other") as other:
        for _ in range(2):
            import_rows(other.store, MINE, list(enumerate(rows, 1)), actor="Mei", name="knowledge.jsonl")
        again = [json.loads(json.dumps(row)) for row in export_rows(other.store, MINE)]
        assert [row for row in again if row["type"] == "learnt"] == mine
        ClusterLoop(other).drain(MINE)
        assert len(taught(other, "KE-1", "KE-2", "KE-3")) == 2
        assert ask(other, ODD, record=False).candidates[0].category_id == "KE-1"
        with other.store.read() as db:
            entry = learnt.recent(db, MINE, limit=1)[0].act
        assert entry is not None
        curation.undo(other.store, MINE, entry, actor="Mei")


def test_secrets_in_what_is_imported_are_taken_out(knowledge: KnowledgeBase, empty_file: Path, tmp_path: Path) -> None:
    teach(knowledge, ODD, "KE-1")
    rows = [json.loads(json.dumps(row)) for row in export_rows(knowledge.store, MINE)]
    [mine] = [row for row in rows if row["type"] == "learnt"]
    mine["text"] = f"{ODD} password=Tr0ub4dor"
    with knowledge_at(copied_file(empty_file, tmp_path / "other" / "kea.db"), tmp_path / "other") as other:
        import_rows(other.store, MINE, list(enumerate(rows, 1)), actor="Mei", name="knowledge.jsonl")
        LearntUpkeep(other).settle(MINE)
        with other.store.read() as db:
            [kept] = learnt.recent(db, MINE, limit=1)
            assert kept.act is not None
            told = str(audit.get(db, MINE, kept.act).detail)
        [made] = taught(other, "KE-1")
    for text in (kept.text, told, made.text):
        assert "went sideways" in text
        assert "Tr0ub4dor" not in text
