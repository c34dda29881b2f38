"""Why a template came into a category, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.clustering.items import Item, Similarities
from knowledge_base.features.ngrams import common_words
from knowledge_base.ids import Prefix, public_id
from knowledge_base.types import Why


def reason_for(
    place: int, group: Sequence[int], alike: Similarities, items: Sequence[Item], threshold: float
) -> dict[str, object]:
    """Describe a move into a group of categories: the nearest text there, and the best one outside of it."""
    own = items[place].category
    inside = {items[each].category for each in group}
    nearest = max((each for each in group if items[each].category != own), key=lambda each: (alike[place, each], -each))
    order = np.argsort(-alike[place], kind="stable")
    other = next((int(each) for each in order if items[each].category not in inside), None)
    return {
        "why": Why.SIMILARITY,
        "score": round(float(alike[place, nearest]), 4),
        "threshold": threshold,
        "runner_up": None if other is None else public_id(Prefix.CATEGORY, items[other].category),
        "runner_up_score": 0.0 if other is None else round(float(alike[place, other]), 4),
        "words": list(common_words(items[place].clean, items[nearest].clean)),
    }
