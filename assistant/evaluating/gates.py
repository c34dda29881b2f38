"""Bounds that a measurement has to keep, for a build that fails when it does not."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evaluating.scoring import Scores


@dataclass(frozen=True, slots=True)
class Gates:
    """Lower and upper bounds; None asks for nothing. ``answered_right`` is a share of the known questions."""

    right_first: float | None = None
    among_three: float | None = None
    answered_right: float | None = None
    precision: float | None = None
    auroc: float | None = None
    brier: float | None = None
    strangers_answered: int | None = None


def missed(scores: Scores, gates: Gates) -> list[str]:
    """Say which bounds are not kept; what cannot be measured keeps none.

    >>> from assistant.evaluating.scoring import score
    >>> missed(score([]), Gates(right_first=0.9))
    ['right first cannot be measured with these questions; 0.9 or more is asked for']
    """
    lower = (
        ("right first", scores.share(scores.right_first), gates.right_first),
        ("among three", scores.share(scores.right_among_three), gates.among_three),
        ("answered right", scores.share(scores.answered_right), gates.answered_right),
        ("right of all answers", scores.precision, gates.precision),
        ("AUROC", scores.auroc, gates.auroc),
    )
    upper = (
        ("Brier score", scores.brier, gates.brier),
        ("strangers answered", scores.strangers_answered, gates.strangers_answered),
    )
    found = []
    for name, value, bound in lower:
        if bound is not None and (value is None or value < bound):
            found.append(_said(name, value, f"{bound:g} or more"))
    for name, value, bound in upper:
        if bound is not None and (value is None or value > bound):
            found.append(_said(name, value, f"{bound:g} or less"))
    return found


def _said(name: str, value: float | None, asked: str) -> str:
    if value is None:
        return f"{name} cannot be measured with these questions; {asked} is asked for"
    return f"{name} is {value:.4g}; {asked} is asked for"
