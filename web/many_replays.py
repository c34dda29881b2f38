"""What somebody was shown before they agree to an act on all that match: which categories these are, signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from knowledge_base.errors import StaleVersion
from web.replays import LIFE


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
    fields = {"act": wanted.act, "text": wanted.text, "until": wanted.until, "address": wanted.address}
    steps = list(_steps(wanted.numbers))
    return str(_signer(key).dumps({"project": project, **fields, "behind": wanted.behind, "steps": steps}))


def read_many(key: str, project: str, replay: str) -> WantedMany:
    """Read a replay's id. Raises StaleVersion where it is too old, of another project or not ours."""
    try:
        found: Any = _signer(key).loads(replay, max_age=int(LIFE.total_seconds()))
    except BadData:
        found = None
    if not isinstance(found, Mapping) or found.get("project") != project or "behind" not in found:
        raise StaleVersion("what was shown is too old to be agreed to; look at what would change once more")
    return WantedMany(
        act=found["act"],
        text=found["text"],
        until=found["until"],
        address=found["address"],
        numbers=tuple(accumulate(found["steps"])),
        behind=found["behind"],
    )


def _steps(numbers: Sequence[int]) -> Iterable[int]:
    yield from numbers[:1]
    yield from (after - before for before, after in pairwise(numbers))


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kea.many")
