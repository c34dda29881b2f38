"""What a text is compared by: its words, concepts, codes and exception classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge_base.features.ngrams import Grams


@dataclass(frozen=True, slots=True)
class Profile:
    """A template, a question or a wording of a known kind, made ready to be compared with others.

    ``canonical`` is what is embedded: cleaned, with Chinese wordings of the glossary in English. ``kinds`` tells how
    likely the text is one of the known kinds of error, by their names; it is empty for a text that is like none.
    """

    clean: str
    canonical: str
    words: frozenset[str]
    grams: Grams
    acts: frozenset[str]
    objects: frozenset[str]
    codes: frozenset[str]
    classes: frozenset[str]
    kinds: Mapping[str, float] = field(default_factory=dict)
