"""The one line that says why: true, short, in both languages, and harmless whatever it quotes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering import Assistant
from assistant.composing import Composer
from assistant.evidence_line import LONGEST, answer_line, evidence_line
from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Answer, Evidence, Named, Outcome, Question
from knowledge_base.vocabulary.names import called, chinese_names
from tests.store.databases import MINE
from tests.store.knowledge import categories_of, ingest, knowledge_at

TABLE = Named("table", "table", "表")
COLUMN = Named("column", "column", "列")
GONE = Named("not-found", "not found", "不存在")
LAST = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
LINE = "ERROR ledger replica not found in warehouse"
ALIKE = "our ledger replica was not found"


@pytest.mark.parametrize(
    ("evidence", "english", "chinese"),
    [
        (
            Evidence("exact", seen=1214, last_seen=LAST),
            "The very same line was seen 1,214 times, last on 2026-11-24",
            "一模一样的报错出现过 1,214 次，最近一次在 2026-11-24",
        ),
        (
            Evidence("exact", seen=1, last_seen=LAST),
            "The very same line was seen once, on 2026-11-24",
            "一模一样的报错在 2026-11-24 出现过一次",
        ),
        (Evidence("exact"), "The very same line is known", "一模一样的报错已有记录"),
        (Evidence("learnt"), "People said that this question means KE-12", "有人确认过，这样提问指的就是 KE-12"),
        (
            Evidence("code", codes=("ORA-00942",), concepts=(TABLE, GONE), wordings={"not-found": "does not exist"}),
            "Same error code ORA-00942; both are about: table, not found (there “does not exist”)",
            "错误码相同：ORA-00942；都涉及：表、不存在（已知错误里写作“does not exist”）",
        ),
        (
            Evidence("similarity", concepts=(GONE,), against=(COLUMN, TABLE)),
            "Both are about: not found; but this speaks of “column”, the known error of “table”",
            "都涉及：不存在；但这里说的是“列”，已知错误说的是“表”",
        ),
        (
            Evidence("similarity", words=("warehouse", "table", "not", "订单"), concepts=(TABLE,), is_question=True),
            "Like a question that people said means KE-12; both are about: table; words in common: “warehouse”, “订单”",
            "与一个已确认属于 KE-12 的提问相似；都涉及：表；相同的词：“warehouse”、“订单”",
        ),
        (Evidence("similarity"), "Alike in meaning, no word in common", "意思相近，没有相同的词"),
    ],
)
def test_it_says_what_tells_most(evidence: Evidence, english: str, chinese: str) -> None:
    assert evidence_line(evidence, "KE-12", "en") == english
    assert evidence_line(evidence, "KE-12", "zh-CN") == chinese


ODD = st.one_of(st.text(max_size=80), st.sampled_from(["x" * 500, "exe.\u202etxt", "\x1b[31m", "\ud800", "@all <b>"]))
NAMED = st.builds(Named, st.just("table"), ODD, ODD)


@given(
    st.builds(
        Evidence,
        st.sampled_from(["code", "similarity"]),
        words=st.lists(ODD, max_size=8).map(tuple),
        codes=st.lists(ODD, max_size=4).map(tuple),
        concepts=st.lists(NAMED, max_size=4).map(tuple),
        against=st.none() | st.tuples(NAMED, NAMED),
        wordings=st.dictionaries(st.just("table"), ODD),
    ),
    st.sampled_from(["en", "zh"]),
)
def test_it_is_one_short_line_without_controls(evidence: Evidence, language: str) -> None:
    line = evidence_line(evidence, "KE-12", language)
    assert 0 < len(line) <= LONGEST
    assert not any(each in line for each in "\n\r\x1b\x00\u202e")


def test_secrets_are_scrubbed() -> None:
    quoted = "mysql://root:Sup3rSecret@db/x"
    line = evidence_line(Evidence("similarity", words=(quoted,), concepts=(TABLE,)), "KE-1", "en")
    assert "Sup3rSecret" not in line


def test_each_concept_of_the_glossary_has_a_name_in_chinese() -> None:
    concepts = packaged_reader().glossary.concepts
    names = [called(each) for each in concepts]
    assert {each.name for each in names if not each.chinese} == set()
    assert set(chinese_names()) <= {each.name for each in concepts}
    assert all(each.english and "*" not in each.chinese and ".." not in each.chinese for each in names)


@pytest.fixture
def answered(database_url: str, tmp_path: Path) -> tuple[KnowledgeBase, Answer, Answer]:
    """Answers to a line that is known and to one like it, beside another solved category."""
    with knowledge_at(database_url, tmp_path, answer_threshold=0.999, suggest_threshold=0.01) as knowledge:
        ids = categories_of(ingest(knowledge, LINE, "FATAL ledger replica exhausted its heap", LINE))
        ClusterLoop(knowledge, MINE).drain(MINE)
        for each in dict.fromkeys(ids):
            curation.attach(knowledge.store, MINE, each, SolutionText(f"Mend {each}", "", ""), actor="Jonas")
        assistant = Assistant(knowledge)
        same, alike = (assistant.ask_each(Question(MINE, "api", "Mei", text))[0] for text in (LINE, ALIKE))
    return knowledge, same, alike


def test_what_is_exact_tells_how_often_it_was_seen_and_has_no_runner_up(
    answered: tuple[KnowledgeBase, Answer, Answer],
) -> None:
    _, same, _ = answered
    assert same.evidence is not None
    assert same.evidence.seen == 2
    assert answer_line(same, "en").startswith("The very same line was seen 2 times, last on 20")
    assert same.runner_up is None
    assert same.candidates[0].evidence == same.evidence


def test_a_likely_one_has_marks_and_a_runner_up(answered: tuple[KnowledgeBase, Answer, Answer]) -> None:
    _, _, alike = answered
    assert alike.outcome is Outcome.SUGGESTED
    assert alike.evidence is not None
    assert alike.evidence == alike.candidates[0].evidence
    marked = [ALIKE[each.start : each.end] for each in alike.evidence.marks]
    assert {"ledger", "replica", "not found"} <= set(marked)
    assert alike.runner_up is not None
    assert alike.runner_up.category_id == alike.candidates[1].category_id
    assert alike.runner_up.confidence == alike.candidates[1].score


def test_chats_are_told_why_and_of_the_runner_up_where_it_is_a_suggestion(
    answered: tuple[KnowledgeBase, Answer, Answer],
) -> None:
    _, same, alike = answered
    facts = dict(Composer("").answer(MINE, alike, "en").facts)
    assert alike.runner_up is not None
    assert facts["Why"] == answer_line(alike, "en")
    assert facts["Or"].startswith(f"{alike.runner_up.category_id} FATAL ledger")
    sure = dict(Composer("").answer(MINE, replace(alike, outcome=Outcome.ANSWERED), "zh").facts)
    assert sure["依据"] == answer_line(alike, "zh")
    assert "或者" not in sure
    assert "Or" not in dict(Composer("").answer(MINE, same, "en").facts)
