"""The model: weights that can be read, and a chance made of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.pairs.features import AGAINST, NAMES, Kinship, Wording, compare, kinship, values
from knowledge_base.pairs.model import Layer, PairModel, pair_model, sigmoid
from tests.pairs.profiles import CONTRADICTIONS, RARITY, profile

BOTH = NAMES[Wording] + NAMES[Kinship]
LEFT = profile("table orders lost", acts=["timeout"], codes=["E-1"], kinds={"a": 0.5})
RIGHT = profile("table orders gone", acts=["refused"], codes=["E-1"], kinds={"a": 0.4, "b": 0.4})


def test_each_weight_has_the_sign_of_its_feature() -> None:
    model = pair_model()
    for layer, names in ((model.wording, NAMES[Wording]), (model.judgement, BOTH)):
        weights = dict(zip(names, layer.weights, strict=True))
        assert all(weight <= 0 for name, weight in weights.items() if name in AGAINST)
        assert all(weight >= 0 for name, weight in weights.items() if name not in AGAINST)
        assert any(weights.values())
    assert model.version
    assert pair_model() is model


def test_nothing_in_common_is_no_reason_to_join() -> None:
    model = pair_model()
    assert model.probability(profile("a"), profile("b"), 0.0, RARITY, CONTRADICTIONS) < 0.02
    assert model.says_the_same(profile("a"), profile("b"), 0.0, RARITY, CONTRADICTIONS) < 0


@given(st.floats(allow_nan=False))
def test_a_chance_is_between_0_and_1(log_odds: float) -> None:
    assert 0.0 <= sigmoid(log_odds) <= 1.0
    assert sigmoid(log_odds) + sigmoid(-log_odds) == pytest.approx(1.0)


@given(st.lists(st.floats(-40, 40), min_size=2, max_size=2))
def test_more_odds_are_no_smaller_chance(pair: list[float]) -> None:
    low, high = sorted(pair)
    assert sigmoid(low) <= sigmoid(high)


def test_what_is_explained_sums_up_to_the_log_odds() -> None:
    model = pair_model()
    said, kin = compare(LEFT, RIGHT, 0.7, RARITY, CONTRADICTIONS), kinship(LEFT, RIGHT)
    explained = model.explained(said, kin)
    chance = model.probability(LEFT, RIGHT, 0.7, RARITY, CONTRADICTIONS)
    assert sum(explained.values()) + model.judgement.bias == pytest.approx(math.log(chance / (1 - chance)))
    assert [abs(each) for each in explained.values()] == sorted(
        (abs(each) for each in explained.values()), reverse=True
    )
    assert explained["contradictions"] < 0 < explained["same_kind"]
    assert all(explained.values()), "what adds nothing is not told"


def test_a_layer_weighs_features_in_their_order() -> None:
    layer = Layer(1.0, (2.0, -3.0))
    assert layer.log_odds((0.5, 1.0)) == -1.0
    with pytest.raises(ValueError, match="shorter"):
        layer.log_odds((0.5,))


def test_wording_alone_knows_nothing_of_kinds() -> None:
    size = len(NAMES[Wording])
    model = PairModel(Layer(0.0, (1.0,) * size), Layer(0.0, (1.0,) * size + (5.0, -5.0)), "x")
    plain = sum(values(compare(LEFT, RIGHT, 0.7, RARITY, CONTRADICTIONS)))
    assert model.says_the_same(LEFT, RIGHT, 0.7, RARITY, CONTRADICTIONS) == pytest.approx(plain)
    expected = sigmoid(plain + 5 * 0.2 - 5 * (0.5 * 0.8 - 0.2))
    assert model.probability(LEFT, RIGHT, 0.7, RARITY, CONTRADICTIONS) == pytest.approx(expected)
