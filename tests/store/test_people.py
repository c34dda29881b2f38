"""People, roles, sessions, tokens and counts on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.store.accounts import people, sessions, tokens, trials
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER, START

DAY = timedelta(days=1)


def test_a_name_and_an_email_are_one_persons(store: Store) -> None:
    with store.write() as db:
        lin = people.add(db, name="Lin Wei", email="lin@example.com", now=START)
        for name, email in (("LIN  wei", None), ("x", "lin@example.com"), ("Lin@Example.com", None), ("y", "lin wei")):
            with pytest.raises(Conflict, match="already"):
                people.add(db, name=name, email=email, now=START)
        zhou = people.add(db, name="Zhou Yan", now=START)
    with store.read() as db:
        assert people.find(db, " lin wei ") == people.find(db, "LIN@example.com") == (lin, "Lin Wei", None)
        assert people.find(db, "zhou yan") == (zhou, "Zhou Yan", None)
        assert people.find(db, "nobody\x00") is None


def test_an_email_is_checked() -> None:
    assert people.clean_email("  Lin@Example.com ") == "lin@example.com"
    assert people.clean_email(" ") is None
    for wrong in ("lin", "@", "a b@c", "a@b@c", "x" * 250 + "@y.zz"):
        with pytest.raises(InputError):
            people.clean_email(wrong)


def test_people_are_listed_where_they_have_a_role(store: Store) -> None:
    with store.write() as db:
        numbers = {name: people.add(db, name=name, now=START) for name in ("b", "a", "c", "d")}
        people.set_role(db, MINE, numbers["b"], Role.VIEWER)
        people.set_role(db, MINE, numbers["b"], Role.ENGINEER)
        people.set_role(db, OTHER, numbers["c"], Role.ADMIN)
        people.set_role(db, EVERYWHERE, numbers["a"], Role.ADMIN)
    with store.read() as db:
        assert [each.name for each in people.list_people(db, MINE)] == ["a", "b"]
        assert [each.name for each in people.list_people(db, OTHER)] == ["a", "c"]
        assert [each.name for each in people.list_people(db, EVERYWHERE, after="A", limit=2)] == ["b", "c"]
        assert people.list_people(db, MINE)[1].roles == {MINE: Role.ENGINEER}
        assert people.get(db, f"U-{numbers['b']}", MINE).name == "b"
        for public, project in ((f"U-{numbers['b']}", OTHER), (f"U-{numbers['d']}", MINE), ("U-99", MINE), ("x", MINE)):
            with pytest.raises(NotFound):
                people.get(db, public, project)
        assert [each.name for each in people.list_people(db, MINE, roleless=True)] == ["a", "b", "d"]
        assert people.get(db, f"U-{numbers['d']}", MINE, roleless=True).roles == {}
        with pytest.raises(NotFound):
            people.get(db, f"U-{numbers['c']}", MINE, roleless=True)


def test_a_removed_person_is_gone_with_roles_and_sessions(store: Store) -> None:
    with store.write() as db:
        lin = people.add(db, name="Lin", now=START)
        people.set_role(db, MINE, lin, Role.ADMIN)
        sessions.start(db, "s", person=lin, name="Lin", now=START, life=DAY)
        people.remove(db, lin)
        assert people.find(db, "Lin") is None
        assert people.roles_of(db, lin) == {}
        assert sessions.read(db, "s", START) is None
        assert people.add(db, name="Lin", now=START) > lin, "a number is never given twice"


def test_sessions_end_by_time_and_by_hand(store: Store) -> None:
    with store.write() as db:
        lin = people.add(db, name="Lin", now=START)
        for secret in ("one", "two", "three"):
            sessions.start(db, secret, person=lin, name="Lin", now=START, life=DAY)
        sessions.start(db, "link", person=None, name="Zhou", now=START, life=DAY)
        assert sessions.read(db, "one", START) == sessions.Session("Lin", lin)
        assert sessions.read(db, "link", START) == sessions.Session("Zhou", None)
        assert sessions.read(db, "one", START + DAY) is None
        sessions.end(db, "two")
        assert [sessions.read(db, each, START) is None for each in ("one", "two", "three")] == [False, True, False]
        assert sessions.end_all(db, lin, but="one") == 1
        assert sessions.count(db, lin, START) == 1
        assert sessions.end_links(db) == 1
        sessions.start(db, "late", person=lin, name="Lin", now=START + 2 * DAY, life=DAY)
        assert sessions.read(db, "one", START) is None, "what is over was tidied up"


def test_tokens_are_of_one_project(store: Store) -> None:
    with store.write() as db:
        for project in (MINE, OTHER):
            tokens.put(db, project, name="ci", secret=f"kea_{project}", role=Role.VIEWER, made_by="Lin", now=START)
        tokens.put(
            db, MINE, name="ci", secret="kea_new", role=Role.ADMIN, made_by="", now=START, expires_at=START + DAY
        )
        assert tokens.find(db, f"kea_{MINE}") is None
        found = tokens.find(db, "kea_new")
        assert found is not None
        assert (found.project, found.name, found.role, found.used_at) == (MINE, "ci", Role.ADMIN, None)
        assert (found.is_over(START), found.is_over(START + DAY)) == (False, True)
        tokens.note_use(db, found, START)
        assert [each.used_at for each in tokens.list_tokens(db, MINE)] == [START]
        assert [each.used_at for each in tokens.list_tokens(db, OTHER)] == [None]
        tokens.revoke(db, MINE, "ci")
        assert [each.name for each in tokens.list_tokens(db, OTHER)] == ["ci"]
        with pytest.raises(NotFound):
            tokens.revoke(db, MINE, "ci")


def test_counts_begin_anew_when_their_time_is_over(store: Store) -> None:
    minute = timedelta(minutes=1)
    with store.write() as db:
        assert [trials.add(db, "a", now=START, life=minute) for _ in range(3)] == [1, 2, 3]
        assert trials.add(db, "b", now=START, life=minute) == 1
        assert trials.read(db, "a", START) == (3, START + minute)
        assert trials.read(db, "a", START + minute) == (0, None)
        assert trials.add(db, "a", now=START + minute, life=minute) == 1
        trials.sweep(db, START + minute)
        assert trials.read(db, "b", START) == (0, None)
        trials.clear(db, "a")
        assert trials.read(db, "a", START + minute) == (0, None)
