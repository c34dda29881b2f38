"""What a text says, in concepts of the glossary.

Negation is not understood: "this is no timeout" reads `timeout`. What a text denies is rarely what broke, and
people's facts correct what remains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from knowledge_base.features.cleaning import LENGTH_LIMIT
from knowledge_base.vocabulary.glossary import Glossary
from knowledge_base.vocabulary.simplified import simplified
from knowledge_base.vocabulary.wordings import Occurrence, Symbols, Vocabulary, WordingTree
from knowledge_base.vocabulary.words import Word, words_of

_CACHE = 5_000
_IGNORED = ""
_CHINESE = ("㐀", "鿿")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` to ``end`` (not included) of the text say ``concept``."""

    start: int
    end: int
    concept: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The concepts of a text by name: what went wrong (acts), to what (objects), and which characters say so.

    What is only implied has no span.
    """

    acts: frozenset[str]
    objects: frozenset[str]
    spans: tuple[Span, ...]

    @property
    def concepts(self) -> frozenset[str]:
        """Acts and objects together."""
        return self.acts | self.objects


class Reader:
    """Reads texts by one glossary; may be shared by threads."""

    def __init__(self, glossary: Glossary) -> None:
        self.glossary = glossary

    def read(self, text: str) -> Reading:
        """Find the concepts of a template, a raw message or a question, in English, Chinese or both.

        Where wordings overlap the longest counts alone. What stands behind the first 4,000 characters is not read.
        Readings are kept for a while: the same texts are compared again and again.
        """
        return self._kept(text[:LENGTH_LIMIT])

    @cached_property
    def _kept(self) -> Callable[[str], Reading]:
        return lru_cache(maxsize=_CACHE)(self._read)

    def _read(self, text: str) -> Reading:
        words, chosen = self._chosen(text)
        spans = {
            Span(start, end, concept)
            for occurrence in chosen
            for start, end in _runs(occurrence.places, words)
            for concept in occurrence.concepts
        }
        names = {span.concept for span in spans}
        names.update(*(self.glossary.by_name[name].implies for name in tuple(names)))
        acts = frozenset(name for name in names if name in self.glossary.acts)
        return Reading(acts=acts, objects=frozenset(names - acts), spans=tuple(sorted(spans)))

    def canonical(self, text: str) -> str:
        """Put each Chinese wording into canonical English, for a model that knows no Chinese; the rest is kept.

        The result is cut at 4,000 characters of the text.
        """
        cut = text[:LENGTH_LIMIT]
        if not _has_chinese(cut):
            return cut
        words, chosen = self._chosen(cut)
        changes: dict[tuple[int, int], str] = {}
        for occurrence in chosen:
            said = [words[place] for place in occurrence.places]
            if not any(_is_chinese(word) for word in said):
                continue
            runs = _runs(occurrence.places, words)
            english = " ".join(self._in_english(occurrence.concepts))
            changes.update(dict.fromkeys(runs, "") | {runs[0]: english})
        return _changed(cut, changes)

    def _in_english(self, concepts: Iterable[str]) -> list[str]:
        """Name the concepts of one wording, objects first, and none that another one names already."""
        names = sorted(concepts, key=lambda concept: concept in self.glossary.acts)
        english = [self.glossary.by_name[name].english for name in names]
        return [one for one in english if not any(one != other and one in other for other in english)]

    def _chosen(self, text: str) -> tuple[list[Word], list[Occurrence]]:
        """Take a text apart and choose among its wordings the longest, none of which overlap."""
        words: list[Word] = []
        symbols: list[Symbols] = []
        look_up = self._vocabulary.symbols
        for word in words_of(simplified(text) if _has_chinese(text) else text):
            for part in look_up(word.text):
                words.append(word)
                symbols.append(part)
        found = self._tree.occurrences(symbols)
        found.sort(key=lambda one: (-len(one.places), -_letters(one, words), one.places))
        taken: set[int] = set()
        by_places: dict[tuple[int, ...], dict[str, None]] = {}
        for occurrence in found:
            if occurrence.places in by_places:
                by_places[occurrence.places].update(dict.fromkeys(occurrence.concepts))
            elif taken.isdisjoint(occurrence.places):
                taken.update(occurrence.places)
                by_places[occurrence.places] = dict.fromkeys(occurrence.concepts)
        chosen = [
            Occurrence(places, tuple(concepts)) for places, concepts in by_places.items() if _IGNORED not in concepts
        ]
        return words, chosen

    @cached_property
    def _tree(self) -> WordingTree:
        tree = WordingTree()
        for concept in self.glossary.concepts:
            for wording in concept.all_wordings:
                tree.add(wording, concept.name)
        for phrase in self.glossary.ignored:
            tree.add(phrase, _IGNORED)
        return tree

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return self._tree.reader()


def _letters(occurrence: Occurrence, words: list[Word]) -> int:
    return sum(len(words[place].text) for place in occurrence.places)


def _runs(places: Iterable[int], words: list[Word]) -> list[tuple[int, int]]:
    """Give the stretches of text that words cover; words without one between them share a stretch."""
    ordered = list(places)
    if ordered[-1] - ordered[0] == len(ordered) - 1:
        return [(words[ordered[0]].start, words[ordered[-1]].end)]
    starts = [0, *(index for index, (left, right) in enumerate(pairwise(ordered), 1) if right != left + 1)]
    ends = [*starts[1:], len(ordered)]
    return [(words[ordered[start]].start, words[ordered[end - 1]].end) for start, end in zip(starts, ends, strict=True)]


def _changed(text: str, changes: dict[tuple[int, int], str]) -> str:
    parts: list[str] = []
    behind = 0
    for (start, end), instead in sorted(changes.items()):
        parts.extend((text[behind:start], f" {instead} " if instead else " "))
        behind = end
    parts.append(text[behind:])
    return " ".join("".join(parts).split())


def _has_chinese(text: str) -> bool:
    return not text.isascii() and any(_CHINESE[0] <= letter <= _CHINESE[1] for letter in text)


def _is_chinese(word: Word) -> bool:
    return len(word.text) == 1 and _CHINESE[0] <= word.text <= _CHINESE[1]
