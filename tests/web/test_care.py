"""A category is given to somebody and put off on its own page, and says so; rules that keep it are named there."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from tests.web.test_corrections import homes, plain, replay_of

RULES = "/api/v1/keep-rules"


def facts(client: TestClient, category: str) -> str:
    """What the head of a category's page tells."""
    page = client.get(f"/categories/{category}").text
    return plain(page[page.index('class="category-head"') : page.index('class="columns"')])


def undo(client: TestClient, location: str) -> str:
    """Take back what the page at an address offers to take back; gives what is told then."""
    found = re.search(r'action="(/undo/\d+)"', client.get(location).text)
    assert found
    return plain(client.get(client.post(found[1]).headers["location"]).text)


def test_an_owner_is_named_and_taken_back(signed_in: TestClient, disk_id: str) -> None:
    assert "Owner" not in facts(signed_in, disk_id)
    where = f"/categories/{disk_id}/owner"
    done = signed_in.post(where, data={"other": " Zhou  Yan ", "is_seen": "true", "seen": ""})
    assert done.status_code == 303
    assert "Owner Zhou Yan" in facts(signed_in, disk_id)
    # Whoever saw nobody there is told, and nothing is done.
    late = signed_in.post(where, data={"owner": "Lin Wei", "is_seen": "true", "seen": ""})
    assert (late.status_code, "Changed meanwhile." in late.text) == (409, True)
    assert "Owner Zhou Yan" in facts(signed_in, disk_id)
    assert signed_in.post(where, data={"other": " "}).status_code == 400
    nobody = signed_in.post(where, data={"owner": "-", "is_seen": "true", "seen": "Zhou Yan"})
    assert "Owner" not in facts(signed_in, disk_id)
    assert "took back: the owner" in undo(signed_in, nobody.headers["location"])
    assert "Owner Zhou Yan" in facts(signed_in, disk_id)


def test_what_is_put_off_says_so_and_comes_back(signed_in: TestClient, disk_id: str) -> None:
    where = f"/categories/{disk_id}/snooze"
    page = signed_in.get(f"/categories/{disk_id}").text
    until = re.search(r'name="until" value="(20[^"]+)"', page)
    assert until
    done = signed_in.post(where, data={"until": until[1], "is_seen": "true", "seen": ""})
    assert "put off until" in facts(signed_in, disk_id)
    assert "Bring back" in facts(signed_in, disk_id)
    late = signed_in.post(where, data={"until": until[1].replace("2026-11", "2026-12"), "is_seen": "true", "seen": ""})
    assert (late.status_code, "Changed meanwhile." in late.text) == (409, True)
    assert "took back: the snooze" in undo(signed_in, done.headers["location"])
    assert "put off until" not in facts(signed_in, disk_id)
    assert signed_in.post(where, data={"until": "some day"}).status_code == 400


def test_corrections_tell_of_the_rules_that_keep_a_category(signed_in: TestClient, disk_id: str, queue_id: str) -> None:
    def told(**form: str) -> str:
        return plain(signed_in.post("/what-if", data=form).text)

    wanted = {"step": "add", "service": "yarn-rm", "category_id": queue_id, "enabled": "true"}
    shown = signed_in.post("/rules/keep/what-if", data=wanted).text
    signed_in.post("/rules/keep/confirm", data={"replay": replay_of(shown)})
    assert signed_in.get(RULES).json()["rules"]
    assert "kept by rule R-1" in facts(signed_in, queue_id)
    assert f"Rule R-1 keeps {queue_id}, and will." in plain(signed_in.get(f"/categories/{queue_id}").text)
    moved = told(act="merge", category_id=disk_id, others=queue_id)
    assert f"Rule R-1 keeps {queue_id}; from then on it keeps {disk_id}." in moved
    stays = told(act="merge", category_id=queue_id, others=disk_id)
    assert f"Rule R-1 keeps {queue_id}, and will." in stays
    # Both now hang together, so that one can be taken out of what the rule keeps.
    (mine,) = homes(signed_in, disk_id)
    signed_in.post(f"/api/v1/categories/{queue_id}/merge", json={"others": [disk_id]})
    out = f"Rule R-1 keeps {queue_id}: what you take out stays out, and new templates that the rule holds still join"
    assert out in told(act="split", category_id=queue_id, templates=mine)
    assert out in plain(signed_in.get(f"/categories/{queue_id}").text)
    assert out in plain(signed_in.get(f"/queue/split/{queue_id}").text)
    # A rule that is off keeps nothing.
    off = signed_in.post("/rules/keep/what-if", data={"step": "switch", "rule": "R-1", "enabled": "false"}).text
    signed_in.post("/rules/keep/confirm", data={"replay": replay_of(off)})
    assert "kept by rule" not in facts(signed_in, queue_id)
    assert "Rule R-1" not in told(act="split", category_id=queue_id, templates=mine)


def test_an_act_on_another_category_names_it(signed_in: TestClient, disk_id: str, queue_id: str) -> None:
    (mine,) = homes(signed_in, queue_id)
    merged = signed_in.post(f"/api/v1/categories/{queue_id}/merge", json={"others": [disk_id]})
    assert merged.status_code == 200
    other = signed_in.post("/api/v1/logs", json=["Lease 7 of the scheduler was lost to node-12"]).json()
    target = other["assignments"][0]["category_id"]
    form = {"act": "move", "category_id": target, "templates": mine, "back": f"/categories/{queue_id}"}
    shown = signed_in.post("/what-if", data=form).text
    done = signed_in.post("/what-if/confirm", data={"replay": replay_of(shown)})
    page = signed_in.get(done.headers["location"]).text
    assert f"{target} Lin Wei moved {mine} here from {queue_id}" in plain(page[page.index('class="toast"') :])
