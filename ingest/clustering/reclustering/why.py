"""Why templates would move: how near they are to where they come to, beside where they were."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.clustering.reclustering.planning import Reclustering
from knowledge_base.features.ngrams import common_words
from knowledge_base.ids import Prefix, public_id
from knowledge_base.types import Why

COMPARED_WITH = 10
AT_ONCE = 100


class Reasons:
    """Tells why members move, as it is kept and shown."""

    def __init__(self, plan: Reclustering, threshold: float) -> None:
        self._plan = plan
        self._threshold = threshold
        self._inside: dict[int, list[int]] = {}
        for group, places in enumerate(plan.groups):
            for place in places:
                category = plan.base.members[place].category
                if plan.names[group] == category and len(self._inside.setdefault(category, [])) < COMPARED_WITH:
                    self._inside[category].append(place)

    def of(self, moves: Sequence[tuple[int, int]]) -> dict[int, dict[str, object]]:
        """Describe moves, given by place and group; by the numbers of the templates."""
        by_way: dict[tuple[int, int], list[int]] = {}
        for place, group in moves:
            by_way.setdefault((group, self._plan.base.members[place].category), []).append(place)
        found: dict[int, dict[str, object]] = {}
        for (group, source), places in by_way.items():
            for start in range(0, len(places), AT_ONCE):
                found |= self._describe(places[start : start + AT_ONCE], group, source)
        return found

    def _describe(self, places: Sequence[int], group: int, source: int) -> dict[int, dict[str, object]]:
        plan, moving = self._plan, set(places)
        coming_to = [each for each in plan.groups[group][: len(places) + COMPARED_WITH] if each not in moving]
        name = plan.names[group]
        near = (self._inside.get(name, []) if name is not None else coming_to) or coming_to
        near = list(dict.fromkeys([*near[:COMPARED_WITH], *places[:COMPARED_WITH]]))
        left = self._inside.get(source, [])
        rows = list(dict.fromkeys([*places, *near, *left]))
        at = {place: row for row, place in enumerate(rows)}
        alike = plan.scorer.all_with_all(rows)
        found: dict[int, dict[str, object]] = {}
        for place in places:
            others = [each for each in near if each != place]
            best = max(others, key=lambda each: (alike[at[place], at[each]], -each), default=None)
            before = max((float(alike[at[place], at[each]]) for each in left), default=0.0)
            reason: dict[str, object] = {"why": Why.FIRST if best is None else Why.SIMILARITY}
            if best is not None:
                reason |= {
                    "score": round(float(alike[at[place], at[best]]), 4),
                    "words": list(common_words(plan.items[place].clean, plan.items[best].clean)),
                }
            reason |= {
                "threshold": self._threshold,
                "runner_up": public_id(Prefix.CATEGORY, source) if left else None,
                "runner_up_score": round(before, 4),
            }
            found[plan.base.members[place].id] = reason
        return found
