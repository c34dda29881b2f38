"""The list of solutions, the page of one, its editor: written, reviewed, published, compared, never lost."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from assistant.answering import Assistant
from assistant.composing import Composer
from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.solving import solution_health, solution_reviews
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Question, Verdict
from tests.web.conftest import BASE, NOW
from tests.web.roles import link_cookie
from web.identity.session import COOKIE

API = "/api/v1"
FORM = {
    "title": "The data disk is full",
    "cause": "Old shuffle files stay for 30 days.",
    "body": "1. Run `df -h`\n2. Delete **old** files",
    "language": "en",
    "other_title": "数据盘已满",
    "other_cause": "旧的 shuffle 文件没有清理。",
    "other_body": "1. 执行 `df -h`\n2. 删除旧文件",
    "service": "spark-etl",
    "service_version": "≥ 3.2",
    "link_url": "https://wiki.example.com/disk",
    "link_title": "Runbook",
}
PASTED = {"text": "No space left on device while writing /data/77/part-9.parquet"}


@pytest.fixture
def other(signed_in: TestClient) -> TestClient:
    """A second browser, of Zhou Yan."""
    client = TestClient(signed_in.app, base_url=BASE, follow_redirects=False)
    client.cookies.set(COOKIE, link_cookie(signed_in.app, "Zhou Yan"))  # type: ignore[arg-type]
    return client


@pytest.fixture
def published(signed_in: TestClient, disk_id: str) -> str:
    """A published solution of the full disk with everything that one can have."""
    done = signed_in.post("/solutions/new/save", data={**FORM, "category": disk_id, "act": "publish"})
    assert done.status_code == 303, done.text
    return str(re.search(r"S-\d+", done.headers["location"])[0])  # type: ignore[index]


def save(client: TestClient, solution: str, act: str, *, based_on: int, **changed: str) -> int:
    done = client.post(f"/solutions/{solution}/save", data={**FORM, **changed, "act": act, "based_on": based_on})
    return done.status_code


def test_the_list_is_empty_at_first_and_says_what_to_do(signed_in: TestClient) -> None:
    assert "No solutions yet" in signed_in.get("/solutions").text
    assert "No solution matches" in signed_in.get("/solutions?state=draft&q=nothing").text


def test_a_solution_is_written_with_all_its_parts_and_read(signed_in: TestClient, published: str) -> None:
    page = signed_in.get(f"/solutions/{published}").text
    for text in ("spark-etl ≥ 3.2", "https://wiki.example.com/disk", "数据盘已满", "<code>df -h</code>", "published"):
        assert text in page
    row = signed_in.get("/solutions", params={"service": "spark-etl", "state": "published"}).text
    assert "The data disk is full" in row
    assert "The data disk is full" not in signed_in.get("/solutions", params={"service": "yarn"}).text
    assert "No solution matches" in signed_in.get("/solutions", params={"state": "draft"}).text
    assert "The data disk is full" in signed_in.get("/solutions", params={"q": "SHUFFLE files"}).text


def test_the_preview_is_markdown_that_cannot_harm(signed_in: TestClient) -> None:
    body = "**bold** <script>alert(1)</script> [x](javascript:alert(1)) ![y](https://foreign.example/y.png)"
    shown = signed_in.post("/solutions/preview", data={**FORM, "body": body}).text
    assert "<strong>bold</strong>" in shown
    assert not re.search(r"<script|<img|href=\"javascript", shown)
    assert "数据盘已满" in signed_in.post("/solutions/preview?of=other", data=FORM).text


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"title": " "}, "a solution needs a title"),
        ({"link_url": "javascript:alert(1)"}, "is no address"),
        ({"service": ""}, "name the service"),
        ({"other_title": ""}, "the variant in 'zh' needs a title"),
        ({"cause": "x" * 10_001}, "10000 are allowed"),
    ],
)
def test_what_cannot_be_saved_stays_in_the_editor(
    signed_in: TestClient, published: str, changed: dict[str, str], reason: str
) -> None:
    form = {**FORM, "body": "precious words", **changed, "act": "publish", "based_on": 1}
    refused = signed_in.post(f"/solutions/{published}/save", data=form)
    assert refused.status_code == 400
    assert reason in html.unescape(refused.text)
    assert "precious words" in refused.text
    assert signed_in.get(f"{API}/solutions/{published}").json()["version"] == 1


def test_two_people_at_once_lose_nothing(signed_in: TestClient, other: TestClient, published: str) -> None:
    assert save(other, published, "publish", based_on=1, cause="Old shuffle files stay for 60 days.") == 303
    form = {**FORM, "cause": "Old shuffle files stay for 90 days.", "act": "publish", "based_on": 1}
    refused = signed_in.post(f"/solutions/{published}/save", data=form)
    assert refused.status_code == 409
    assert "Changed meanwhile." in refused.text
    assert "<del>60</del>" in refused.text
    assert "<ins>90</ins>" in refused.text
    assert 'name="based_on" value="2"' in refused.text
    assert save(signed_in, published, "publish", based_on=2, cause="Old shuffle files stay for 90 days.") == 303
    versions = signed_in.get(f"{API}/solutions/{published}/versions").json()
    assert [(each["version"], each["author"]) for each in versions] == [
        (3, "Lin Wei"),
        (2, "Zhou Yan"),
        (1, "Lin Wei"),
    ]


def test_unsaved_text_survives_and_tells_of_what_others_saved(
    signed_in: TestClient, other: TestClient, published: str
) -> None:
    kept = signed_in.post(f"/solutions/{published}/autosave", data={**FORM, "title": "Half a", "based_on": 1})
    assert "Kept for you" in kept.text
    assert "Half a" not in other.get(f"/solutions/{published}/edit").text
    assert 'value="Half a"' in signed_in.get(f"/solutions/{published}/edit").text
    assert save(other, published, "publish", based_on=1, title="Theirs") == 303
    told = signed_in.post(f"/solutions/{published}/autosave", data={**FORM, "title": "Half a", "based_on": 1})
    assert "Zhou Yan saved v2" in told.text
    editor = signed_in.get(f"/solutions/{published}/edit").text
    assert "Changed meanwhile." in editor
    assert 'value="Half a"' in editor
    assert signed_in.post(f"/solutions/{published}/autosave/discard").status_code == 303
    assert 'value="Theirs"' in signed_in.get(f"/solutions/{published}/edit").text


def test_new_ones_are_kept_by_the_category_that_they_were_begun_for(
    signed_in: TestClient, disk_id: str, queue_id: str
) -> None:
    opened = {each: f"/solutions/new?category={each}" for each in (disk_id, queue_id)}
    for category, address in opened.items():
        assert f'name="about" value="{category}"' in signed_in.get(address).text
        words = {"title": f"Of {category}", "category": category, "about": category}
        assert "Kept for you" in signed_in.post("/solutions/new/autosave", data=words).text
    signed_in.post("/solutions/new/autosave", data={"title": "Of nothing yet", "category": "KE-77"})
    for category, address in opened.items():
        shown = signed_in.get(address).text
        assert f'value="Of {category}"' in shown
        assert f'name="category" value="{category}"' in shown
    assert 'value="Of nothing yet"' in signed_in.get("/solutions/new").text
    # Thrown away or saved it is gone, and the others stay.
    gone = signed_in.post("/solutions/new/autosave/discard", data={"about": queue_id})
    assert gone.headers["location"] == opened[queue_id]
    assert f"Of {queue_id}" not in signed_in.get(opened[queue_id]).text
    saved = {**FORM, "category": disk_id, "about": disk_id, "act": "draft"}
    assert signed_in.post("/solutions/new/save", data=saved).status_code == 303
    assert f"Of {disk_id}" not in signed_in.get(opened[disk_id]).text
    assert 'value="Of nothing yet"' in signed_in.get("/solutions/new").text


def test_a_change_is_reviewed_before_people_get_it(signed_in: TestClient, other: TestClient, published: str) -> None:
    assert save(signed_in, published, "review", based_on=1, title="Better") == 303
    assert signed_in.post(f"{API}/ask", json=PASTED).json()["solution"]["title"] == FORM["title"]
    page = other.get(f"/solutions/{published}").text
    assert "Waits for review" in page
    assert "<ins>Better</ins>" in page
    assert "The data disk is full" in other.get("/solutions?state=review").text
    done = other.post(f"/solutions/{published}/publish")
    assert done.status_code == 303
    assert signed_in.post(f"{API}/ask", json=PASTED).json()["solution"]["title"] == "Better"
    assert signed_in.get(f"{API}/solutions/{published}").json()["author"] == "Lin Wei"
    undo = re.search(r"/solutions/S-\d+/undo/\d+", other.get(done.headers["location"]).text)
    assert undo
    assert other.post(undo[0]).status_code == 303
    assert signed_in.post(f"{API}/ask", json=PASTED).json()["solution"]["title"] == FORM["title"]


def test_what_is_sent_back_is_found_in_the_writers_editor(
    signed_in: TestClient, other: TestClient, published: str
) -> None:
    save(signed_in, published, "review", based_on=1, title="Not good")
    assert other.post(f"/solutions/{published}/send-back").status_code == 303
    assert other.post(f"/solutions/{published}/publish").status_code == 409
    assert 'value="Not good"' in signed_in.get(f"/solutions/{published}/edit").text


@pytest.mark.parametrize("act", ["publish", "review", "unpublish"])
def test_a_text_that_waits_is_not_lost_by_what_others_do(
    signed_in: TestClient, other: TestClient, published: str, act: str
) -> None:
    save(signed_in, published, "review", based_on=1, title="Of Lin Wei")
    if act == "unpublish":
        done = other.post(f"/solutions/{published}/unpublish")
    else:
        assert save(other, published, act, based_on=1, title="Of Zhou Yan") == 303
    assert 'value="Of Lin Wei"' in signed_in.get(f"/solutions/{published}/edit").text
    if act == "unpublish":
        undo = re.search(r"/solutions/S-\d+/undo/\d+", other.get(done.headers["location"]).text)
        assert undo
        assert other.post(undo[0]).status_code == 303
        page = signed_in.get(f"/solutions/{published}").text
        assert "Waits for review" in page
        assert "Of Lin Wei" in re.sub(r"</?(ins|del)>", "", page)
        assert "You have unsaved text" not in page, "it waits again"


def published_by_hand(client: TestClient, page: str) -> tuple[int, str]:
    """Press "Publish" on a page that was read before."""
    form = re.search(r'<form method="post" action="([^"]*/publish)">(.*?)</form>', page, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    done = client.post(form[1], data=fields)
    return done.status_code, done.text


def test_a_text_that_nobody_looked_at_is_not_published(
    signed_in: TestClient, other: TestClient, knowledge: KnowledgeBase, published: str, disk_id: str
) -> None:
    save(signed_in, published, "review", based_on=1, title="Harmless")
    read = other.get(f"/solutions/{published}").text
    number = number_of(Prefix.SOLUTION, published)
    with knowledge.store.write() as db:
        harmful = SolutionText("Harmful", "", "rm -rf /")
        later = NOW + timedelta(microseconds=1)
        solution_reviews.ask(db, "default", number, harmful, based_on=1, author="Lin Wei", now=later)
    status, text = published_by_hand(other, read)
    assert (status, "Changed meanwhile." in text) == (409, True)
    assert signed_in.get(f"{API}/solutions/{published}").json()["title"] == FORM["title"]
    assert published_by_hand(other, text)[0] == 303
    assert signed_in.get(f"{API}/solutions/{published}").json()["title"] == "Harmful"
    other.post(f"/solutions/{published}/unpublish")
    read = other.get(f"/solutions/{published}").text
    assert save(signed_in, published, "draft", based_on=2, title="Another") == 303
    status, text = published_by_hand(other, read)
    assert (status, "Changed meanwhile." in text) == (409, True)
    assert published_by_hand(other, text)[0] == 303


def test_a_draft_of_tickets_is_listed_reviewed_and_published(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str
) -> None:
    text = SolutionText("Empty the disk", "", "1. Delete")
    draft = curation.draft(knowledge.store, "default", disk_id, text, actor="ticket import").solution
    assert draft is not None
    assert "ticket import" in signed_in.get("/solutions?state=draft").text
    form = {**FORM, "other_title": "", "other_cause": "", "other_body": ""}
    assert (
        signed_in.post(f"/solutions/{draft.id}/save", data={**form, "act": "draft", "based_on": 1}).status_code == 303
    )
    assert signed_in.post(f"{API}/ask", json=PASTED).json()["outcome"] == "known_unsolved"
    assert signed_in.post(f"/solutions/{draft.id}/publish").status_code == 303
    assert signed_in.post(f"{API}/ask", json=PASTED).json()["solution"]["title"] == FORM["title"]
    assert signed_in.post(f"/solutions/{draft.id}/unpublish").status_code == 303
    assert "Draft, not sent to anybody" in signed_in.get(f"/solutions/{draft.id}").text


def test_one_solution_answers_several_categories(signed_in: TestClient, published: str, queue_id: str) -> None:
    found = signed_in.get(f"/solutions/{published}/categories", params={"q": "queue rejected"}).text
    assert queue_id in found
    given = signed_in.post(f"/solutions/{published}/categories", data={"category": queue_id})
    assert given.status_code == 303
    assert queue_id in signed_in.get(f"{API}/solutions/{published}").json()["category_ids"]
    assert signed_in.post(f"/solutions/{published}/categories/{queue_id}/detach").status_code == 303
    assert queue_id not in signed_in.get(f"{API}/solutions/{published}").json()["category_ids"]
    assert signed_in.post(f"/solutions/{published}/categories/{queue_id}/detach").status_code == 404


def test_versions_are_compared_in_both_views(signed_in: TestClient, published: str) -> None:
    save(signed_in, published, "publish", based_on=1, cause="Old shuffle files stay for 60 days.")
    side = signed_in.get(f"/solutions/{published}?from=1&to=2").text
    assert "stay for <del>30</del> days." in side
    assert "stay for <ins>60</ins> days." in side
    assert 'class="compare inline"' in signed_in.get(f"/solutions/{published}?from=1&to=2&view=inline").text
    for odd in ("from=9&to=2", "from=x&to=99999999999", "to=review", "from=2&to=2&view=%00"):
        assert signed_in.get(f"/solutions/{published}?{odd}").status_code == 200


def test_an_edit_elsewhere_keeps_variants_and_links(signed_in: TestClient, published: str) -> None:
    words = {"title": "Short", "cause": "", "body": "do", "based_on": 1}
    assert signed_in.put(f"{API}/solutions/{published}", json=words).status_code == 200
    page = signed_in.get(f"/solutions/{published}").text
    assert "数据盘已满" in page
    assert "spark-etl ≥ 3.2" in page


def test_whoever_asks_gets_it_in_their_language(
    signed_in: TestClient, knowledge: KnowledgeBase, published: str
) -> None:
    answer = Assistant(knowledge).ask(Question("default", "api", "ana", PASTED["text"]))
    composer = Composer("")
    assert "数据盘已满" in composer.answer("default", answer, "zh").headline
    assert "旧的 shuffle 文件没有清理。" in composer.answer("default", answer, "zh").body
    assert "The data disk is full" in composer.answer("default", answer, "en").headline
    assert answer.category is not None
    assert answer.solution is not None
    later = composer.later("default", answer.category, answer.solution, "Q-1", "zh")
    assert "删除旧文件" in later.body
    card = signed_in.post("/ask", data=PASTED, headers={"Accept-Language": "zh"}, follow_redirects=True).text
    assert "数据盘已满" in card


def test_whoever_asks_sees_where_it_applies_and_where_more_is_written(signed_in: TestClient, published: str) -> None:
    assert published
    answer = signed_in.post("/ask", data=PASTED).text.partition('id="answer"')[2]
    assert "spark-etl ≥ 3.2" in answer
    assert 'href="https://wiki.example.com/disk" rel="noopener noreferrer nofollow" target="_blank">Runbook<' in answer


def test_the_page_of_its_category_shows_them_too(signed_in: TestClient, disk_id: str, published: str) -> None:
    link = 'href="https://wiki.example.com/disk" rel="noopener noreferrer nofollow" target="_blank">Runbook<'
    page = signed_in.get(f"/categories/{disk_id}").text
    assert link in page
    assert "spark-etl ≥ 3.2" in page
    assert signed_in.post(f"{API}/solutions/{published}/unpublish").status_code == 200
    draft = signed_in.get(f"/categories/{disk_id}").text
    assert "Draft, not sent to anybody" in draft
    assert link in draft


def test_programs_read_and_write_all_parts(signed_in: TestClient, disk_id: str, published: str) -> None:
    solution = signed_in.get(f"{API}/solutions/{published}").json()
    assert solution["details"]["applies"] == [{"service": "spark-etl", "version": "≥ 3.2"}]
    words = {"title": "Short", "based_on": 1, "details": {"links": [{"url": "https://a.example/x"}]}}
    revised = signed_in.put(f"{API}/solutions/{published}", json=words).json()
    assert revised["details"] == {
        "language": "",
        "applies": [],
        "links": [{"url": "https://a.example/x", "title": ""}],
        "variants": [],
    }
    harmful = {**words, "based_on": 2, "details": {"links": [{"url": "javascript:alert(1)"}]}}
    assert signed_in.put(f"{API}/solutions/{published}", json=harmful).status_code == 400
    health = signed_in.get(f"{API}/solutions/{published}/health").json()
    assert (health["mark"], health["change"]) == ("none", None)
    assert signed_in.post(f"{API}/solutions/{published}/unpublish").status_code == 200
    assert signed_in.get(f"{API}/solutions/{published}/health").status_code == 409


def test_the_list_follows_what_people_say(signed_in: TestClient, knowledge: KnowledgeBase, published: str) -> None:
    assistant = Assistant(knowledge)
    people = ("ana", "bo", "cy")
    asked = [assistant.ask(Question("default", "api", user, PASTED["text"])).question_id for user in people]
    for user, question in zip(people, asked, strict=True):
        assistant.give_feedback("default", question or "", user=user, verdict=Verdict.NOT_HELPFUL)
    with knowledge.store.write() as db:
        number = number_of(Prefix.SOLUTION, published)
        solution_health.keep(db, "default", solution_health.measure(db, "default", [number], NOW), NOW)
    page = signed_in.get("/solutions?health=failing").text
    assert "does not help" in page
    assert "The data disk is full" in page
    assert "3 of 3 were not helped" in re.sub(r"</?strong>", "", signed_in.get(f"/solutions/{published}").text)
