"""Deliveries and channels over the API, and the doors of platforms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from tests.assistant.dingtalk.driver import signed_headers
from tests.web.conftest import BASE, NOW
from tests.web.roles import link_cookie
from web.app import create_app
from web.identity.session import COOKIE


@pytest.fixture
def queued(knowledge: KnowledgeBase) -> None:
    """Five deliveries: D-1 dead, D-2 uncertain, the others waiting."""
    with knowledge.store.write() as db:
        for number in range(5):
            address = {"webhook": "https://oapi.example/secret-session"}
            new = NewDelivery(f"k{number}", "elsewhere", "reply", "lane", address, {"headline": f"Error {number}"})
            outbox.queue(db, "default", new, NOW)
        oldest = outbox.list_deliveries(db, "default")[::-1]
        outbox.move(db, oldest[0], outbox.DEAD, error="refused")
        outbox.move(db, oldest[1], outbox.UNCERTAIN, error="no answer")


@pytest.mark.usefixtures("queued")
def test_deliveries_are_listed_in_pages_and_by_state(signed_in: TestClient) -> None:
    first = signed_in.get("/api/v1/deliveries", params={"limit": 3}).json()
    rest = signed_in.get("/api/v1/deliveries", params={"limit": 3, "cursor": first["cursor"]}).json()
    assert [each["id"] for each in (*first["items"], *rest["items"])] == ["D-5", "D-4", "D-3", "D-2", "D-1"]
    assert rest["cursor"] is None
    found = signed_in.get("/api/v1/deliveries", params={"state": ["dead", "uncertain"]})
    assert [(each["id"], each["error"]) for each in found.json()["items"]] == [("D-2", "no answer"), ("D-1", "refused")]
    assert "secret-session" not in found.text
    assert signed_in.get("/api/v1/deliveries", params={"cursor": "KE-1"}).status_code == 400


@pytest.mark.usefixtures("queued")
def test_a_delivery_is_sent_again_or_dismissed_once(signed_in: TestClient) -> None:
    assert signed_in.post("/api/v1/deliveries/D-1/resend").json()["state"] == "waiting"
    assert signed_in.post("/api/v1/deliveries/D-2/dismiss").json()["state"] == "dismissed"
    assert signed_in.post("/api/v1/deliveries/D-1/resend").status_code == 409
    assert signed_in.post("/api/v1/deliveries/D-3/dismiss").status_code == 409
    assert signed_in.get("/api/v1/deliveries/D-99").status_code == 404


@pytest.fixture
def with_dingtalk(settings: Settings, knowledge: KnowledgeBase) -> Iterator[TestClient]:
    """A browser, signed in, of a server that DingTalk is set up for."""
    known = {"dingtalk_client_id": "ding", "dingtalk_client_secret": "app-secret", "dingtalk_stream": False}
    configured = Settings(home=settings.home, **known)  # type: ignore[arg-type]
    app = create_app(configured, knowledge=knowledge, runs_background=False)  # nobody writes to DingTalk
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        client.cookies.set(COOKIE, link_cookie(app))
        yield client


def test_channels_are_listed_by_project(with_dingtalk: TestClient) -> None:
    assert with_dingtalk.get("/api/v1/channels").json() == [
        {"name": "dingtalk", "webhook": "/hooks/dingtalk", "connected": None}
    ]


def test_a_platform_comes_in_by_its_signature_alone(with_dingtalk: TestClient) -> None:
    with_dingtalk.cookies.clear()
    body = {"msgtype": "text", "text": {"content": "disk full"}, "msgId": "m1", "conversationId": "c1"}
    body |= {"senderId": "s1", "conversationType": "1", "chatbotUserId": "bot", "chatbotCorpId": "corp"}
    assert with_dingtalk.post("/hooks/dingtalk", json=body).status_code == 403
    headers = signed_headers(datetime.now(UTC), "app-secret")
    assert with_dingtalk.post("/hooks/dingtalk", json=body, headers=headers).json() == {}
    assert with_dingtalk.post("/hooks/dingtalk", content=b"no json", headers=headers).status_code == 400
    assert with_dingtalk.post("/hooks/slack", json=body, headers=headers).status_code == 404
    assert with_dingtalk.get("/hooks/dingtalk").status_code == 405
