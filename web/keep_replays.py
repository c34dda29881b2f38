"""A change of the rules that keep templates, as somebody was shown it before they agree: what it is for, signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from knowledge_base.curation.keep_edits import KeepChange, document_of, read_change
from knowledge_base.errors import StaleVersion

LIFE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class ShownKeep:
    """A change, what it was worked out for (``KeepPlan.basis``), and when (seconds since the epoch)."""

    change: KeepChange
    basis: str
    at: int


def write_keep(key: str, project: str, shown: ShownKeep) -> str:
    """Write the id of what was shown."""
    return str(_signer(key).dumps([project, document_of(shown.change), shown.basis, shown.at]))


def read_keep(key: str, project: str, replay: str) -> ShownKeep:
    """Read the id of what was shown. Raises StaleVersion where it is too old, of another project or not ours."""
    try:
        found: Any = _signer(key).loads(replay, max_age=int(LIFE.total_seconds()))
    except BadData:
        found = None
    if not isinstance(found, list) or found[0] != project:
        raise StaleVersion("what was shown is too old to be agreed to; look at what would change once more")
    return ShownKeep(read_change(found[1]), found[2], found[3])


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kea.what-if-keep")
