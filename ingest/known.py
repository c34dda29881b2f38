"""The fingerprints that were met lately, so that a repeated line asks the database nothing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from knowledge_base.signature import SIGNATURE_VERSION
from knowledge_base.store import projects, templates
from knowledge_base.store.descriptions import Description, describe
from knowledge_base.store.templates import TemplateRef

CAPACITY = 200_000
HARMLESS = frozenset({"category_created"})


class KnownTemplates:
    """A bounded map from fingerprint to description that follows the change feed.

    Descriptions are stable between two changes other than the making of a category, so any other
    change empties the map: one query fills it again.
    """

    def __init__(self, project: str, *, capacity: int = CAPACITY) -> None:
        self._project = project
        self._capacity = capacity
        self._found: dict[str, Description] = {}
        self._change = -1

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._found

    def follow(self, db: Connection) -> None:
        """Come up to the change feed's end, as it is in this transaction."""
        last = projects.last_change(db, self._project)
        if last == self._change:
            return
        if self._change >= 0:
            changes = projects.changes_since(db, self._project, self._change, limit=last - self._change)
            if not all(change.kind in HARMLESS for change in changes):
                self._found.clear()
        self._change = last

    def look_up(self, db: Connection, fingerprints: Iterable[str]) -> dict[str, Description]:
        """Describe the fingerprints that are known, from memory or else from the store."""
        wanted = set(fingerprints)
        known = {each: self._found[each] for each in wanted if each in self._found}
        missing = wanted - known.keys()
        if missing:
            refs = templates.find(db, self._project, SIGNATURE_VERSION, missing)
            known |= self.describe(db, refs)
        return known

    def describe(self, db: Connection, refs: dict[str, TemplateRef]) -> dict[str, Description]:
        """Describe fingerprints by their numbers."""
        described = describe(db, self._project, [ref.template for ref in refs.values()])
        return {fingerprint: described[ref.template] for fingerprint, ref in refs.items()}

    def remember(self, found: dict[str, Description]) -> None:
        """Keep descriptions once their transaction is committed."""
        if len(self._found) + len(found) > self._capacity:
            self._found.clear()
        self._found |= found

    def forget(self) -> None:
        """Start afresh, after a transaction that did not commit."""
        self._found.clear()
        self._change = -1
