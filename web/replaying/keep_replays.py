"""A change of the rules that keep templates, as somebody was shown it before they agree: what it is for, signed."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_base.curation.keeping.keep_edits import KeepChange, document_of, read_change
from web.replaying.signed import Signed

SIGNED = Signed("kea.what-if-keep")


@dataclass(frozen=True, slots=True)
class ShownKeep:
    """A change, what it was worked out for (``KeepPlan.basis``), and when (seconds since the epoch)."""

    change: KeepChange
    basis: str
    at: int


def write_keep(key: str, project: str, shown: ShownKeep) -> str:
    """Write the id of what was shown."""
    return SIGNED.write(key, project, [document_of(shown.change), shown.basis, shown.at])


def read_keep(key: str, project: str, replay: str) -> ShownKeep:
    """Read the id of what was shown. Raises StaleVersion where it is too old, of another project or not ours."""
    document, basis, at = SIGNED.read(key, project, replay)
    return ShownKeep(read_change(document), basis, at)
