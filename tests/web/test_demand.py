"""The demand queue, and questions that are handed over to a person, over the API and on the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.messages import outbox
from tests.web.conftest import BASE, DISK
from tests.web.roles import link_cookie
from web.app import create_app
from web.identity.session import COOKIE
from web.running.demand_loop import DemandLoop

API = "/api/v1"
STRANGE = "the tea kettle in the kitchen whistles a tune"


def ask(client: TestClient, text: str, *, token: str = "") -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return str(client.post(f"{API}/ask", json={"text": text}, headers=headers).json()["question_id"])


@pytest.fixture
def strange(signed_in: TestClient, knowledge: KnowledgeBase) -> str:
    """An unknown question that was asked twice; the queue has followed."""
    ask(signed_in, STRANGE)
    newest = ask(signed_in, STRANGE)
    DemandKeeper(knowledge.store).settle("default")
    return newest


def queue(client: TestClient, **parameters: object) -> list[str]:
    answer = client.get(f"{API}/demand", params=parameters)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


def test_what_is_wanted_is_listed_with_what_that_is_made_of(
    signed_in: TestClient, knowledge: KnowledgeBase, strange: str, disk_id: str, queue_id: str
) -> None:
    ask(signed_in, DISK.format(n=7))
    DemandKeeper(knowledge.store).settle("default")
    items = {each["id"]: each for each in signed_in.get(f"{API}/demand").json()["items"]}
    assert set(items) == {disk_id, queue_id, strange}
    disk, group = items[disk_id], items[strange]
    assert (disk["kind"], disk["people"], disk["seen"], disk["services"]) == ("category", 1, 30, ["spark-etl"])
    assert disk["score"] == pytest.approx(2 * 5 * disk["growth"], abs=0.01)
    assert (group["kind"], group["people"], group["seen"], group["text"]) == ("question", 1, 2, STRANGE)
    assert group["label"] is None


def test_the_queue_is_paged_and_narrowed(signed_in: TestClient, strange: str, disk_id: str, queue_id: str) -> None:
    first = signed_in.get(f"{API}/demand", params={"limit": 2})
    rest = signed_in.get(f"{API}/demand", params={"limit": 2, "cursor": first.json()["cursor"]}).json()
    met = [each["id"] for each in (*first.json()["items"], *rest["items"])]
    assert sorted(met) == sorted([disk_id, queue_id, strange])
    assert rest["cursor"] is None
    assert 'rel="next"' in first.headers["link"]
    assert queue(signed_in, kind="question") == [strange]
    assert queue(signed_in, kind=["category"], service="yarn-rm") == [queue_id]
    assert queue(signed_in, asked=24) == [strange]
    for wrong, status in (({"cursor": "KE-1"}, 400), ({"kind": "x"}, 422), ({"asked": 0}, 422), ({"limit": 0}, 422)):
        assert signed_in.get(f"{API}/demand", params=wrong).status_code == status, wrong


def test_a_solved_category_is_not_wanted(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    DemandKeeper(knowledge.store).settle("default")
    assert queue(signed_in) == [queue_id]


def test_a_question_is_handed_over_once_and_closed(signed_in: TestClient, strange: str) -> None:
    first = signed_in.post(f"{API}/questions/{strange}/escalate").json()
    assert first == signed_in.post(f"{API}/questions/{strange}/escalate").json()
    assert (first["escalated_by"], first["closed_at"]) == ("Lin Wei", None)
    assert signed_in.get(f"{API}/demand", params={"kind": "question"}).json()["items"][0]["handed_over"] == 1
    closed = signed_in.post(f"{API}/questions/{strange}/close").json()
    assert closed["closed_at"] is not None
    assert closed == signed_in.post(f"{API}/questions/{strange}/close").json()
    for act in ("escalate", "close"):
        assert signed_in.post(f"{API}/questions/Q-99/{act}").status_code == 404
        assert signed_in.post(f"{API}/questions/nonsense/{act}").status_code == 404


def test_engineers_list_everybodys_questions_by_state(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    from web.identity.signin import make_token

    token = make_token(knowledge.store, "default", "robot")
    theirs = ask(signed_in, STRANGE, token=token)
    known = ask(signed_in, DISK.format(n=7))

    def listed(**parameters: str) -> list[str]:
        return [each["id"] for each in signed_in.get(f"{API}/questions", params=parameters).json()["items"]]

    assert listed() == [known]
    assert listed(scope="all") == [known, theirs]
    assert listed(scope="all", limit="1") == [known]
    assert listed(scope="all", state="unknown") == [theirs]
    assert listed(scope="all", state="known_unsolved") == [known]
    assert listed(scope="all", state="escalated") == []
    assert listed(state="unknown") == []
    signed_in.post(f"{API}/questions/{theirs}/escalate")
    assert listed(scope="all", state="escalated") == [theirs]
    assert signed_in.get(f"{API}/questions", params={"state": "x"}).status_code == 422


def test_an_unknown_answer_tells_who_else_asked(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    from web.identity.signin import make_token

    ask(signed_in, STRANGE, token=make_token(knowledge.store, "default", "robot"))
    answer = signed_in.post(f"{API}/ask", json={"text": STRANGE}).json()
    assert (answer["outcome"], answer["asked_by_others"], answer["nearest"]) == ("unknown", 1, None)
    page = signed_in.post("/ask", data={"text": STRANGE}).text
    assert "<strong>1</strong> other person asked the same in the last 7 days." in page
    assert "Hand over to a person" in page


def test_the_page_hands_over_and_closes(signed_in: TestClient, strange: str) -> None:
    done = signed_in.post(f"/questions/{strange}/hand-over")
    assert (done.status_code, done.headers["location"]) == (303, f"/ask?question={strange}")
    page = signed_in.get(done.headers["location"]).text
    assert f"A person was asked to look at {strange}" in page
    assert "Hand over to a person" not in page
    assert signed_in.post(f"/questions/{strange}/close").status_code == 303
    assert "Hand over to a person" in signed_in.get(f"/ask?question={strange}").text
    assert signed_in.post("/questions/Q-99/hand-over").status_code == 404


def test_an_answer_that_did_not_help_offers_a_person(signed_in: TestClient, solved: str) -> None:
    page = signed_in.post("/ask", data={"text": DISK.format(n=7)}).text
    assert "Hand over to a person" not in page
    page = signed_in.post("/feedback", data={"question": "Q-1", "verdict": "not_helpful"}).text
    assert "Hand over to a person" in page


@pytest.fixture
def telling(settings: Settings, knowledge: KnowledgeBase) -> Iterator[TestClient]:
    """A browser of a server that tells engineers in Slack of questions for a person."""
    known = Settings(home=settings.home, handover_target="slack:C0GENERAL")
    knowledge.settings = known
    app = create_app(known, clock=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC), knowledge=knowledge)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        client.cookies.set(COOKIE, link_cookie(app))
        yield client


def test_engineers_are_told_of_what_the_page_hands_over(telling: TestClient, knowledge: KnowledgeBase) -> None:
    question = ask(telling, STRANGE)
    for _ in range(2):
        telling.post(f"{API}/questions/{question}/escalate")
    with knowledge.store.read() as db:
        [delivery] = outbox.list_deliveries(db, "default")
    assert (delivery.kind, delivery.channel, delivery.payload["headline"]) == (
        "handover",
        "slack",
        f"A person is wanted: {question}",
    )


def test_the_loop_follows_each_project_and_survives_what_fails_in_one(
    knowledge: KnowledgeBase, signed_in: TestClient
) -> None:
    signed_in.post(f"{API}/projects", json={"name": "aaa"})
    with knowledge.store.write() as db:
        db.exec_driver_sql("INSERT OR REPLACE INTO demand_state VALUES ('aaa', 0, 1, 'category', 'no number', NULL)")
    ask(signed_in, STRANGE)
    loop = DemandLoop(knowledge.store)
    for _ in range(20):
        with pytest.raises(Exception, match="no number"):
            loop.step()
    assert len(queue(signed_in)) == 3
