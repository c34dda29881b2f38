"""Candidates of a question: what stands near it, put together by the solution that it leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.replica import Indexed
from knowledge_base.matching.near import Near, Remedies
from knowledge_base.matching.query import Query
from knowledge_base.store.grouping import categories

BY_MEANING, BY_WORDS, BY_CODE, BY_SOLUTION = 16, 16, 8, 8
"""How many are looked for in each way."""

MOST_CODES = 4
FOR_EACH = 3
"""Representatives that are read of a category which only its solution was found for."""

MOST_CATEGORIES = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a question may be about: a solution with all that leads to it, or a category without one.

    ``dense`` has the cosine of each form of the question with each representative, shape (forms, held).
    """

    solution: int | None
    held: tuple[Indexed, ...]
    dense: Vectors


def gather(
    db: Connection,
    project: str,
    query: Query,
    near: Near,
    remedies: Remedies,
    *,
    refused: frozenset[int] = frozenset(),
    changed: Mapping[int, int | None] | None = None,
) -> tuple[list[Candidate], dict[int, Vectors]]:
    """Look for candidates in every way; gives the vectors of what was found, too.

    ``refused`` are categories that the question must not match, nor any with the solution of one of them.

    ``changed`` gives the solutions that categories would have; None where they would have none.
    """
    numbers = {number for row in near.nearest(query.vectors, BY_MEANING) for number, _ in row}
    numbers.update(near.worded(query.terms, BY_WORDS))
    for code in sorted(query.signed.codes)[:MOST_CODES]:
        numbers.update(near.with_code(code, BY_CODE))
    found = near.read(db, numbers)
    told = remedies.search(db, query.vectors, query.terms, BY_SOLUTION)
    answering = categories.answered_by(db, project, told, limit=MOST_CATEGORIES)
    unseen = sorted(answering.keys() - {each.category for each in found.values()})
    found.update((each.id, each) for each in near.standing_for(db, unseen, FOR_EACH))
    homes = {each.category for each in found.values()} | refused
    solutions = answering | categories.solutions_of(db, project, sorted(homes - answering.keys()))
    for category, solution in (changed or {}).items():
        if solution is None:
            solutions.pop(category, None)
        else:
            solutions[category] = solution
    # What did not help does not help by another category either.
    barred = {solutions[category] for category in refused if category in solutions}
    left = [
        each for each in found.values() if each.category not in refused and solutions.get(each.category) not in barred
    ]
    vectors = near.vectors(sorted(each.id for each in left))
    return _grouped([found[number] for number in vectors], solutions, query, vectors), vectors


def _grouped(
    found: Sequence[Indexed], solutions: Mapping[int, int], query: Query, vectors: Mapping[int, Vectors]
) -> list[Candidate]:
    if not found:
        return []
    # Row by row, so that equal texts are equally near wherever they stand.
    dense = np.einsum("ij,kj->ik", query.vectors, np.stack(list(vectors.values())))
    groups: dict[tuple[int | None, int], list[int]] = {}
    for place, each in enumerate(found):
        solution = solutions.get(each.category)
        groups.setdefault((solution, each.category if solution is None else 0), []).append(place)
    return [
        Candidate(solution, tuple(found[place] for place in places), dense[:, places])
        for (solution, _), places in groups.items()
    ]
