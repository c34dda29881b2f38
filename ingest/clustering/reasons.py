"""Why a template came into a category, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ingest.clustering.items import Item, Similarities
from knowledge_base.features.ngrams import common_words
from knowledge_base.ids import Prefix, public_id
from knowledge_base.types import Why


def reason_for(
    place: int,
    target: Sequence[int],
    members: Mapping[int, Sequence[int]],
    alike: Similarities,
    items: Sequence[Item],
    threshold: float,
) -> dict[str, object]:
    """Describe a move: its nearest text in the target, the threshold, and the best other category."""
    nearest = max(target, key=lambda other: (alike[place, other], -other))
    home = {items[place].category, items[nearest].category}
    runner_up, runner_up_score = None, 0.0
    for category, places in members.items():
        score = float(np.max(alike[place, list(places)]))
        if category not in home and score > runner_up_score:
            runner_up, runner_up_score = public_id(Prefix.CATEGORY, category), score
    return {
        "why": Why.SIMILARITY,
        "score": round(float(alike[place, nearest]), 4),
        "threshold": threshold,
        "runner_up": runner_up,
        "runner_up_score": round(runner_up_score, 4),
        "words": list(common_words(items[place].clean, items[nearest].clean)),
    }
