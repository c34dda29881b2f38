"""Who counts as whom where people teach: one person alone teaches nothing, whatever they are called."""

from __future__ import annotations

import pytest

from knowledge_base.store.store import Store
from knowledge_base.types import Verdict
from tests.curation.learning_support import ask, known, say, solved

NO = Verdict.NOT_HELPFUL


@pytest.mark.parametrize(
    "names",
    [
        ("Lin.Wei@example.com", "lin.wei", "LIN WEI", "ｌｉｎ＿ｗｅｉ", "lin.wei+kea@example.org"),
        ("lin.wei", "T0123/U0456", "ding1:manager7", "jira:lin", "tracker:Lin Wei"),
        ("T0123/U0456", "t0123/u0456", "T0999/U0456"),
    ],
    ids=["spellings", "places", "workspaces"],
)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_who_may_be_one_person_teaches_nothing(store: Store, names: tuple[str, ...], verdict: Verdict) -> None:
    (right,) = solved(store, "a")
    for name in names:
        say(store, name, ask(store, "lost", right, user=name), verdict)
    assert known(store, "lost") == (None, set())


def test_one_person_under_many_names_unteaches_nothing(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right)
    for name in ("ana", "bo"):
        say(store, name, question)
    for name in ("cy", "T01/U02", "jira:cy"):
        say(store, name, question, NO)
    assert known(store, "lost") == (right.category, set())
    say(store, "dee", question, NO)
    assert known(store, "lost") == (None, set())


def test_two_people_of_one_place_teach(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right)
    for name in ("T01/U02", "T01/U03"):
        say(store, name, question)
    assert known(store, "lost") == (right.category, set())


def test_tickets_without_an_author_are_nobodys(store: Store) -> None:
    (right,) = solved(store, "a")
    for ticket in ("OPS-1", "OPS-2", "OPS-3"):
        say(store, f"jira:{ticket}", ask(store, "lost", right, user=f"jira:{ticket}", channel="jira", thread=ticket))
    assert known(store, "lost") == (None, set())


def test_who_asks_again_and_changes_their_mind_takes_it_back(store: Store) -> None:
    (right,) = solved(store, "a")
    for name in ("ana", "bo"):
        say(store, name, ask(store, "lost", right, user=name))
    assert known(store, "lost") == (right.category, set())
    say(store, "ana", ask(store, "lost", right, user="ana"), NO)
    assert known(store, "lost") == (None, set())
    say(store, "cy", ask(store, "lost", right, user="cy"))
    assert known(store, "lost") == (right.category, set())
