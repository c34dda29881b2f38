"""From grounds to an order and to chances: bounds, order, and that more in common is never less."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.index.replica import Indexed
from knowledge_base.matching.grounds import AGAINST, FREE, NAMES, Grounds
from knowledge_base.matching.judging import Judged, Weighed, decide
from knowledge_base.matching.ranking import (
    MOST_SHARE,
    OWN,
    WEIGHTS,
    Certainty,
    MatchModel,
    Ranker,
    match_model,
    own_of,
    read_model,
    shares,
)
from tests.pairs.profiles import profile

ASKED = profile("the ledger of orders is closed")
MODEL = match_model()
SHARE = st.floats(0, 1)
ANY = st.floats(-1e6, 1e6)


def grounds(**said: float) -> Grounds:
    return Grounds(**(dict.fromkeys(NAMES, 0.0) | said))


def weighed(category: int, given: Grounds, solution: int | None = None) -> Weighed:
    return Weighed(solution, Indexed(category, category, category, "x", frozenset()), profile("x"), given)


def by_score(*scores: float) -> Judged:
    """Decide among candidates with these scores, by a model in which nothing but a candidate's ``told`` counts."""
    return decide(ASKED, [weighed(place, grounds(told=each)) for place, each in enumerate(scores)], plain())


def plain() -> MatchModel:
    ranker = Ranker(tuple(float(name == "told") for name in NAMES))
    return MatchModel(ranker, MODEL.certainty, "test")


def test_weights_have_the_signs_that_are_promised() -> None:
    for weights, names in ((MODEL.ranker.weights, NAMES), (MODEL.certainty.weights, (*OWN, *NAMES))):
        for name, weight in zip(names, weights, strict=True):
            assert math.isfinite(weight)
            if name in AGAINST:
                assert weight <= 0, name
            elif name not in FREE:
                assert weight >= 0, name
    assert MODEL.version


def test_the_file_of_weights_names_features_alone() -> None:
    table = yaml.safe_load(WEIGHTS.read_text("utf-8"))
    assert set(table) == {"version", "ranking", "certainty"}
    assert set(table["ranking"]) <= set(NAMES)
    assert set(table["certainty"]) <= {"bias", *OWN, *NAMES}


def test_what_is_not_named_weighs_nothing() -> None:
    model = read_model({"version": "x", "ranking": {"told": 2.0}, "certainty": {"bias": 0.0}})  # type: ignore[dict-item]
    assert model.ranker.score(grounds(told=1.5, words_known=9.0)) == 3.0
    assert model.certainty.chance([3.0], grounds(told=1.5), ASKED) == 0.5


given_grounds = st.builds(
    lambda values: Grounds(**dict(zip(NAMES, values, strict=True))),
    st.lists(st.floats(-12, 12), min_size=len(NAMES), max_size=len(NAMES)),
)


@given(given_grounds)
def test_what_is_explained_adds_up_to_the_score(given_: Grounds) -> None:
    told = MODEL.ranker.explained(given_)
    assert sum(told.values()) == pytest.approx(MODEL.ranker.score(given_), abs=1e-9)
    sizes = [abs(each) for each in told.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert 0.0 not in sizes


@given(st.lists(ANY, min_size=1, max_size=40))
def test_chances_are_bounded_ordered_and_follow_the_scores(scores: list[float]) -> None:
    judged = by_score(*scores)
    assert list(judged.scores) == sorted(scores, reverse=True)
    assert [each.grounds.told for each in judged.weighed] == list(judged.scores)
    assert list(judged.chances) == sorted(judged.chances, reverse=True)
    assert all(0.0 <= each <= 1.0 for each in judged.chances)
    assert sum(judged.chances) <= 1 + 1e-9


@given(st.lists(given_grounds, min_size=1, max_size=12))
def test_the_model_that_comes_with_kea_keeps_them_too(candidates: list[Grounds]) -> None:
    judged = decide(ASKED, [weighed(place, each) for place, each in enumerate(candidates)], MODEL)
    assert list(judged.scores) == sorted(map(MODEL.ranker.score, candidates), reverse=True)
    assert list(judged.chances) == sorted(judged.chances, reverse=True)
    assert sum(judged.chances) <= 1 + 1e-9


def test_one_candidate_has_its_chance_alone() -> None:
    judged = by_score(3.0)
    assert judged.chances == (MODEL.certainty.chance([3.0], grounds(told=3.0), ASKED),)
    assert own_of([3.0], 4) == (3.0, MOST_SHARE, MOST_SHARE, math.log1p(4))


def test_equal_scores_have_equal_chances_and_the_oldest_category_is_first() -> None:
    given_ = [weighed(number, grounds(told=1.0)) for number in (7, 3, 5)]
    judged = decide(ASKED, given_, plain())
    assert [each.best.category for each in judged.weighed] == [3, 5, 7]
    assert judged.chances[1] == judged.chances[2]
    assert own_of([1.0, 1.0], 4)[1:3] == (0.0, 0.0)


def test_hundreds_of_candidates_and_extreme_scores() -> None:
    for scores in ([0.0] * 700, [float(-each) for each in range(700)], [1e300, -1e300, 0.0], [-1e300], [1e6, 1e6]):
        judged = by_score(*scores)
        assert all(math.isfinite(each) for each in judged.chances)
        assert sum(judged.chances) <= 1 + 1e-9
    assert shares([1e300, -1e300]) == [1.0, 0.0]
    assert sum(shares([0.0] * 700)) == pytest.approx(1.0)
    assert own_of([0.0] * 700, 1)[2] == pytest.approx(-math.log(699))
    assert own_of([1e300, -1e300], 1)[1:3] == (MOST_SHARE, MOST_SHARE)


def better(name: str, given_: Grounds, more: float) -> Grounds:
    """Give grounds in which one feature speaks more for a candidate."""
    return given_._replace(**{name: getattr(given_, name) + (-more if name in AGAINST else more)})


@given(
    st.sampled_from([name for name in NAMES if name not in FREE]),
    given_grounds,
    st.lists(given_grounds, max_size=4),
    st.floats(0, 8),
)
def test_more_in_common_never_makes_a_candidate_less_likely(
    name: str, mine: Grounds, others: list[Grounds], more: float
) -> None:
    def mine_among(given_: Grounds) -> tuple[int, float]:
        rivals = [weighed(place, each) for place, each in enumerate(others, 2)]
        judged = decide(ASKED, [weighed(1, given_), *rivals], MODEL)
        place = next(place for place, each in enumerate(judged.weighed) if each.best.category == 1)
        return place, judged.chances[place]

    place, chance = mine_among(mine)
    improved, more_likely = mine_among(better(name, mine, more))
    assert improved <= place
    if place == improved == 0:
        assert more_likely >= chance - 1e-12


@given(given_grounds, st.lists(ANY, min_size=1, max_size=5), st.floats(0, 50))
def test_a_stronger_rival_never_makes_the_first_more_likely(first: Grounds, rivals: list[float], more: float) -> None:
    top = max(rivals) + 100.0
    before = [top, *sorted(rivals, reverse=True)]
    after = [top, *sorted((each + more for each in rivals), reverse=True)]
    chance = MODEL.certainty.chance
    assert chance(after, first, ASKED) <= chance(before, first, ASKED) + 1e-12


def test_who_says_more_is_believed_more() -> None:
    chance = Certainty.chance
    short, long = profile("disk"), profile("the disk of the ledger is full since noon")
    assert chance(MODEL.certainty, [2.0], grounds(), long) > chance(MODEL.certainty, [2.0], grounds(), short)
