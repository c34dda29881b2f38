"""Why an answer was chosen, by the API and on the page: one line, marks, the runner-up; hostile text stays text."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest.clustering import ClusterLoop
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings

ALIKE = "<b>while</b> writing parquet there was no space left on the device"
EXACT = "No space left on device while writing /data/9/part-9.parquet"
HOSTILE = "<script>alert(1)</script> no space left on device & <img src=x onerror=alert(2)> writing"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Thresholds that likeness passes easily: what is tested is what is said of it."""
    return Settings(home=tmp_path / "home", window_seconds=600, answer_threshold=0.9, suggest_threshold=0.01)


@pytest.fixture
def solved(knowledge: KnowledgeBase, solved: str) -> str:
    """The solved category of the full disk, when both are represented."""
    with KnowledgeBase(knowledge.settings, clock=knowledge.clock, embedder=HashingEmbedder()) as base:
        ClusterLoop(base, "default").drain("default")
    return solved


def test_the_api_tells_why_in_the_language_of_the_question(signed_in: TestClient, solved: str) -> None:
    answer = signed_in.post("/api/v1/ask", json={"text": ALIKE}).json()
    evidence = answer["evidence"]
    assert evidence == answer["candidates"][0]["evidence"]
    assert evidence["kind"] == "similarity"
    assert "disk full" in evidence["line"]
    assert {"name": "disk-full", "english": "disk full", "chinese": "磁盘已满"} in evidence["concepts"]
    text = answer["recognised"] or ALIKE
    assert "while writing" in [text[each["start"] : each["end"]] for each in evidence["marks"]]
    matched = [evidence["matched"][each["start"] : each["end"]] for each in evidence["matched_marks"]]
    assert "No space left on device" in matched
    assert all(each["evidence"]["line"] for each in answer["candidates"])
    chinese = signed_in.post("/api/v1/ask", json={"text": "写 parquet 时磁盘满了"}).json()
    assert "磁盘已满" in chinese["evidence"]["line"]


def test_the_api_tells_how_often_the_very_same_line_was_seen(signed_in: TestClient, solved: str) -> None:
    answer = signed_in.post("/api/v1/ask", json={"text": EXACT}).json()
    assert answer["evidence"]["line"] == "The very same line was seen 30 times, last on 2026-11-23"
    assert answer["runner_up"] is None


def test_the_api_tells_what_people_taught(signed_in: TestClient, solved: str) -> None:
    text = "my loads die since noon"
    asked = signed_in.post("/api/v1/ask", json={"text": text}).json()["question_id"]
    assert signed_in.post(f"/api/v1/questions/{asked}/pick", json={"category_id": solved}).status_code < 300
    answer = signed_in.post("/api/v1/ask", json={"text": text}).json()
    assert answer["evidence"]["kind"] == "learnt"
    assert answer["evidence"]["line"] == f"People said that this question means {solved}"


@pytest.mark.parametrize(("language", "why"), [("en", "Why"), ("zh-CN", "依据")])
def test_the_page_marks_what_both_say(signed_in: TestClient, solved: str, language: str, why: str) -> None:
    page = signed_in.post("/ask", data={"text": ALIKE}, headers={"accept-language": language}).text
    [block] = re.findall(r'<section class="grounds".*?</section>', page, re.DOTALL)
    marks = [unescape(each) for each in re.findall(r"<mark>(.*?)</mark>", block)]
    assert "No space left on device while writing" in marks
    assert {"while writing", "no space left", "device"} <= set(marks)
    assert why in block
    assert "style=" not in block


@pytest.mark.parametrize(
    "text",
    [ALIKE, EXACT, f"hello, what is this?\n{EXACT}\nthanks", "the replica of the moon has no space left, writing"],
)
def test_a_question_that_is_opened_later_shows_the_same_grounds(signed_in: TestClient, solved: str, text: str) -> None:
    fresh = signed_in.post("/ask", data={"text": text}).text
    [asked] = set(re.findall(r"question=(Q-\d+)", fresh))
    later = signed_in.get("/ask", params={"question": asked}).text
    blocks = [re.findall(r'<section class="grounds".*?</section>', page, re.DOTALL) for page in (fresh, later)]
    assert len(blocks[0]) == 1
    assert blocks[0] == blocks[1]
    assert set(re.findall(r"question=(Q-\d+)", later)) == {asked}


def test_what_is_unknown_shows_later_what_is_nearest(
    signed_in: TestClient, solved: str, knowledge: KnowledgeBase
) -> None:
    signed_in.put("/api/v1/thresholds", json={"answer": 1.0, "suggest": 1.0})
    fresh = signed_in.post("/ask", data={"text": ALIKE}).text
    assert "Nearest, a guess" in fresh
    later = signed_in.get("/ask", params={"question": "Q-1"}).text
    blocks = [re.findall(r'<section class="grounds".*?</section>', page, re.DOTALL) for page in (fresh, later)]
    assert blocks[0] == blocks[1]


def test_of_a_category_that_is_no_candidate_any_more_nothing_is_said(
    signed_in: TestClient, solved: str, queue_id: str
) -> None:
    asked = signed_in.post("/api/v1/ask", json={"text": "my loads die since noon"}).json()["question_id"]
    signed_in.post(f"/api/v1/questions/{asked}/pick", json={"category_id": queue_id})
    page = signed_in.get("/ask", params={"question": asked}).text
    assert f'href="/categories/{solved}"' in page
    assert 'class="grounds"' not in page
    signed_in.put("/api/v1/thresholds", json={"answer": 1.0, "suggest": 1.0})
    unknown = signed_in.post("/api/v1/ask", json={"text": "parts are lost since noon"}).json()["question_id"]
    signed_in.post(f"/api/v1/questions/{unknown}/pick", json={"category_id": queue_id})
    page = signed_in.get("/ask", params={"question": unknown}).text
    assert f"People said that this question means {queue_id}" in page
    assert "Nearest, a guess" not in page


def test_of_the_very_same_line_nothing_is_marked(signed_in: TestClient, solved: str) -> None:
    page = signed_in.post("/ask", data={"text": EXACT}).text
    [block] = re.findall(r'<section class="grounds".*?</section>', page, re.DOTALL)
    assert "The very same line was seen 30 times" in block
    assert "<mark>" not in block
    assert "Runner-up" not in block


def test_hostile_text_stays_text(signed_in: TestClient, solved: str) -> None:
    page = signed_in.post("/ask", data={"text": HOSTILE}).text
    assert "<mark>no space left on device</mark>" in page
    assert "<script>alert" not in page
    assert "<img" not in page
