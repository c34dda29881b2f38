"""The fingerprints that are known, so that a repeated line asks the database nothing."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.signature import SIGNATURE_VERSION
from knowledge_base.store import projects
from knowledge_base.store.grouping import templates
from knowledge_base.store.grouping.descriptions import Description, describe
from knowledge_base.store.grouping.templates import TemplateRef
from knowledge_base.store.projects import Change

BUDGET = 420_000_000
"""Bytes that the packed descriptions of a project may take: about a million with templates of usual length."""

OVERHEAD = 210
"""Bytes that an entry takes beside its packed text: a place in the map, the fingerprint, the object itself."""

HOT = 20_000
OUTDATED_LIMIT = 200_000
HARMLESS = frozenset(
    {
        "category_created",
        "label",
        "ignore",
        "unignore",
        "attach",
        "link",
        "detach",
        "revise",
        "adopt",
        "dismiss",
        "confirm",
        "reject",
        "pick",
        "unlearn",
        "thresholds_changed",
    }
)
"""Changes that no description tells of."""

_HEAD = struct.Struct("<qqq?")


@dataclass(frozen=True, slots=True)
class _Hot:
    """A description that was used lately, and the change of the feed up to which it was true."""

    description: Description
    change: int


class KnownTemplates:
    """A bounded map from fingerprint to description that follows the change feed.

    Descriptions are kept packed, a million in about 350 MB; those used lately are unpacked. A change makes
    what it tells of outdated: entries are compared with it by the number up to which each was true.
    """

    def __init__(self, project: str, *, budget: int = BUDGET) -> None:
        self._project = project
        self._budget = budget
        self._size = 0
        self._packed: dict[str, bytes] = {}
        self._hot: dict[str, _Hot] = {}
        self._change = -1
        self._outdated_categories: dict[int, int] = {}
        self._outdated_templates: dict[int, int] = {}

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._hot or fingerprint in self._packed

    def __len__(self) -> int:
        return len(self._packed)

    def follow(self, db: Connection) -> None:
        """Come up to the change feed's end, as it is in this transaction."""
        last = projects.last_change(db, self._project)
        if last == self._change:
            return
        if last < self._change:  # a backup was put back
            self._clear()
        elif self._change >= 0 and self._packed:
            limit = last - self._change
            for change in projects.changes_since(db, self._project, self._change, limit=limit, without=HARMLESS):
                if not self._note(change):
                    self._clear()
                    break
        self._change = last

    def look_up(
        self, db: Connection, fingerprints: Iterable[str], version: str = SIGNATURE_VERSION
    ) -> dict[str, Description]:
        """Describe the fingerprints of a version that are known, from memory or else from the store.

        A change of the version is a change of the feed, which empties the map.
        """
        wanted = set(fingerprints)
        known = {each: found for each in wanted if (found := self._recall(each)) is not None}
        missing = wanted - known.keys()
        if missing:
            refs = templates.find(db, self._project, version, missing)
            known |= self.describe(db, refs)
        return known

    def describe(self, db: Connection, refs: dict[str, TemplateRef]) -> dict[str, Description]:
        """Describe fingerprints by their numbers."""
        described = describe(db, self._project, [ref.template for ref in refs.values()])
        return {fingerprint: described[ref.template] for fingerprint, ref in refs.items()}

    def remember(self, found: dict[str, Description]) -> None:
        """Keep descriptions once their transaction is committed, before anything newer is followed."""
        for fingerprint, description in found.items():
            hot = self._hot.get(fingerprint)
            if hot is not None and hot.description is description and not self._is_outdated(hot):
                continue
            self._enter(fingerprint, description)
        while self._size > self._budget:
            self._drop_oldest()

    def forget(self) -> None:
        """Start afresh, after a transaction that did not commit."""
        self._clear()
        self._change = -1

    def _enter(self, fingerprint: str, description: Description) -> None:
        packed = _pack(description, self._change)
        before = self._packed.get(fingerprint)
        self._size += len(packed) + (OVERHEAD if before is None else -len(before))
        self._packed[fingerprint] = packed
        self._warm(fingerprint, _Hot(description, self._change))

    def _warm(self, fingerprint: str, hot: _Hot) -> None:
        if len(self._hot) >= HOT:
            self._hot.clear()
        self._hot[fingerprint] = hot

    def _recall(self, fingerprint: str) -> Description | None:
        hot = self._hot.get(fingerprint)
        if hot is None:
            packed = self._packed.get(fingerprint)
            if packed is None:
                return None
            hot = _unpack(packed)
            self._warm(fingerprint, hot)
        return None if self._is_outdated(hot) else hot.description

    def _is_outdated(self, hot: _Hot) -> bool:
        ref = hot.description.ref
        return (
            self._outdated_categories.get(ref.category, -1) > hot.change
            or self._outdated_templates.get(ref.template, -1) > hot.change
        )

    def _note(self, change: Change) -> bool:
        """Note what a change makes outdated; False where that cannot be told."""
        detail = change.detail
        match change.kind:
            case "category_merged":
                categories, gone = [detail["from"], detail["into"]], []
            case "template_moved":
                categories, gone = [detail["category"]], [detail["template"]]
            case "template_evicted":
                categories, gone = [], list(detail["templates"])  # type: ignore[call-overload]
            case "category_evicted":
                return True  # each of its templates was told of
            case _:
                return False
        self._outdated_categories |= {number_of(Prefix.CATEGORY, str(each)): change.number for each in categories}
        self._outdated_templates |= {number_of(Prefix.TEMPLATE, str(each)): change.number for each in gone}
        return len(self._outdated_categories) + len(self._outdated_templates) <= OUTDATED_LIMIT

    def _drop_oldest(self) -> None:
        for fingerprint in list(islice(self._packed, max(1, len(self._packed) // 10))):
            self._size -= len(self._packed.pop(fingerprint)) + OVERHEAD
            self._hot.pop(fingerprint, None)

    def _clear(self) -> None:
        self._packed.clear()
        self._hot.clear()
        self._outdated_categories.clear()
        self._outdated_templates.clear()
        self._size = 0


def _pack(description: Description, change: int) -> bytes:
    head = _HEAD.pack(description.ref.template, description.ref.category, change, description.counted)
    # What the store holds has neither NUL nor lone surrogates.
    return head + "\0".join((description.why, description.template, *description.keywords)).encode()


def _unpack(packed: bytes) -> _Hot:
    template, category, change, counted = _HEAD.unpack_from(packed)
    why, text, *keywords = packed[_HEAD.size :].decode().split("\0")
    return _Hot(
        Description(
            ref=TemplateRef(template, category),
            template_id=public_id(Prefix.TEMPLATE, template),
            category_id=public_id(Prefix.CATEGORY, category),
            template=text,
            why=why,
            keywords=tuple(keywords),
            counted=counted,
        ),
        change,
    )
