"""Templates of one plan that differ in kept digits alone: made once for digits of these lengths, then filled.

Rules tell digits from other characters, and never one digit from another. So what becomes of a text is told by two
samples of it, in which each run of kept digits has a digit of its own: where the samples differ, a digit was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_MOST_RUNS = 8


@dataclass(frozen=True, slots=True)
class Form:
    """A text with places for digits; ``runs`` tells whose digit a place has, in the order of the places."""

    pieces: tuple[str, ...]
    runs: tuple[int, ...]

    def fill(self, codes: Sequence[str]) -> str:
        """Put the digits of each run into its places."""
        digits = [iter(code) for code in codes]
        filled = [self.pieces[0]]
        for run, piece in zip(self.runs, self.pieces[1:], strict=True):
            filled += next(digits[run]), piece
        return "".join(filled)


def form_of(make: Callable[[Sequence[str]], str], codes: Sequence[str]) -> Form | None:
    """Learn the form of what ``make`` makes of codes of these lengths; None where it cannot be told.

    >>> form_of(lambda codes: f"error {codes[0]} of {codes[1]}", ["42", "7"]).fill(["13", "9"])
    'error 13 of 9'
    """
    if not 0 < len(codes) <= _MOST_RUNS:
        return None
    one, other = make(_sample(codes, 1)), make(_sample(codes, 2))
    if len(one) != len(other):
        return None
    pieces, runs, begin = list[str](), list[int](), 0
    for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        if mine != theirs:
            pieces.append(one[begin:place])
            runs.append(int(mine) - 1)
            begin = place + 1
    form = Form((*pieces, one[begin:]), tuple(runs))
    whole = all(runs.count(run) in (0, len(code)) for run, code in enumerate(codes))
    return form if whole and form.fill(codes) == make(codes) else None


def _sample(codes: Sequence[str], first: int) -> list[str]:
    """Write each code in a digit of its own.

    >>> _sample(["404", "42"], 1), _sample(["404", "42"], 2)
    (['111', '22'], ['222', '33'])
    """
    return [str(run + first) * len(code) for run, code in enumerate(codes)]
