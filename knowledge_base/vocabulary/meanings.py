"""What the error codes and exception classes of a text mean, so that codes of different systems meet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from knowledge_base.features.cleaning import LENGTH_LIMIT
from knowledge_base.signature.codes import exception_classes
from knowledge_base.vocabulary.catalogue import Catalogue
from knowledge_base.vocabulary.codes import CodeTable, Sense, code_table

READ = 4 * LENGTH_LIMIT
"""Characters of a text that are read: a chain of causes is longer than what is compared word by word."""

MOST_FOUND = 50

_TOKEN = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z0-9_]{2,100}(?:-[A-Za-z0-9_]{1,40}){0,3}", re.ASCII)
_IN_ERRORS = re.compile(
    r"(?<![\w.])(?:[A-Za-z_]\w{0,60}\.){0,8}(?:errors?|exceptions?|exc|errorfactory)\.([A-Z][A-Za-z0-9]{2,80})(?![\w.(])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text's codes and classes say.

    ``classes`` are simple names of exception classes that tell something, ``generic`` those of wrappers and of
    classes that are thrown for everything.
    """

    concepts: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meanings:
    """Looks codes and classes up; a number means something only where its system announces it."""

    table: CodeTable

    def read(self, text: str, codes: Sequence[str] = ()) -> Meaning:
        """Tell what a text means by codes alone; ``codes`` are those that the signature lists for it.

        Text is a message, a template or a question; codes that a template no longer shows count too.
        """
        text = text[:READ]
        lowered = text.lower()
        tokens = list(dict.fromkeys(_tokens(text)))
        named = (*exception_classes(text), *(match[1] for match in _IN_ERRORS.finditer(text)))
        known = (token for token in tokens if token in self.table.classes)
        classes = tuple(dict.fromkeys((*named, *known)))
        senses = [
            *self._listed(codes, lowered),
            *(self.table.plain[token] for token in tokens if token in self.table.plain),
            *self._announced(text, lowered),
            *(self.table.classes[name] for name in classes if name in self.table.classes),
        ]
        return Meaning(
            concepts=frozenset(concept for sense in senses for concept in sense.concepts),
            kinds=frozenset(sense.kind for sense in senses if sense.kind),
            classes=tuple(name for name in classes if name not in self.table.generic),
            generic=tuple(name for name in classes if name in self.table.generic),
        )

    def _listed(self, codes: Sequence[str], lowered: str) -> Iterator[Sense]:
        for code in codes[:MOST_FOUND]:
            if code in self.table.plain:
                yield self.table.plain[code]
            for listing in self.table.listings.get(code, ()):
                if not listing.only_with or any(word in lowered for word in listing.only_with):
                    yield listing.sense

    def _announced(self, text: str, lowered: str) -> Iterator[Sense]:
        for announcement in self.table.announcements:
            if announcement.anchor not in lowered:
                continue
            for number, match in enumerate(announcement.pattern.finditer(text)):
                sense = announcement.senses.get(match[1])
                if sense is not None:
                    yield sense
                if number >= MOST_FOUND:
                    break


def load_meanings(catalogue: Catalogue) -> Meanings:
    """Load the packaged table of codes; the concepts of a code are those of its kind in ``catalogue``."""
    content = files(__package__).joinpath("codes.yaml").read_bytes()
    return Meanings(code_table(content, "codes.yaml", catalogue))


def _tokens(text: str) -> Iterator[str]:
    """Give the words of a text that may be codes, those with hyphens also in parts."""
    for match in _TOKEN.finditer(text):
        yield match[0]
        if "-" in match[0]:
            yield from match[0].split("-")
