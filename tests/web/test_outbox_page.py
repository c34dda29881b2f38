"""The page of what was sent: states and channels in the address, sending again, giving up."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from tests.web.conftest import NOW

STATES = {1: outbox.DEAD, 2: outbox.UNCERTAIN, 3: outbox.SENT}


@pytest.fixture(autouse=True)
def queued(knowledge: KnowledgeBase) -> None:
    """D-1 failed, D-2 is uncertain, D-3 is sent, all others wait; every second one goes to a ticket."""
    with knowledge.store.write() as db:
        for number in range(1, 41):
            channel = "chat" if number % 2 else "ticket"
            words = {"headline": f"Error <i>{number}</i>"}
            outbox.queue(db, "default", NewDelivery(f"k{number}", channel, "reply", "lane", {}, words), NOW)
        for each in outbox.list_deliveries(db, "default"):
            if each.id in STATES:
                outbox.move(db, each, STATES[each.id], error="no <b>access</b>", sent_at=NOW)


def rows(html: str) -> list[str]:
    return re.findall(r'class="meta">(D-\d+)', html)


def states(knowledge: KnowledgeBase, *numbers: int) -> list[str]:
    with knowledge.store.read() as db:
        return [outbox.get(db, "default", f"D-{number}").state for number in numbers]


def test_it_is_listed_by_state_and_channel_page_by_page(signed_in: TestClient) -> None:
    first = signed_in.get("/outbox").text
    following = re.search(r'href="(/outbox[^"]*cursor=[^"]*)"', first)
    assert following is not None
    rest = signed_in.get(following[1].replace("&amp;", "&")).text
    assert rows(first) + rows(rest) == [f"D-{number}" for number in range(40, 0, -1)]
    assert rows(signed_in.get("/outbox", params={"state": "failed"}).text) == ["D-1"]
    assert rows(signed_in.get("/outbox", params={"state": "sent", "channel": "ticket"}).text) == []
    assert rows(signed_in.get("/outbox", params={"state": "uncertain", "channel": "ticket"}).text) == ["D-2"]
    assert len(rows(signed_in.get("/outbox", params={"state": "\x00", "cursor": "KE-x"}).text)) == 30
    failed = signed_in.get("/outbox", params={"state": "failed"}).text
    assert "Error &lt;i&gt;1&lt;/i&gt;" in failed
    assert "no &lt;b&gt;access&lt;/b&gt;" in failed


def test_chosen_ones_are_sent_again_and_what_changed_meanwhile_is_left_alone(
    signed_in: TestClient, knowledge: KnowledgeBase
) -> None:
    done = signed_in.post("/outbox/resend", data={"ids": ["D-1", "D-2", "D-3", "D-99"], "state": "failed"})
    assert (done.status_code, done.headers["location"]) == (303, "/outbox?state=failed&act=resend&done=2&missed=2")
    assert states(knowledge, 1, 2, 3) == ["waiting", "waiting", "sent"]
    told = signed_in.get(done.headers["location"]).text
    assert "2</strong> deliveries are sent again." in told
    assert "2 had changed meanwhile" in told


def test_the_button_of_a_row_is_about_that_row_alone(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    signed_in.post("/outbox/give-up", data={"ids": ["D-1"], "only": "D-2"})
    assert states(knowledge, 1, 2) == ["dead", "dismissed"]
    assert rows(signed_in.get("/outbox", params={"state": "given_up"}).text) == ["D-2"]
    signed_in.post("/outbox/resend", data={"only": "D-2"})
    assert states(knowledge, 2) == ["waiting"]
