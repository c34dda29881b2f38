"""What people call the concepts of the glossary, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

from knowledge_base.types import Named
from knowledge_base.vocabulary.files import packaged
from knowledge_base.vocabulary.glossary import Concept

_PATTERN = frozenset(".*<")


def called(concept: Concept) -> Named:
    """Give the names of a concept; the Chinese one is empty where it has no Chinese wording.

    >>> called(Concept("table", "object", "table")).chinese
    '表'
    """
    plain = (wording for wording in concept.chinese if _PATTERN.isdisjoint(wording))
    return Named(concept.name, concept.english, chinese_names().get(concept.name) or next(plain, ""))


@cache
def chinese_names() -> Mapping[str, str]:
    """Read the Chinese names that come with Kea."""
    return cast(Mapping[str, str], packaged("chinese_names.yaml"))
