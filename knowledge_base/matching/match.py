"""Text to ranked categories with evidence: what is known exactly first, then what is judged to be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.matching.candidates import gather
from knowledge_base.matching.evidence import of_known, of_likeness
from knowledge_base.matching.exact import Known
from knowledge_base.matching.grounds import Grounds
from knowledge_base.matching.judging import Read, Weighed, decide, weigh
from knowledge_base.matching.near import Near, Remedies
from knowledge_base.matching.query import Query, Signed
from knowledge_base.matching.ranking import MatchModel
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.types import Evidence


@dataclass(frozen=True, slots=True)
class Match:
    """What a text may mean: a category, with the chance that it is right, 0..1; numbers as in the store.

    ``grounds`` are what it was judged by; None for what is known exactly.
    """

    category: int
    template: int | None
    score: float
    evidence: Evidence
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a question may mean, best first, one match for each solution; ``form`` names what was asked."""

    form: str
    matches: tuple[Match, ...]


def known_matches(signed: Signed, found: Sequence[Known], solutions: Mapping[int, int]) -> list[Match]:
    """Give what is certain, one match for each solution, the likeliest first."""
    codes = tuple(sorted(signed.codes))
    matches = [Match(each.category, each.template, 1.0, of_known(each, codes)) for each in found]
    return one_for_each_solution(matches, solutions)


def weighed_candidates(
    db: Connection,
    project: str,
    query: Query,
    near: Near,
    remedies: Remedies,
    *,
    judge: Judge,
    read: Read,
    refused: frozenset[int] = frozenset(),
    changed: Mapping[int, int | None] | None = None,
) -> tuple[Profile | None, list[Weighed]]:
    """Compare a question with what it may be about; gives the form of it that is nearest, too.

    ``refused`` are categories that it must not match, ``changed`` the solutions that categories would have.
    """
    if not query.profiles:
        return None, []
    candidates, vectors = gather(db, project, query, near, remedies, refused=refused, changed=changed)
    if not candidates:
        return None, []
    profiles = read(db, project, judge, [one for each in candidates for one in each.held], vectors)
    told = remedies.told(db, [each.solution for each in candidates if each.solution is not None])
    return weigh(query, candidates, profiles, told, judge)


def judged_matches(
    asked: Profile | None, weighed: Sequence[Weighed], judge: Judge, model: MatchModel, *, limit: int | None = None
) -> list[Match]:
    """Rank what a question was compared with, one match for each solution, best first; ``limit`` of them at most."""
    if asked is None:
        return []
    judged = decide(asked, weighed, model)
    return [
        Match(
            each.best.category,
            each.best.template,
            chance,
            of_likeness(judge, asked, each.profile, each.best),
            each.grounds,
        )
        for each, chance in zip(judged.weighed[:limit], judged.chances[:limit], strict=True)
    ]


def one_for_each_solution(matches: Sequence[Match], solutions: Mapping[int, int]) -> list[Match]:
    """Keep the first of each solution; a category without one stands for itself."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for each in matches:
        solution = solutions.get(each.category)
        key = ("category", each.category) if solution is None else ("solution", solution)
        if key not in seen:
            seen.add(key)
            kept.append(each)
    return kept


def joined(certain: Sequence[Match], judged: Sequence[Match], solutions: Mapping[int, int], limit: int) -> list[Match]:
    """Put what is judged behind what is certain; beside that it is hardly likely."""
    if not certain:
        return list(judged[:limit])
    rest = [Match(each.category, each.template, 0.0, each.evidence, each.grounds) for each in judged]
    return one_for_each_solution([*certain, *rest], solutions)[:limit]
