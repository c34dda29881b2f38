"""What somebody was shown before they agree to an act on all that match: which categories these are, signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise

from web.replaying.signed import Signed

SIGNED = Signed("kea.many")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedMany:
    """An act on the categories that were shown, named by their ascending numbers.

    ``until`` is empty or a time in ISO 8601, ``address`` has the filters of the list. ``behind`` is the newest act that
    the list had seen.
    """

    act: str
    text: str
    until: str
    address: str
    numbers: tuple[int, ...]
    behind: int


def write_many(key: str, project: str, wanted: WantedMany) -> str:
    """Write a replay's id; ten thousand numbers take some thousand characters, for only their distances are kept."""
    return SIGNED.write(key, project, {**asdict(wanted), "numbers": list(_steps(wanted.numbers))})


def read_many(key: str, project: str, replay: str) -> WantedMany:
    """Read a replay's id. Raises StaleVersion where it is too old, of another project or not ours."""
    found = SIGNED.read(key, project, replay)
    return WantedMany(**{**found, "numbers": tuple(accumulate(found["numbers"]))})


def _steps(numbers: Sequence[int]) -> Iterable[int]:
    yield from numbers[:1]
    yield from (after - before for before, after in pairwise(numbers))
