"""Which characters of a question say what the text that it was matched with says too: codes, concepts, words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from knowledge_base.features.chinese import segmented
from knowledge_base.features.cleaning import WordPlace, word_places
from knowledge_base.features.stop_words import BOILERPLATE, NEGATIONS, STOP
from knowledge_base.signature.codes import CodePlace, code_places
from knowledge_base.types import Mark
from knowledge_base.vocabulary.reading import Reader, Reading
from knowledge_base.vocabulary.simplified import simplified

READ = 1000
"""Characters of a text that are marked; no more of it is shown."""

_EMPTY = STOP | BOILERPLATE | NEGATIONS


@dataclass(frozen=True, slots=True)
class _Said:
    """What a text says, and where."""

    codes: Sequence[CodePlace]
    reading: Reading
    words: Sequence[WordPlace]

    @classmethod
    def of(cls, text: str, reader: Reader) -> _Said:
        """Read a text."""
        text = text[:READ]
        return cls(code_places(text), reader.read(text), tuple(_words(text)))


def marks(asked: str, matched: str, reader: Reader) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Mark in each of two texts what both say; no two marks of a text overlap, they are in the order of the text.

    Where several would, codes go before concepts and those before words. Words that say nothing are not marked.
    """
    ours = _Said.of(asked, reader)
    # A line in which nothing varies is its own template.
    theirs = ours if asked == matched else _Said.of(matched, reader)
    codes = {each.code for each in ours.codes} & {each.code for each in theirs.codes}
    concepts = ours.reading.concepts & theirs.reading.concepts
    words = {each.word for each in ours.words} & {each.word for each in theirs.words}
    implied = {name: reader.glossary.by_name[name].implies for name in _named(ours) | _named(theirs)}
    found = _marked(ours, codes, concepts, words, implied)
    return found, found if theirs is ours else _marked(theirs, codes, concepts, words, implied)


def other_wordings(
    asked: str, matched: str, found: tuple[Sequence[Mark], Sequence[Mark]], reader: Reader
) -> dict[str, str]:
    """Tell in which words the matched text says the marked concepts, where the question has none of those words.

    What is only a placeholder is no word. A wording with a gap has ``…`` in it.
    """
    ours = {asked[each.start : each.end].lower() for each in found[0]}
    said: dict[str, str] = {}
    concepts = [each for each in found[1] if each.kind == "concept"]
    for place, mark in enumerate(concepts):
        wording = matched[mark.start : mark.end]
        if mark.said in said or "<" in wording or wording.lower() in ours:
            continue
        behind = [each for each in concepts[place + 1 :] if each.said == mark.said]
        if mark.said not in _says(wording, reader) and behind:
            wording = f"{wording} … {matched[behind[0].start : behind[0].end]}"
        said[mark.said] = wording
    return said


def _says(text: str, reader: Reader) -> frozenset[str]:
    return reader.read(text).concepts


def _named(said: _Said) -> set[str]:
    return {span.concept for span in said.reading.spans}


def _marked(
    said: _Said, codes: Set[str], concepts: Set[str], words: Set[str], implied: Mapping[str, Set[str]]
) -> tuple[Mark, ...]:
    found = [Mark(start, end, "code", code) for start, end, code in said.codes if code in codes]
    for span in said.reading.spans:
        common = [span.concept] if span.concept in concepts else sorted(implied[span.concept] & concepts)
        found += [Mark(span.start, span.end, "concept", name) for name in common[:1]]
    found += [Mark(start, end, "word", word) for word, start, end in said.words if word in words]
    return tuple(sorted(_apart(found), key=_start))


def _apart(found: Iterable[Mark]) -> Iterator[Mark]:
    """Leave out what overlaps with what comes before."""
    taken = bytearray(READ)
    for each in found:
        if not any(taken[each.start : each.end]):
            taken[each.start : each.end] = b"\1" * (each.end - each.start)
            yield each


def _words(text: str) -> Iterator[WordPlace]:
    """Give the words that say something; Chinese in whole words and simplified characters."""
    plain = text if text.isascii() else simplified(text)
    for is_chinese, group in groupby(word_places(plain), key=_is_chinese):
        for each in _joined(list(group)) if is_chinese else group:
            if each.word not in _EMPTY and (is_chinese or len(each.word) > 1):
                yield each


def _is_chinese(each: WordPlace) -> bool:
    return len(each.word) == 1 and "㐀" <= each.word <= "鿿"


def _joined(places: Sequence[WordPlace]) -> Iterator[WordPlace]:
    """Join Chinese characters that stand side by side to words."""
    begin = 0
    for place in range(1, len(places) + 1):
        if place == len(places) or places[place].start != places[place - 1].end:
            run = places[begin:place]
            for word in segmented("".join(each.word for each in run)):
                yield WordPlace(word, run[0].start, run[len(word) - 1].end)
                run = run[len(word) :]
            begin = place


def _start(mark: Mark) -> int:
    return mark.start
