"""Which category each group is: ids stay with the group that most of a category's lines come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a group holds of a category as it is: lines, templates, and whether people put one of these there."""

    lines: int
    templates: int
    by_person: bool


Shares = Sequence[Mapping[int, Share]]
"""For each group its shares, by the category that they come from."""


def name_groups(shares: Shares, labelled: Collection[int]) -> list[int | None]:
    """Give each group the id of a category, each id to one group; None for a group that needs a new one.

    A labelled category keeps its id; then come groups in which people put something, then those with the most lines,
    then templates, then the oldest id. So nothing depends on the order of the groups but equal ones.
    """
    wanted = sorted(
        (
            (number not in labelled, not share.by_person, -share.lines, -share.templates, number, group)
            for group, known in enumerate(shares)
            for number, share in known.items()
        )
    )
    names: list[int | None] = [None] * len(shares)
    taken: set[int] = set()
    for *_, number, group in wanted:
        if names[group] is None and number not in taken:
            names[group] = number
            taken.add(number)
    return names


def heirs(shares: Shares, names: Sequence[int | None]) -> dict[int, int]:
    """Tell for each category whose id no group kept the group that most of its lines came to."""
    kept = {name for name in names if name is not None}
    best: dict[int, tuple[int, int, int]] = {}
    for group, known in enumerate(shares):
        for number, share in known.items():
            if number not in kept:
                best[number] = max(best.get(number, (-1, 0, 0)), (share.lines, share.templates, -group))
    return {number: -found[2] for number, found in best.items()}
