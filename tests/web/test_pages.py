"""The pages, read as a browser gets them: what they show, in both languages, with hostile data too."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from tests.web.conftest import BASE, NOW, records
from web.app import create_app
from web.showing.assets import Assets

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>"><svg/onload=alert(1)> {{ 7*7 }} %(n)s'
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}


def test_the_list_shows_what_there_is(signed_in: TestClient, solved: str, queue_id: str) -> None:
    page = signed_in.get("/").text
    assert f'href="/categories/{solved}"' in page
    assert f'href="/categories/{queue_id}"' in page
    assert "No space left on device" in page
    assert page.count('class="spark"') == 2


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=queue", {"queue"}),
        ("q=no+such+words", set()),
        ("status=answered", {"disk"}),
        ("status=rubbish", {"disk", "queue"}),
        ("service=yarn-rm", {"queue"}),
        ("seen=24h", {"disk", "queue"}),
        ("seen=%00&sort=%00&q=%00&service=%00", {"disk", "queue"}),
        ("sort=first_seen", {"disk", "queue"}),
    ],
)
def test_the_list_is_filtered(signed_in: TestClient, solved: str, queue_id: str, query: str, shown: set[str]) -> None:
    page = signed_in.get(f"/?{query}").text
    found = set(re.findall(r'href="/categories/(KE-\d+)"', page))
    assert found == {{"disk": solved, "queue": queue_id}[each] for each in shown}


def test_what_a_filter_counts_is_what_it_lists(
    signed_in: TestClient, solved: str, queue_id: str, knowledge: KnowledgeBase
) -> None:
    Pipeline(knowledge, "default").keep(records("default", "Lease of block {n} was lost", count=3, service="hdfs"))
    curation.label(knowledge.store, "default", queue_id, "Queue full", actor="Zhou Yan")
    counted = re.findall(
        r"status=(\w+)[^>]*>(?:Unlabelled|No solution|Solved|Ignored) <b>(\d)", signed_in.get("/").text
    )
    assert counted == [("unlabelled", "1"), ("unsolved", "2"), ("answered", "1"), ("ignored", "0")]
    lead = _lead(signed_in.get("/").text)
    assert lead == "3 categories · 1 without a label · 2 without a solution"
    for status, number in counted:
        page = signed_in.get(f"/?status={status}").text
        assert len(set(re.findall(r'href="/categories/(KE-\d+)"', page))) == int(number), status
        assert _lead(page) == ("1 category" if number == "1" else f"{number} categories")


def _lead(page: str) -> str:
    found = re.search(r'id="total">(.*?)</span>\s*</div>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", found.group(1)).split())


def test_nothing_found_offers_two_ways_out(signed_in: TestClient, disk_id: str) -> None:
    page = signed_in.get("/?q=zzz").text
    assert "No category matches" in page
    assert "Clear filters" in page
    assert 'href="/ask?text=zzz"' in page


def test_an_empty_project_says_how_to_begin(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        ensure_project(db, "empty", NOW)
    page = signed_in.get("/?project=empty").text
    assert "kea ingest app.log" in page
    assert 'href="/ask?project=empty"' in page


def test_the_list_goes_on_where_the_page_ends(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    words = [f"{a}{b}" for a in "abcdefg" for b in "vwxyz"]
    for word in words:
        Pipeline(knowledge, "default").keep(records("default", f"failure of module {word * 3}", count=2, service="s"))
    page = signed_in.get("/").text
    following = re.search(r'hx-get="(/\?cursor=[^"]+)"', page)
    assert following
    rest = signed_in.get(following.group(1).replace("&amp;", "&")).text
    first, second = (set(re.findall(r'href="/categories/(KE-\d+)"', each)) for each in (page, rest))
    assert len(first) == 30
    assert not first & second
    assert len(first | second) == 37


def test_a_part_of_the_list_is_given_to_the_script(signed_in: TestClient, disk_id: str) -> None:
    part = signed_in.get("/", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "<html" not in part
    assert disk_id in part


def test_a_category_shows_why_and_how_often(signed_in: TestClient, solved: str) -> None:
    page = signed_in.get(f"/categories/{solved}").text
    assert "The data disk is full" in page
    assert "<strong>old</strong> files" in page
    assert "first template" in page
    assert "Zhou Yan" in page
    assert 'class="chart wide"' in page
    assert "30 lines, most" in page


@pytest.mark.parametrize("name", ["24h", "7d", "14d", "rubbish"])
def test_a_category_in_every_range(signed_in: TestClient, solved: str, name: str) -> None:
    page = signed_in.get(f"/categories/{solved}?range={name}")
    assert page.status_code == 200
    assert 'aria-current="true"' in page.text


def test_every_act_leads_back_with_a_way_to_undo_it(signed_in: TestClient, disk_id: str) -> None:
    forms = [
        (f"/categories/{disk_id}/label", {"label": "Disk full"}, "labelled it “Disk full”"),
        (f"/categories/{disk_id}/ignore", {"ignored": "true"}, "ignored it"),
        (f"/categories/{disk_id}/ignore", {"ignored": "false"}, "stopped ignoring it"),
        (f"/categories/{disk_id}/solution", {"title": "Clean up", "body": "x"}, "published the solution “Clean up”"),
    ]
    for path, form, told in forms:
        answer = signed_in.post(path, data=form)
        assert answer.status_code == 303, (path, answer.text)
        page = signed_in.get(answer.headers["location"]).text
        assert told in page
        assert "data-toast" in page
        undo = re.search(r'action="(/undo/\d+)"', page)
        assert undo
    assert signed_in.post(undo.group(1)).status_code == 303
    assert signed_in.get(f"/categories/{disk_id}").status_code == 200


def test_a_conflict_loses_no_words(signed_in: TestClient, solved: str) -> None:
    form = {"title": "Mine", "cause": "my cause", "body": "my body", "based_on": ""}
    answer = signed_in.post(f"/categories/{solved}/solution", data=form)
    assert answer.status_code == 409
    assert "Changed meanwhile." in answer.text
    assert "my cause" in answer.text
    assert "The data disk is full" in answer.text
    assert 'name="based_on" value="1"' in answer.text
    seen = re.search(r'name="seen" value="(S-\d+)"', answer.text)
    assert seen
    again = signed_in.post(f"/categories/{solved}/solution", data=form | {"based_on": "1", "seen": seen[1]})
    assert again.status_code == 303
    assert "published v2" in signed_in.get(again.headers["location"]).text


def test_words_that_cannot_be_saved_stay_in_the_editor(signed_in: TestClient, disk_id: str) -> None:
    answer = signed_in.post(f"/categories/{disk_id}/solution", data={"title": " ", "body": "my body"})
    assert answer.status_code == 400
    assert "a solution needs a title" in answer.text
    assert "my body" in answer.text


def test_the_preview_is_what_readers_will_see(signed_in: TestClient) -> None:
    form = {"title": "T", "cause": "C", "body": "1. `df -h`\n\n<script>alert(1)</script>"}
    page = signed_in.post("/preview", data=form).text
    assert "<code>df -h</code>" in page
    assert "<script" not in page


def test_asking_shows_the_answer_and_takes_feedback(signed_in: TestClient, solved: str) -> None:
    text = "No space left on device while writing /data/9/part-9.parquet"
    page = signed_in.post("/ask", data={"text": text}).text
    assert 'data-outcome="answered"' in page
    assert "The data disk is full" in page
    assert "The very same line was seen 30 times, last on 2026-11-23" in page
    question = re.search(r'name="question" value="(Q-\d+)"', page)
    assert question
    judged = signed_in.post("/feedback", data={"question": question.group(1), "verdict": "helpful"}).text
    assert "Noted: this solved it." in judged
    assert "Helped 1 of 1" in judged
    assert "1</strong> helpful" in signed_in.get(f"/categories/{solved}").text
    assert signed_in.post("/feedback", data={"question": question.group(1), "verdict": "x"}).status_code == 422


def test_a_question_asked_too_early_shows_the_solution_written_since(signed_in: TestClient, disk_id: str) -> None:
    text = "No space left on device while writing /data/9/part-9.parquet"
    assert 'data-outcome="known_unsolved"' in signed_in.post("/ask", data={"text": text}).text
    signed_in.post(f"/categories/{disk_id}/solution", data={"title": "Clean up", "body": "x"})
    own = re.search(r'href="(/ask\?question=Q-\d+)"', signed_in.get("/ask").text)
    assert own
    later = signed_in.get(own.group(1)).text
    assert 'data-outcome="answered"' in later
    assert "Clean up" in later


def test_what_is_not_known_is_said(signed_in: TestClient, solved: str) -> None:
    page = signed_in.post("/ask", data={"text": "qqqq wwww eeee"}).text
    assert 'data-outcome="unknown"' in page
    assert "Not known yet" in page
    assert re.search(r"kept as <strong>Q-\d+", page)
    assert "This solved it" not in page


@pytest.mark.parametrize("text", ["", "   ", "x" * 100_001])
def test_a_question_that_is_none_is_refused_and_stays(signed_in: TestClient, text: str) -> None:
    answer = signed_in.post("/ask", data={"text": text})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_chinese(signed_in: TestClient, solved: str) -> None:
    for path in ("/", f"/categories/{solved}", "/ask"):
        page = signed_in.get(path, headers=CHINESE).text
        assert '<html lang="zh-CN"' in page
        assert "类别" in page
    assert "首次出现" in signed_in.get("/", headers=CHINESE).text
    assert "类别" not in signed_in.get("/").text


def test_the_language_is_kept_and_leads_back(signed_in: TestClient) -> None:
    answer = signed_in.post("/preferences", data={"language": "zh", "next": "/ask?project=default"})
    assert answer.headers["location"] == "/ask?project=default"
    assert "提问" in signed_in.get("/ask").text
    away = signed_in.post("/preferences", data={"language": "rubbish", "next": "//evil.example"})
    assert away.headers["location"] == "/"
    assert "set-cookie" not in away.headers


def test_times_are_in_the_readers_zone(signed_in: TestClient, solved: str) -> None:
    signed_in.cookies.set("kea_zone", "Asia%2FShanghai")
    there = signed_in.get(f"/categories/{solved}").text
    signed_in.cookies.set("kea_zone", "../../etc/passwd")
    fallback = signed_in.get(f"/categories/{solved}").text
    assert '<time datetime="2026-11-23T12:00:00+00:00" title="Nov 23, 2026, 8:00:00' in there
    assert '<time datetime="2026-11-23T12:00:00+00:00" title="Nov 23, 2026, 12:00:00' in fallback


def test_hostile_text_is_only_text(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    line = records("default", "plain", count=1, service=HOSTILE)[0]
    kept = Pipeline(knowledge, "default").keep([replace(line, text=f"hostile failure {HOSTILE}")])[0]
    category = kept.category_id
    curation.label(knowledge.store, "default", category, HOSTILE, actor=HOSTILE)
    text = SolutionText(HOSTILE, HOSTILE, f"{HOSTILE}\n\n[a](javascript:alert(1)) ![b](https://evil.example/x.png)")
    curation.attach(knowledge.store, "default", category, text, actor=HOSTILE)
    signed_in.post("/ask", data={"text": f"hostile failure {HOSTILE}"})
    pages = [
        signed_in.get("/"),
        signed_in.get(f"/categories/{category}"),
        signed_in.get("/ask"),
        signed_in.post("/ask", data={"text": f"hostile failure {HOSTILE}"}),
        signed_in.get("/", params={"q": HOSTILE, "service": HOSTILE}),
        signed_in.get("/ask", params={"text": HOSTILE}),
        signed_in.get(f"/categories/{HOSTILE[:60]}"),
    ]
    for page in pages:
        assert page.status_code < 500
        assert "<script>" not in page.text
        assert "<img" not in page.text
        assert "<svg/onload" not in page.text
        assert 'href="javascript' not in page.text
        assert "49 %(n)s" not in page.text
    assert "&lt;script&gt;alert" in pages[1].text


def test_the_projects_are_offered_where_there_are_several(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    assert 'aria-label="Project default, switch"' not in signed_in.get("/").text
    with knowledge.store.write() as db:
        ensure_project(db, "team-b", NOW)
    page = signed_in.get("/").text
    assert 'aria-label="Project default, switch"' in page
    assert 'href="/?project=team-b"' in page
    assert signed_in.get("/?project=no-such").status_code == 404


def test_pages_that_are_not_built_say_how(signed_in: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = signed_in.app.state.parts  # type: ignore[attr-defined]
    monkeypatch.setattr(parts.renderer, "assets", Assets())
    page = signed_in.get("/").text
    assert "make pages" in page
    assert "<script" not in page


def test_an_application_without_built_pages_still_answers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.app.read_assets", Assets)
    knowledge = KnowledgeBase(settings, embedder=HashingEmbedder())
    with TestClient(create_app(settings, knowledge=knowledge), base_url=BASE) as client:
        assert client.get("/sign-in").status_code == 200
        assert client.get("/static/dist/app.js").status_code == 404
