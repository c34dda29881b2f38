"""What a text is recognised as, and by what."""

from __future__ import annotations

import pytest

from ingest.clustering import Clusterer
from knowledge_base import curation
from knowledge_base.curation.masking.rule_changes import adding, change_rules
from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.recognised import How, Recognised
from knowledge_base.recognising import explain_in
from knowledge_base.signature import SIGNATURE_VERSION, Stage, sign
from knowledge_base.signature.custom.user_rules import UserRule
from knowledge_base.store.grouping import templates
from knowledge_base.store.solving.solutions import SolutionText
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import ingest

PEER = "WARN broker connection refused by its peer"
CODE = "ORA-01578: block 17 of the archive is corrupted"
HEAP = "FATAL heap space exhausted by task"


def recognised(knowledge: KnowledgeBase, text: str, project: str = MINE) -> Recognised:
    return explain_in(knowledge, project, text)[1]


@pytest.fixture
def filled(knowledge: KnowledgeBase) -> KnowledgeBase:
    ingest(knowledge, PEER, CODE, HEAP)
    while Clusterer(knowledge).run_window(MINE) is not None:
        pass
    return knowledge


def test_an_equal_fingerprint_is_certain(filled: KnowledgeBase) -> None:
    category = filled.lookup(MINE, PEER).category
    assert category is not None
    curation.attach(filled.store, MINE, category.id, SolutionText("Start the peer", "", ""), actor="Zhou Yan")
    found = recognised(filled, PEER)
    assert found.how is How.EXACT
    assert found.best is not None
    assert (found.best.category.id, found.best.confidence) == (category.id, 1.0)
    assert found.best.template is not None
    assert found.best.template.text == sign(PEER).template
    assert found.best.solution is not None
    assert found.best.solution.title == "Start the peer"


def test_a_fingerprint_that_was_joined_is_told_apart(filled: KnowledgeBase) -> None:
    template = filled.lookup(MINE, PEER).template
    assert template is not None
    other = sign("a sentence of other words")
    with filled.store.write() as db:
        number = number_of(Prefix.TEMPLATE, template.id)
        templates.add_fingerprints(db, MINE, number, [(SIGNATURE_VERSION, other.fingerprint)])
    found = recognised(filled, "a sentence of other words")
    assert found.how is How.JOINED
    assert found.best is not None
    assert found.best.template is not None
    assert found.best.template.id == template.id


def test_one_known_line_among_others(filled: KnowledgeBase) -> None:
    assert recognised(filled, f"hello all,\n{HEAP}\nany idea?").how is How.LINE


def test_the_same_code_in_other_words(filled: KnowledgeBase) -> None:
    found = recognised(filled, "ORA-01578: block 9 of our archive was found corrupted")
    assert found.how is How.CODE
    assert found.best is not None
    assert found.best.evidence.codes == ("ORA-01578",)
    assert found.best.confidence < 1


def test_similar_words(filled: KnowledgeBase) -> None:
    found = recognised(filled, "WARN broker connection was refused by its peer")
    assert found.how is How.SIMILARITY
    assert found.best is not None
    assert found.best.confidence >= found.threshold
    assert found.runner_up is not None
    assert found.runner_up.confidence <= found.best.confidence


def test_what_is_only_near_is_a_guess(filled: KnowledgeBase) -> None:
    found = recognised(filled, "zebra quagga okapi walked over the bridge")
    assert found.how is How.NOTHING
    assert found.best is None or found.best.confidence < found.threshold


def test_another_project_is_not_asked(filled: KnowledgeBase) -> None:
    ingest(filled, HEAP, project=OTHER)
    assert recognised(filled, PEER, OTHER).how is not How.EXACT
    with pytest.raises(NotFound):
        recognised(filled, PEER, "nobody")


def test_the_rules_of_the_project_hold(filled: KnowledgeBase) -> None:
    rule = UserRule(name="our-peer", pattern="its peer", kind="str")
    change_rules(filled.store, MINE, adding(rule), action="add", subject=rule.name, actor="Zhou Yan", force=True)
    explanation, found = explain_in(filled, MINE, PEER)
    assert [step.rule for step in explanation.of(Stage.USER_RULE)] == ["our-peer"]
    assert "<str>" in explanation.template
    # Until its template is signed anew, a line is found under the rules before.
    assert found.how in (How.EXACT, How.JOINED)
