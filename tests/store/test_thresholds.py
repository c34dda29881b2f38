"""The thresholds of a project: its own, or those of the settings."""

from __future__ import annotations

import math

import pytest

from knowledge_base.errors import InputError, NotFound
from knowledge_base.settings import Settings
from knowledge_base.store.asking import thresholds
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER

SETTINGS = Settings(answer_threshold=0.8, suggest_threshold=0.4)


def test_a_project_has_its_own_or_those_of_the_settings(store: Store) -> None:
    own = Thresholds(0.9, 0.25)
    with store.write() as db:
        assert thresholds.of_project(db, MINE, SETTINGS) == Thresholds(0.8, 0.4)
        thresholds.put(db, MINE, own)
    with store.write() as db:
        assert (thresholds.of_project(db, MINE, SETTINGS), thresholds.own_of(db, MINE)) == (own, own)
        assert (thresholds.of_project(db, OTHER, SETTINGS), thresholds.own_of(db, OTHER)) == (
            Thresholds(0.8, 0.4),
            None,
        )
        thresholds.put(db, MINE, None)
    with store.read() as db:
        assert thresholds.own_of(db, MINE) is None
        for name in ("nobody", "\ud800"):
            with pytest.raises(NotFound, match="no project"):
                thresholds.of_project(db, name, SETTINGS)


def test_what_is_sure_enough_to_answer_is_sure_enough_to_suggest() -> None:
    low = Settings(answer_threshold=0.3, suggest_threshold=0.6)
    assert thresholds.from_settings(low) == Thresholds(0.3, 0.3)


@pytest.mark.parametrize(
    ("answer", "suggest", "said"),
    [
        (0.5, 0.6, "above the answer threshold"),
        (1.1, 0.6, "from 0 to 1"),
        (0.5, -0.1, "from 0 to 1"),
        (math.nan, 0.1, "from 0 to 1"),
        (0.5, math.nan, "from 0 to 1"),
        (math.inf, 0.1, "from 0 to 1"),
    ],
)
def test_what_cannot_be_a_threshold_is_refused(answer: float, suggest: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Thresholds(answer, suggest)


@pytest.mark.parametrize(("answer", "suggest"), [(0, 0), (1, 1), (1, 0), (0.6, 0.6)])
def test_the_limits_can_be(answer: float, suggest: float) -> None:
    assert Thresholds(answer, suggest).answer == answer
