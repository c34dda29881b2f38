"""Teaching by the API and on the page of a question."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from knowledge_base.knowledge import KnowledgeBase
from tests.web.conftest import DISK

ODD = "the nightly thing went sideways again"


def ask(client: TestClient, text: str) -> str:
    return str(client.post("/api/v1/ask", json={"text": text}).json()["question_id"])


def learnt(client: TestClient, **parameters: object) -> list[dict[str, object]]:
    found = client.get("/api/v1/learnt", params={name: str(value) for name, value in parameters.items()}).json()
    items = found["items"]
    assert isinstance(items, list)
    return items


def test_an_answer_is_confirmed_rejected_and_taken_back(signed_in: TestClient, solved: str) -> None:
    question = ask(signed_in, DISK.format(n=7))
    done = signed_in.post(f"/api/v1/questions/{question}/confirm")
    assert done.status_code == 200
    assert done.json()["category"]["id"] == solved
    [known] = learnt(signed_in)
    assert (known["kind"], known["category_id"], known["question_id"]) == ("confirmed", solved, question)
    assert (known["people"], known["actor"], known["audit_id"]) == (0, "Lin Wei", done.json()["audit_id"])
    assert signed_in.post(f"/api/v1/questions/{question}/confirm").status_code == 409
    assert signed_in.post(f"/api/v1/questions/{question}/reject").status_code == 200
    assert [each["kind"] for each in learnt(signed_in, category=solved)] == ["rejected"]
    assert signed_in.post("/api/v1/undo", json={"audit_id": learnt(signed_in)[0]["audit_id"]}).status_code == 200
    assert [each["kind"] for each in learnt(signed_in)] == ["confirmed"]
    assert signed_in.post("/api/v1/undo", json={"audit_id": done.json()["audit_id"]}).status_code == 200
    assert learnt(signed_in) == []


def test_an_unknown_question_is_given_its_category(signed_in: TestClient, solved: str) -> None:
    question = ask(signed_in, ODD)
    assert signed_in.post(f"/api/v1/questions/{question}/confirm").status_code == 400
    done = signed_in.post(f"/api/v1/questions/{question}/pick", json={"category_id": solved})
    assert done.status_code == 200
    assert signed_in.get(f"/api/v1/questions/{question}").json()["category_id"] == solved
    for wrong, status in (({"category_id": "KE-999"}, 404), ({}, 422), ({"category_id": "x" * 41}, 422)):
        assert signed_in.post(f"/api/v1/questions/{question}/pick", json=wrong).status_code == status
    assert signed_in.post("/api/v1/questions/Q-999/pick", json={"category_id": solved}).status_code == 404


def test_the_page_of_a_picked_question_is_sure_and_still_says_that_a_person_was_asked(
    signed_in: TestClient, solved: str
) -> None:
    question = ask(signed_in, ODD)
    assert signed_in.post(f"/api/v1/questions/{question}/escalate").is_success
    assert signed_in.post(f"/api/v1/questions/{question}/pick", json={"category_id": solved}).status_code == 200
    page = signed_in.get("/ask", params={"question": question}).text
    assert 'data-outcome="answered"' in page
    assert re.search(r'class="fill"[^>]* width="520.0"', page)
    assert f"A person was asked to look at {question}" in page
    assert f'action="/questions/{question}/close"' in page


def test_the_askers_word_is_one_persons(signed_in: TestClient, solved: str) -> None:
    question = ask(signed_in, DISK.format(n=7))
    for _ in range(5):
        feedback = {"question_id": question, "verdict": "helpful"}
        assert signed_in.post("/api/v1/feedback", json=feedback).status_code == 204
    assert learnt(signed_in) == []


def test_the_list_has_pages(signed_in: TestClient, solved: str) -> None:
    for text in ("first odd thing", "second odd matter", "third odd story"):
        signed_in.post(f"/api/v1/questions/{ask(signed_in, text)}/pick", json={"category_id": solved})
    first = signed_in.get("/api/v1/learnt", params={"limit": 2})
    assert len(first.json()["items"]) == 2
    assert 'rel="next"' in first.headers["Link"]
    rest = signed_in.get("/api/v1/learnt", params={"limit": 2, "cursor": first.json()["cursor"]}).json()
    assert (len(rest["items"]), rest["cursor"]) == (1, None)
    assert signed_in.get("/api/v1/learnt", params={"cursor": "rubbish"}).status_code == 400
    assert signed_in.get("/api/v1/learnt", params={"category": "KE-999"}).status_code == 404


def test_the_page_teaches_without_a_script(signed_in: TestClient, knowledge: KnowledgeBase, solved: str) -> None:
    question = ask(signed_in, ODD)
    page = signed_in.get("/ask", params={"question": question}).text
    assert "For engineers" in page
    assert f"/questions/{question}/confirm" not in page, "nothing was matched"
    found = signed_in.get("/ask", params={"question": question, "find": "space left"}).text
    assert re.search(
        rf'action="/questions/{question}/pick"><input type="hidden" name="category" value="{solved}"', found
    )
    assert "No category has these words" in signed_in.get("/ask", params={"question": question, "find": "zebra"}).text
    done = signed_in.post(f"/questions/{question}/pick", data={"category": solved})
    assert done.status_code == 303
    shown = signed_in.get(done.headers["location"]).text
    assert f"picked it for questions like {question}" in shown
    assert f"Questions like this are {solved}." in shown
    assert f"/questions/{question}/reject" in shown
    rejected = signed_in.post(f"/questions/{question}/reject")
    assert f"Questions like this are not {solved}." in signed_in.get(rejected.headers["location"]).text
    undone = signed_in.post(f"/undo/{learnt(signed_in)[0]['audit_id']}")
    assert undone.status_code == 303
    assert f"confirmed it for questions like {question}" not in signed_in.get(f"/categories/{solved}").text
    assert f"picked it for questions like {question}" in signed_in.get(f"/categories/{solved}").text


def test_the_page_speaks_chinese(signed_in: TestClient, solved: str) -> None:
    question = ask(signed_in, DISK.format(n=7))
    done = signed_in.post(f"/questions/{question}/confirm")
    shown = signed_in.get(done.headers["location"], headers={"Accept-Language": "zh"}).text
    assert f"确认了与 {question} 相同的提问属于此类别" in shown
    assert f"这样的提问属于 {solved}。" in shown


def test_hostile_words_are_shown_as_text(signed_in: TestClient, solved: str) -> None:
    question = ask(signed_in, "<script>alert(1)</script> went sideways")
    found = signed_in.get("/ask", params={"question": question, "find": '"><script>alert(2)</script>'}).text
    assert "<script>alert" not in found
    assert signed_in.get("/ask", params={"question": question, "done": "999"}).status_code == 404
    assert signed_in.get("/ask", params={"question": question, "done": str(2**70)}).status_code in (400, 422)
