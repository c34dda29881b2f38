"""Several errors in one text, asked by the API and on the page; what was taken for the error is shown."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

FULL = "No space left on device while writing /data/9/part-9.parquet"
STRANGER = "java.net.UnknownHostException: kettle.example"
BOTH = f"hello, since today:\n\n{FULL}\n\nand then\n\n{STRANGER}\n\nany idea?"


def test_the_api_answers_each_error(signed_in: TestClient, solved: str) -> None:
    answer = signed_in.post("/api/v1/ask", json={"text": BOTH}).json()
    assert (answer["recognised"], answer["outcome"], answer["category"]["id"]) == (FULL, "answered", solved)
    [other] = answer["further"]
    assert (other["recognised"], other["outcome"], other["further"]) == (STRANGER, "unknown", [])
    assert answer["question_id"] != other["question_id"]
    assert signed_in.get(f"/api/v1/questions/{other['question_id']}").json()["text"] == STRANGER


def test_the_api_names_the_error_within_other_words(signed_in: TestClient, solved: str) -> None:
    answer = signed_in.post("/api/v1/ask", json={"text": f"hello, why is this?\n\n{FULL}"}).json()
    assert (answer["recognised"], answer["further"], answer["left_out"]) == (FULL, [], 0)
    assert signed_in.post("/api/v1/ask", json={"text": FULL}).json()["recognised"] == ""


def test_the_page_shows_an_answer_to_each_error(signed_in: TestClient, solved: str) -> None:
    page = signed_in.post("/ask", data={"text": BOTH}).text
    assert re.findall(r'data-outcome="(\w+)"', page) == ["answered", "unknown"]
    assert page.count("Taken for the error") == 2
    first, other = re.findall(r'id="(?:feedback|hand-over)-(Q-\d+)"', page)
    assert f"This is about the first error, <strong>{first}</strong>." in page
    assert f'href="/ask?question={other}#teaching"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "an id stands twice on the page"


def test_an_error_is_shown_letter_by_letter(signed_in: TestClient) -> None:
    page = signed_in.post("/ask", data={"text": "why?\n\njava.io.IOException: <script>alert(1)</script> failed"}).text
    assert "&lt;script&gt;" in page
    assert "<script>alert(1)" not in page
