"""Why a template came into a category, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Collection

from ingest.clustering.items import Comparison
from knowledge_base.features.ngrams import common_words
from knowledge_base.ids import Prefix, public_id
from knowledge_base.types import Why


def reason_for(place: int, group: Collection[int], compared: Comparison, threshold: float) -> dict[str, object]:
    """Describe a move into a group of categories: the nearest text there, and the best one outside of it.

    ``group`` are the places of all that comes together. Where an error code is in both texts, that is told.
    """
    items = compared.items
    inside = {items[each].category for each in group}
    near = [each for each in sorted(group) if items[each].category != items[place].category]
    nearest = max(near, key=lambda each: (compared.score(place, each), -each))
    outside = {other: score for other, score in compared.met(place).items() if items[other].category not in inside}
    other = max(sorted(outside), key=outside.__getitem__, default=None)
    codes = sorted(set(items[place].codes) & set(items[nearest].codes))
    reason: dict[str, object] = {
        "why": Why.CODE if codes else Why.SIMILARITY,
        "score": round(compared.score(place, nearest), 4),
        "threshold": threshold,
        "runner_up": None if other is None else public_id(Prefix.CATEGORY, items[other].category),
        "runner_up_score": 0.0 if other is None else round(outside[other], 4),
        "words": list(common_words(items[place].clean, items[nearest].clean)),
    }
    return reason | {"codes": codes} if codes else reason
