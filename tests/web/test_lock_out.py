"""Passwords that are guessed: who is locked out, for how long, and who is not."""

from __future__ import annotations

from fastapi.testclient import TestClient

from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.accounts import people
from tests.web.conftest import BASE, NOW
from tests.web.test_accounts import PASSWORD, add, come_in, two
from web.identity import accounts
from web.identity.devices import DEVICE_COOKIE
from web.identity.passwords import hash_password

__all__ = ["two"]


def test_five_failures_lock_whatever_process_is_asked(
    two: tuple[TestClient, TestClient], knowledge: KnowledgeBase
) -> None:
    one, other = two
    person = add(knowledge.store, "Lin Wei")
    told = set()
    for name in ("Lin Wei", "nobody"):
        for client in (one, other, one, other, one):
            answer = client.post("/sign-in/password", data={"login": name, "password": "wrong"})
            assert answer.status_code == 403
            told.add(answer.text.partition('role="alert">')[2].partition("</p>")[0])
        answer = other.post("/sign-in/password", data={"login": name, "password": PASSWORD})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "900"), name
    assert len(told) == 1, "who does not exist is told the same"
    with knowledge.store.read() as db:
        found = people.get(db, person)
    accounts.reset_password(knowledge.store, "an admin", found, PASSWORD + "!")
    assert come_in(one, "Lin Wei", PASSWORD + "!") == 303


def _from(client: TestClient, address: str) -> TestClient:
    return TestClient(client.app, base_url=BASE, follow_redirects=False, client=(address, 1))


def test_a_number_that_is_tried_locks_nobody_out(two: tuple[TestClient, TestClient], knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        number = people.add(db, name="Lin Wei", password=hash_password(PASSWORD), now=NOW)
    for login in (str(number), f"person {number}", f"U-{number}"):
        assert [come_in(two[0], login) for _ in range(6)] == [403] * 5 + [429]
    assert come_in(two[0], "Lin Wei") == 303


def test_a_stranger_elsewhere_locks_nobody_out_but_many_together_do(
    two: tuple[TestClient, TestClient], knowledge: KnowledgeBase
) -> None:
    add(knowledge.store, "Lin Wei")
    office, home = _from(two[0], "192.0.2.1"), _from(two[0], "2001:db8:1:2::1")
    stranger, moved = _from(two[0], "2001:db8:f:f::1"), _from(two[0], "2001:db8:f:f:1:2:3:4")
    assert [come_in(stranger, "Lin Wei", "wrong") for _ in range(6)] == [403] * 5 + [429]
    assert come_in(moved, "Lin Wei") == 429, "the same network"
    assert come_in(office, "Lin Wei") == 303
    assert office.post("/account/password", data={"former": "wrong", "wanted": PASSWORD + "!"}).status_code == 400
    with knowledge.store.write() as db:
        found = people.find(db, "Lin Wei")
        assert found is not None
        for number in range(accounts.TRIES_IN_ALL - 1):
            accounts.count_try(db, knowledge.store, found[0], found[2], address=f"198.51.100.{number}")
    assert come_in(home, "Lin Wei") == 429
    with knowledge.store.read() as db:
        person = people.get_number(db, found[0])
    accounts.reset_password(knowledge.store, "an admin", person, PASSWORD + "!")
    assert [come_in(each, "Lin Wei", PASSWORD + "!") for each in (home, stranger)] == [303, 303]


def test_a_browser_that_was_let_in_before_is_not_locked_out_by_strangers(
    two: tuple[TestClient, TestClient], knowledge: KnowledgeBase
) -> None:
    for name in ("Lin Wei", "Mei"):
        add(knowledge.store, name)
    known, other = two
    assert come_in(known, "Lin Wei") == 303
    known.post("/sign-out")
    with knowledge.store.write() as db:
        found = people.find(db, "Lin Wei")
        assert found is not None
        for number in range(accounts.TRIES_IN_ALL):
            accounts.count_try(db, knowledge.store, found[0], found[2], address=f"198.51.100.{number}")
    form = {"login": "Lin Wei", "password": PASSWORD}
    assert other.post("/sign-in/password", data=form).status_code == 429
    kept = known.cookies[DEVICE_COOKIE]
    forged = kept[:-9] + ("A" if kept[-9] != "A" else "B") + kept[-8:]  # the last letter's last bits say nothing
    other.cookies.set(DEVICE_COOKIE, forged, path="/sign-in")
    assert other.post("/sign-in/password", data=form).status_code == 429, "nobody makes such a cookie"
    wrong = [known.post("/sign-in/password", data=form | {"password": "wrong"}).status_code for _ in range(4)]
    assert (wrong, known.post("/sign-in/password", data=form).status_code) == ([403] * 4, 303)
    known.post("/sign-out")
    wrong = [known.post("/sign-in/password", data=form | {"password": "wrong"}).status_code for _ in range(6)]
    assert wrong == [403] * 5 + [429], "whoever has the cookie has a few tries and no more"
    tries = [known.post("/sign-in/password", data={"login": "Mei", "password": "wrong"}).status_code for _ in range(6)]
    assert tries == [403] * 5 + [429], "of another person it says nothing"
