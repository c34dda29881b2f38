"""Profiles by hand, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from knowledge_base.features.ngrams import grams
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

CONTRADICTIONS = {
    "timeout": frozenset({"refused", "reset"}),
    "refused": frozenset({"timeout"}),
    "reset": frozenset({"timeout"}),
    "table": frozenset({"column"}),
    "column": frozenset({"table"}),
}
RARITY = Rarity({"table": 99, "orders": 1}, {"not-found": 9, "table": 4}, texts=100, kinds=10)


def profile(
    text: str = "",
    *,
    acts: Collection[str] = (),
    objects: Collection[str] = (),
    codes: Collection[str] = (),
    classes: Collection[str] = (),
    kinds: Mapping[str, float] | None = None,
) -> Profile:
    """A profile of plain words that says what it is told to say."""
    return Profile(
        clean=text,
        canonical=text,
        words=frozenset(text.split()),
        grams=grams(text),
        acts=frozenset(acts),
        objects=frozenset(objects),
        codes=frozenset(codes),
        classes=frozenset(classes),
        kinds=kinds or {},
    )
