"""Judges the candidates of a question: an order, and the chance that the first one is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.replica import Indexed
from knowledge_base.index.solution_forms import Told
from knowledge_base.matching.candidates import Candidate
from knowledge_base.matching.grounds import Grounds, Likeness, Standing, Weights, grounds_of, stand
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
    standings = [
        [
            stand(
                judge,
                form,
                asked,
                [(profiles[one.id], float(dense)) for one, dense in zip(each.held, row, strict=True)],
            )
            for each, row in ((each, each.dense[form]) for each in candidates)
        ]
        for form, asked in enumerate(query.profiles)
    ]
    form = max(range(len(standings)), key=lambda place: max(one.log_odds for each in standings[place] for one in each))
    asked = query.profiles[form]
    weights = Weights.of(asked, judge.rarity)
    found = []
    for each, beside in zip(candidates, standings[form], strict=True):
        remedy = None if each.solution is None else told.get(each.solution)
        best = max(beside, key=_log_odds)
        held = [profiles[one.id] for one in each.held]
        likeness = None if remedy is None else Likeness(*(float(each) for each in remedy[1] @ query.vectors[form]))
        grounds = grounds_of(judge, asked, weights, beside, held, remedy and remedy[0], likeness)
        found.append(Weighed(each.solution, each.held[best.place], held[best.place], grounds))
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


def _log_odds(standing: Standing) -> float:
    return standing.log_odds
