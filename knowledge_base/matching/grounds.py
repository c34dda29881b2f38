"""What speaks for and against a candidate being what a question is about, as numbers."""

from __future__ import annotations

from typing import NamedTuple


class Grounds(NamedTuple):
    """Each field is a feature of the ranker; log odds in nats, shares in 0..1, weights in nats of rarity.

    ``nearest_*`` compare with the representative that is most likely the same error, ``any_*`` with the best one for
    that feature, ``told_*`` with title and cause of the solution; ``words_*`` and ``concepts_*`` tell what share of the
    question is found in all that is known of the candidate.
    """

    nearest: float
    nearest_three: float
    nearest_kind: float
    nearest_rarest: float
    nearest_objects_left: float
    nearest_against: float
    any_kind: float
    told: float
    told_dense: float
    title_dense: float
    body_dense: float
    told_letters: float
    told_words: float
    told_other_kind: float
    told_against: float
    concepts_known: float
    concepts_usual: float
    concepts_weight: float
    words_in_logs: float
    words_in_solution: float
    words_known: float
    words_weight: float
    rarest_known: float
    unsolved: float


AGAINST = frozenset({"nearest_objects_left", "nearest_against", "told_other_kind", "told_against"})
"""Features that speak against a candidate: no weight of theirs may be positive, no other negative."""

FREE = frozenset({"unsolved"})
"""Features that may speak for and against: without a solution there is less to compare with."""

NAMES = Grounds._fields
