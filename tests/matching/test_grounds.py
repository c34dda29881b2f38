"""What speaks for and against a candidate: what each feature is, its bounds, and what it does not depend on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.index.solution_forms import Told
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching.grounds import AGAINST, FREE, NAMES, Grounds
from knowledge_base.matching.weighing import FLOOR, RAREST, Scales
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.settings import Settings
from tests.pairs.profiles import CONTRADICTIONS, RARITY, profile

SHARES = (
    "nearest_kind",
    "any_kind",
    "told_letters",
    "told_words",
    "told_other_kind",
    "concepts_known",
    "concepts_usual",
    "words_in_logs",
    "words_in_solution",
    "words_known",
    "rarest_known",
    "unsolved",
)
WORDS = ("table", "orders", "ledger", "quota", "turnstile", "badge")
ACTS, OBJECTS = ("timeout", "refused", "not-found"), ("table", "column", "disk")
CLOSE = pytest.approx


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """A judge whose rarity and contradictions are small enough to work out by hand."""
    home = Settings(home=tmp_path_factory.mktemp("home"))
    real = KnowledgeBase(home, embedder=HashingEmbedder()).judge
    return replace(real, rarity=RARITY, contradictions=CONTRADICTIONS)


def weigh(
    judge: Judge,
    asked: Profile,
    *held: tuple[Profile, float],
    told: Profile | None = None,
    body: frozenset[str] = frozenset(),
    likeness: tuple[float, float, float] = (0.5, 0.4, 0.3),
) -> Grounds:
    solution = None if told is None else Told(told, told.words | body, told.acts | told.objects)
    scales = Scales(judge, [[one for one, _ in held]], [solution])
    near = np.array([likeness] if told else [], np.float64).reshape(-1, 3)
    [_], [found] = scales.weigh(asked, *scales.stand(asked, np.array([dense for _, dense in held]), near), near)
    return found


def odds_of(judge: Judge, asked: Profile, *held: tuple[Profile, float]) -> list[float]:
    scales = Scales(judge, [[one for one, _ in held]], [None])
    return scales.stand(asked, np.array([dense for _, dense in held]), np.zeros((0, 3)))[0].log_odds.tolist()


def test_every_field_is_a_feature_and_is_named_once() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert set(NAMES) > AGAINST | FREE
    assert not AGAINST & FREE
    assert set(SHARES) < set(NAMES)


def test_what_is_known_of_the_words_of_a_question(judge: Judge) -> None:
    asked = profile("table orders ledger")
    grounds = weigh(
        judge,
        asked,
        (profile("table gone"), 0.5),
        (profile("ledger closed"), 0.1),
        told=profile("create it"),
        body=frozenset({"orders", "unasked"}),
    )
    table, orders, ledger = map(RARITY.word, ("table", "orders", "ledger"))
    every = table + orders + ledger
    assert grounds.words_in_logs == CLOSE((table + ledger) / every)
    assert grounds.words_in_solution == CLOSE(orders / every)
    assert grounds.words_known == CLOSE(1.0)
    assert grounds.words_weight == CLOSE(every)
    assert grounds.rarest_known == CLOSE(1.0)


def test_the_rarest_words_alone_count_for_what_is_named_so(judge: Judge) -> None:
    common, rare = ("table", "orders"), ("ledger", "quota", "turnstile")
    assert len(rare) == RAREST
    asked = profile(" ".join((*common, *rare)))
    assert weigh(judge, asked, (profile("table orders"), 0.5)).rarest_known == 0.0
    assert weigh(judge, asked, (profile("quota ledger turnstile"), 0.5)).rarest_known == CLOSE(1.0)
    assert weigh(judge, asked, (profile("quota"), 0.5)).rarest_known == CLOSE(1 / 3)


def test_what_is_known_of_the_concepts_of_a_question(judge: Judge) -> None:
    asked = profile("x", acts=["not-found"], objects=["table"])
    found, table = RARITY.concept("not-found"), RARITY.concept("table")
    held = [(profile("a", acts=["not-found"]), 0.5), (profile("b", objects=["disk"]), 0.5)]
    grounds = weigh(judge, asked, *held)
    assert grounds.concepts_known == CLOSE(found / (found + table))
    assert grounds.concepts_weight == CLOSE(found)
    assert grounds.concepts_usual == CLOSE(found / (found + table) / 2), "one of two representatives says it"
    solved = weigh(judge, asked, *held, told=profile("c", objects=["table"]))
    assert solved.concepts_known == CLOSE(1.0)
    assert solved.concepts_usual == grounds.concepts_usual, "that is about logs alone"


def test_likeness_to_a_solution_is_taken_from_its_parts(judge: Judge) -> None:
    asked = profile("table orders", kinds={"a": 1.0})
    told = profile("table orders", kinds={"b": 1.0})
    grounds = weigh(judge, asked, (profile("quota"), 0.9), told=told, likeness=(0.7, 0.6, 0.5))
    assert (grounds.told_dense, grounds.title_dense, grounds.body_dense) == (0.7, 0.6, 0.5)
    assert grounds.told_letters == CLOSE(1.0)
    assert grounds.told_words == CLOSE(1.0)
    assert grounds.told_other_kind == CLOSE(1.0)
    assert grounds.unsolved == 0.0


def test_without_a_solution_the_nearest_log_stands_in(judge: Judge) -> None:
    asked = profile("table orders", kinds={"a": 1.0})
    near, far = profile("table orders", kinds={"a": 0.5}), profile("quota")
    grounds = weigh(judge, asked, (far, 0.1), (near, 0.8))
    assert (grounds.told_dense, grounds.title_dense, grounds.body_dense) == (0.8, 0.8, 0.8)
    assert (grounds.told, grounds.told_letters, grounds.told_words) == (grounds.nearest, CLOSE(1.0), CLOSE(1.0))
    assert grounds.unsolved == 1.0


def test_the_nearest_is_the_likeliest_and_three_are_averaged(judge: Judge) -> None:
    asked = profile("table orders ledger", acts=["timeout"], objects=["table"])
    held = [
        (profile("quota", acts=["refused"]), 0.0),
        (profile("table orders ledger", acts=["timeout"], objects=["table"]), 0.9),
        (profile("table orders", acts=["timeout"]), 0.6),
        (profile("table", objects=["table"]), 0.3),
    ]
    odds = sorted(odds_of(judge, asked, *held), reverse=True)
    assert odds[0] == odds_of(judge, asked, held[1])[0]
    grounds = weigh(judge, asked, *held)
    assert grounds.nearest == odds[0]
    assert grounds.nearest_three == CLOSE(sum(odds[:3]) / 3)
    assert (grounds.nearest_against, grounds.nearest_objects_left) == (0.0, 0.0)
    one = weigh(judge, asked, held[0])
    assert one.nearest_three == one.nearest
    assert one.nearest_against == 1.0, "refused is no timeout"
    assert one.nearest_objects_left == CLOSE(RARITY.concept("table"))


def test_any_kind_is_the_best_of_all(judge: Judge) -> None:
    asked = profile("table orders", kinds={"a": 0.5, "b": 0.5})
    near = (profile("table orders", kinds={"a": 0.6}), 1.0)
    kin = (profile("quota", acts=["refused"], objects=["disk"], kinds={"a": 0.8}), -1.0)
    grounds = weigh(judge, asked, near, kin)
    assert grounds.nearest_kind == CLOSE(0.3)
    assert grounds.any_kind == CLOSE(0.4)


def test_what_is_certainly_another_error_is_no_more_certain_than_the_floor(judge: Judge) -> None:
    asked = profile("a", acts=ACTS, objects=OBJECTS, codes=["1"], classes=["A"], kinds={"a": 1.0})
    other = profile("b", acts=["reset"], objects=["lock"], codes=["2"], classes=["B"], kinds={"b": 1.0})
    assert odds_of(judge, asked, (other, -1.0))[0] >= FLOOR


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    share = draw(st.floats(0, 1))
    return profile(
        " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=5, unique=True))),
        acts=draw(st.sets(st.sampled_from(ACTS))),
        objects=draw(st.sets(st.sampled_from(OBJECTS))),
        codes=draw(st.sets(st.sampled_from(("1", "2")))),
        classes=draw(st.sets(st.sampled_from(("A", "B")))),
        kinds=draw(st.sampled_from([{}, {"a": 1.0}, {"a": share, "b": 1 - share}])),
    )


COSINES = st.floats(-1, 1)


@given(profiles(), st.lists(st.tuples(profiles(), COSINES), min_size=1, max_size=6), st.none() | profiles(), st.data())
def test_shares_are_shares_and_the_order_of_what_is_held_says_nothing(
    judge: Judge, asked: Profile, held: list[tuple[Profile, float]], told: Profile | None, data: st.DataObject
) -> None:
    grounds = weigh(judge, asked, *held, told=told)
    for name in SHARES:
        assert -1e-9 <= getattr(grounds, name) <= 1 + 1e-9, name
    assert FLOOR <= grounds.nearest_three <= grounds.nearest + 1e-9
    assert grounds.any_kind >= grounds.nearest_kind
    assert max(grounds.words_in_logs, grounds.words_in_solution) <= grounds.words_known + 1e-9
    assert grounds.concepts_usual <= grounds.concepts_known + 1e-9
    assert grounds.words_weight >= 0
    assert grounds.concepts_weight >= 0
    # Of equally likely representatives any may be the nearest: then what it alone says may differ.
    odds = odds_of(judge, asked, *held)
    if len(set(odds)) == len(odds):
        mixed = weigh(judge, asked, *data.draw(st.permutations(held)), told=told)
        assert mixed == CLOSE(grounds)


@given(profiles(), profiles(), COSINES)
def test_who_asks_makes_no_difference_to_what_is_compared(
    judge: Judge, left: Profile, right: Profile, dense: float
) -> None:
    one, other = weigh(judge, left, (right, dense)), weigh(judge, right, (left, dense))
    for name in NAMES:
        if name.startswith(("nearest", "any", "told", "title", "body")):
            assert getattr(one, name) == CLOSE(getattr(other, name)), name
    assert one.words_weight == CLOSE(other.words_weight)
    assert one.concepts_weight == CLOSE(other.concepts_weight)


@pytest.mark.parametrize("asked", [profile(""), profile("", codes=["1"])], ids=["nothing", "a code"])
def test_a_question_that_says_nothing_has_grounds(judge: Judge, asked: Profile, tmp_path: Path) -> None:
    grounds = weigh(judge, asked, (profile("table orders"), 0.0), told=profile("table"))
    assert (grounds.words_known, grounds.concepts_known, grounds.rarest_known) == (0.0, 0.0, 0.0)
