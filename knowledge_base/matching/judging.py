"""Judges the candidates of a question: an order, and the chance that the first one is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.replica import Indexed
from knowledge_base.index.solution_forms import Told
from knowledge_base.matching.candidates import Candidate
from knowledge_base.matching.grounds import (
    Grounds,
    Likeness,
    Standing,
    Weights,
    beside,
    grounds_of,
    odds_of,
    stand,
    standings_of,
)
from knowledge_base.matching.query import Query
from knowledge_base.matching.ranking import MatchModel, shares
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
    every = [profiles[one.id] for each in candidates for one in each.held]
    ready = beside(judge, every)
    compared = []
    for form, asked in enumerate(query.profiles):
        dense = np.concatenate([each.dense[form] for each in candidates])
        features = ready.compared(asked, dense.tolist())
        compared.append((odds_of(judge, features), features))
    form = max(range(len(compared)), key=lambda place: max(compared[place][0]))
    asked, (odds, features) = query.profiles[form], compared[form]
    rows, weights = features.tolist(), Weights.of(asked, judge.rarity)
    remedies = [None if each.solution is None else told.get(each.solution) for each in candidates]
    likenesses = [each and Likeness(*(float(cosine) for cosine in each[1] @ query.vectors[form])) for each in remedies]
    told_by = _told_by(judge, form, asked, remedies, likenesses)
    found, end = [], 0
    for place, each in enumerate(candidates):
        start, end = end, end + len(each.held)
        standings, held = standings_of(form, odds[start:end], rows[start:end]), every[start:end]
        best = max(standings, key=_log_odds).place
        remedy = remedies[place]
        grounds = grounds_of(
            judge, asked, weights, standings, held, remedy and remedy[0], likenesses[place], told_by.get(place)
        )
        found.append(Weighed(each.solution, each.held[best], held[best], grounds))
    return asked, found


def decide(asked: Profile, weighed: Sequence[Weighed], model: MatchModel) -> Judged:
    """Put candidates in order and tell how likely each is right."""
    scored = sorted(
        ((model.ranker.score(each.grounds), each) for each in weighed),
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


def _told_by(
    judge: Judge,
    form: int,
    asked: Profile,
    remedies: Sequence[tuple[Told, Vectors] | None],
    likenesses: Sequence[Likeness | None],
) -> dict[int, Standing]:
    """Compare the question with what solutions are about, by the places of their candidates."""
    told = {
        place: (remedy[0].profile, likeness.named)
        for place, (remedy, likeness) in enumerate(zip(remedies, likenesses, strict=True))
        if remedy is not None and likeness is not None
    }
    return dict(zip(told, stand(judge, form, asked, list(told.values())), strict=True)) if told else {}


def _log_odds(standing: Standing) -> float:
    return standing.log_odds
