"""Several errors in one message: which of them are looked up, and which answers say the same."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading import ErrorText
from knowledge_base.types import Answer

MOST = 5
"""Errors of one message that are answered."""


def telling(answers: Sequence[Answer], forms: Sequence[str], errors: Sequence[ErrorText]) -> list[int]:
    """Give the places of the answers that are worth telling: one for each category, solution or unknown error.

    What is unknown beside something known in the same passage of a log is left out: it is likely to follow from it.
    """
    asked = list(zip(answers, forms, errors, strict=True))
    known = {error.passage for answer, _, error in asked if answer.category is not None}
    told: set[str] = set()
    kept = []
    for place, (answer, form, error) in enumerate(asked):
        if answer.category is None:
            if error.passage in known:
                continue
            names = {form}
        else:
            names = {answer.category.id} | ({answer.solution.id} if answer.solution else set())
        if not names & told:
            kept.append(place)
        told |= names
    return kept
