"""Judges the candidates of a question: an order, and the chance that the first one is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.replica import Indexed
from knowledge_base.index.solution_forms import Told
from knowledge_base.index.solutions import PARTS
from knowledge_base.matching.candidates import Candidate
from knowledge_base.matching.grounds import Grounds
from knowledge_base.matching.query import Query
from knowledge_base.matching.ranking import MatchModel, shares
from knowledge_base.matching.weighing import Scales
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile

Read = Callable[[Connection, str, Judge, Sequence[Indexed], Mapping[int, Vectors]], Mapping[int, Profile]]
"""Gives the profiles of a project's representatives by their numbers, from their vectors by their numbers."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with what speaks for it; ``best`` is the representative nearest to the question."""

    solution: int | None
    best: Indexed
    profile: Profile
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Judged:
    """Candidates, best first, with their scores; ``chances`` that each is right, which sum up to 1 at most.

    ``asked`` is the form of the question that was nearest to anything.
    """

    asked: Profile
    weighed: tuple[Weighed, ...]
    scores: tuple[float, ...]
    chances: tuple[float, ...]


def weigh(
    query: Query,
    candidates: Sequence[Candidate],
    profiles: Mapping[int, Profile],
    told: Mapping[int, tuple[Told, Vectors]],
    judge: Judge,
) -> tuple[Profile, list[Weighed]]:
    """Tell what speaks for each candidate, by the form of the question that is nearest to any of them."""
    remedies = [None if each.solution is None else told.get(each.solution) for each in candidates]
    held = [[profiles[one.id] for one in each.held] for each in candidates]
    scales = Scales(judge, held, [each and each[0] for each in remedies])
    dense = np.concatenate([each.dense for each in candidates], axis=1)
    likeness = _likeness(query, [each[1] for each in remedies if each])
    stood = [scales.stand(*each) for each in zip(query.profiles, dense, likeness, strict=True)]
    form = max(range(len(stood)), key=lambda place: float(stood[place][0].log_odds.max()))
    asked = query.profiles[form]
    places, grounds = scales.weigh(asked, *stood[form], likeness[form])
    indexed = [one for each in candidates for one in each.held]
    return asked, [
        Weighed(each.solution, indexed[place], profiles[indexed[place].id], found)
        for each, place, found in zip(candidates, places, grounds, strict=True)
    ]


def decide(asked: Profile, weighed: Sequence[Weighed], model: MatchModel) -> Judged:
    """Put candidates in order and tell how likely each is right."""
    scored = sorted(
        zip(model.ranker.scores([each.grounds for each in weighed]), weighed, strict=True),
        key=lambda pair: (-pair[0], pair[1].best.category),
    )
    scores = [score for score, _ in scored]
    first = model.certainty.chance(scores, scored[0][1].grounds, asked)
    share = shares(scores)
    # What is left beside the first goes to the others as far as anything known is meant at all.
    known = min(1.0, first / share[0])
    rest = min(1.0 - first, known * (1.0 - share[0]))
    others = [min(first, rest * each / (1.0 - share[0])) if share[0] < 1.0 else 0.0 for each in share[1:]]
    return Judged(asked, tuple(each for _, each in scored), tuple(scores), (first, *others))


def _likeness(query: Query, parts: Sequence[Vectors]) -> Vectors:
    """Give the cosine of each form with each part of solutions, shape (forms, solutions, parts)."""
    found = [[each @ vector for each in parts] for vector in query.vectors]
    return np.array(found, np.float32).reshape(len(found), len(parts), PARTS)
