"""The pages of questions: the list by how they stand, and what an engineer does about one."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from assistant.answering import Assistant
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.asking import escalations, questions
from knowledge_base.types import Question, Verdict
from tests.web.conftest import NOW

DISK_FULL = "No space left on device while writing /data/1717/part-42.parquet"
STRANGE = "Grafana shows <script>alert(1)</script> in place of the panel"


@pytest.fixture
def asked(knowledge: KnowledgeBase, solved: str) -> list[str]:
    """An answered question that helped, one that nobody judged, one that nobody knows, one that is handed over."""
    assistant = Assistant(knowledge)
    texts = (("Mei", DISK_FULL), ("Ravi", DISK_FULL), ("Mei", STRANGE), ("Ravi", "unheard of: frobnication exceeded"))
    ids = [assistant.ask(Question("default", "slack", user, text)).question_id or "" for user, text in texts]
    assistant.give_feedback("default", ids[0], user="Mei", verdict=Verdict.HELPFUL, comment="thank <b>you</b>")
    with knowledge.store.write() as db:
        escalations.hand_over(db, "default", ids[3], by="Ravi", now=NOW)
    return ids


def listed(client: TestClient, **parameters: str) -> list[str]:
    return re.findall(r'href="/questions/(Q-\d+)"', client.get("/questions", params=parameters).text)


def test_the_list_is_narrowed_by_the_address(signed_in: TestClient, asked: list[str]) -> None:
    helped, no_word, unknown, handed_over = asked
    assert listed(signed_in) == asked[::-1]
    assert listed(signed_in, state="confirmed") == [helped]
    assert listed(signed_in, state="answered") == [no_word]
    assert listed(signed_in, state="unknown") == [handed_over, unknown]
    assert listed(signed_in, state="escalated") == [handed_over]
    assert listed(signed_in, who="Mei") == [unknown, helped]
    assert listed(signed_in, q="GRAFANA panel") == [unknown]
    assert listed(signed_in, q=helped) == [helped]
    assert listed(signed_in, channel="web") == []
    assert listed(signed_in, state="\x00", cursor="nonsense") == asked[::-1]
    page = signed_in.get("/questions").text
    assert "handed over by Ravi" in page
    assert "<script>alert" not in page


def test_the_list_goes_on_behind_its_last_row(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    assistant = Assistant(knowledge)
    for number in range(35):
        assistant.ask(Question("default", "api", "Mei", f"strange thing called {'x' * number}yz"))
    first = signed_in.get("/questions").text
    following = re.search(r'href="(/questions\?[^"]*cursor=[^"]*)"', first)
    assert following is not None
    found = listed(signed_in) + re.findall(r'href="/questions/(Q-\d+)"', signed_in.get(unquote(following[1])).text)
    assert found == [f"Q-{number}" for number in range(35, 0, -1)]


def test_an_engineer_picks_the_right_category_and_takes_it_back(
    signed_in: TestClient, asked: list[str], queue_id: str
) -> None:
    page = f"/questions/{asked[2]}"
    found = signed_in.get(page, params={"find": "queue rejected"}).text
    assert f'value="{queue_id}"' in found
    done = signed_in.post(f"{page}/pick", data={"category": queue_id, "back": "question"})
    assert done.headers["location"].startswith(f"{page}?done=")
    told = signed_in.get(done.headers["location"]).text
    assert f"Questions like this are {queue_id}." in told
    undo = re.search(r'action="(/questions/Q-\d+/undo/\d+)"', told)
    assert undo is not None
    assert signed_in.post(undo[1]).headers["location"] == page
    assert f"Questions like this are {queue_id}." not in signed_in.get(page).text


def test_confirming_leads_back_to_where_it_was_done(signed_in: TestClient, asked: list[str]) -> None:
    here = signed_in.post(f"/questions/{asked[1]}/confirm", data={"back": "question"})
    assert here.headers["location"].startswith(f"/questions/{asked[1]}?done=")
    undone = re.search(r"done=(\d+)", here.headers["location"])
    assert undone is not None
    signed_in.post(f"/questions/{asked[1]}/undo/{undone[1]}")
    there = signed_in.post(f"/questions/{asked[1]}/reject")
    assert there.headers["location"].startswith(f"/ask?question={asked[1]}")


def test_one_is_handed_over_closed_and_opened_again(
    signed_in: TestClient, asked: list[str], knowledge: KnowledgeBase
) -> None:
    page = f"/questions/{asked[2]}"
    signed_in.post(f"{page}/hand-over", data={"back": "question"})
    assert "Lin Wei</strong> handed it over" in signed_in.get(page).text
    assert signed_in.post(f"{page}/close", data={"back": "question"}).headers["location"] == page
    assert listed(signed_in, state="closed") == [asked[2]]
    for _ in range(2):
        assert signed_in.post(f"{page}/reopen").headers["location"] == page
    with knowledge.store.read() as db:
        opened = questions.get(db, "default", asked[2])
    assert (opened.closed_at, opened.escalated_by) == (None, "Lin Wei")
    assert listed(signed_in, state="escalated") == [asked[3], asked[2]]
    assert signed_in.post("/questions/Q-999/reopen").status_code == 404


def test_what_people_said_is_shown_and_harmless(signed_in: TestClient, asked: list[str]) -> None:
    page = signed_in.get(f"/questions/{asked[0]}").text
    assert "thank &lt;b&gt;you&lt;/b&gt;" in page
    assert "<script>alert" not in signed_in.get(f"/questions/{asked[2]}").text
    assert signed_in.get("/questions/Q-999").status_code == 404
