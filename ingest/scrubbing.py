"""Scrubbing of whole batches: what a line is without its digits tells whether it may hold a secret.

There are few such texts, so that for most lines one look into a dictionary is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.scrub import may_hold_secret, scrub, scrub_all
from knowledge_base.signature.recall.collapsing import collapse_all
from knowledge_base.signature.recall.memory import Memory

CAPACITY = 20_000
LONGEST = 2_000
AT_ONCE = 2_000


class Scrubber:
    """Scrubs as :func:`knowledge_base.scrub.scrub` does. Not safe to be shared by threads."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._is_suspect: Memory[str, bool] = Memory(capacity)

    def scrub_all(self, texts: Sequence[str]) -> list[str]:
        """Scrub texts; those that hold no secret are given back as they are."""
        scrubbed: list[str] = []
        for start in range(0, len(texts), AT_ONCE):
            scrubbed += self._scrub_some(texts[start : start + AT_ONCE])
        return scrubbed

    def _scrub_some(self, texts: Sequence[str]) -> list[str]:
        collapsed = collapse_all(texts)
        if collapsed is None:
            return scrub_all(texts)
        scrubbed = list(texts)
        known = self._is_suspect.get_all(collapsed.texts)
        suspects = {at for at, is_suspect in enumerate(known) if is_suspect}
        suspects |= {
            at for at, is_suspect in enumerate(known) if is_suspect is None and self._look(collapsed.texts[at])
        }
        for at in suspects.union(collapsed.with_number()):
            scrubbed[at] = scrub(texts[at])
        return scrubbed

    def _look(self, collapsed: str) -> bool:
        found = self._is_suspect.get(collapsed)
        if found is None:
            found = may_hold_secret(collapsed)
            if len(collapsed) <= LONGEST:
                self._is_suspect[collapsed] = found
        return found
