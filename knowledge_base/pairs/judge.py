"""Judges whether texts are the same error: profiles, their comparison, and what the model says of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned, words
from knowledge_base.features.ngrams import Grams, all_grams
from knowledge_base.pairs.batch import WORTH, Table
from knowledge_base.pairs.features import Contradictions, compare, kinship
from knowledge_base.pairs.kinds import KnownKinds
from knowledge_base.pairs.model import PairModel
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity
from knowledge_base.vocabulary.meanings import Meanings
from knowledge_base.vocabulary.reading import Reader

REMEMBERED = 30_000
"""Profiles that are remembered, about 5 kB each."""

Coded = tuple[str, tuple[str, ...]]
"""A text with its codes."""


@dataclass(frozen=True)
class Judge:
    """Everything that a judgement needs; it is the same for all threads and projects, but for the rarity of words.

    ``name`` tells judges apart that read texts differently.
    """

    reader: Reader
    meanings: Meanings
    known: KnownKinds
    model: PairModel
    beforehand: Rarity
    rarity: Rarity
    contradictions: Contradictions
    name: str = ""

    @property
    def version(self) -> str:
        """Name what judged: the model."""
        return self.model.version

    def following(self, seen: Callable[[str], int], templates: int) -> Judge:
        """Give the judge that weighs words by what a stream brought, too: in how many of its templates each stands."""
        return replace(self, rarity=self.beforehand.following(seen, templates))

    def words(self, text: str) -> frozenset[str]:
        """Give the words of a text that count."""
        return content_words(self.reader.canonical(cleaned(text)))

    def profile(self, text: str, codes: Sequence[str], vector: Vectors) -> Profile:
        """Make a template or a question ready; ``vector`` is that of its cleaned text, shape (dimension,).

        What is known beforehand decides alone, so a text's profile does not change with the stream.
        """
        return self.profiles([(text, codes)], vector[None, :])[0]

    def profiles(self, texts: Sequence[tuple[str, Sequence[str]]], vectors: Vectors) -> list[Profile]:
        """Make many texts with their codes ready at once; ``vectors`` has shape (texts, dimension)."""
        read = _read(texts, self.reader, self.meanings)
        plain, named = [each for each, _ in read], [kinds for _, kinds in read]
        shares = self.known.all_shares(plain, vectors, named, self.model, self.beforehand, self.contradictions)
        return [replace(each, kinds=kinds) for each, kinds in zip(plain, shares, strict=True)]

    def score(self, left: Profile, right: Profile, dense: float) -> float:
        """Give the chance that two texts are the same error, 0..1; 0 where one has no words."""
        if not left.clean or not right.clean:
            return 0.0
        return self.model.probability(left, right, dense, self.rarity, self.contradictions)

    def scores(
        self, profiles: Sequence[Profile], left: Sequence[int], right: Sequence[int], dense: npt.NDArray[np.float32]
    ) -> list[float]:
        """Score many pairs, given by places of profiles; ``dense`` has the cosine of each."""
        if len(left) < WORTH:
            pairs = zip(left, right, dense, strict=True)
            return [self.score(profiles[one], profiles[other], float(cosine)) for one, other, cosine in pairs]
        table = Table(profiles, self.rarity, self.contradictions)
        lefts, rights = np.asarray(left, np.int64), np.asarray(right, np.int64)
        says = np.array([bool(each.clean) for each in profiles])
        found = self.model.probabilities(table, lefts, rights, dense)
        return [float(score) for score in np.where(says[lefts] & says[rights], found, 0.0)]

    def explain(self, left: Profile, right: Profile, dense: float) -> dict[str, float]:
        """Tell what each feature adds to the log odds, biggest first."""
        said = compare(left, right, dense, self.rarity, self.contradictions)
        return self.model.explained(said, kinship(left, right))

    def against(self, left: Profile, right: Profile) -> tuple[str, ...]:
        """Name the concepts that contradict each other, each beside its opposite."""
        lefts, rights = left.acts | left.objects, right.acts | right.objects
        pairs = (
            (mine, other)
            for mine in sorted(lefts - rights)
            for other in sorted(self.contradictions.get(mine, frozenset()) & (rights - lefts))
        )
        return tuple(f"{mine} / {other}" for mine, other in pairs)


class Profiles:
    """Remembers the profiles of the texts that were read last. Not safe to be shared by threads."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str, tuple[str, ...]], Profile] = OrderedDict()

    def of(self, judge: Judge, text: str, codes: tuple[str, ...], vector: Vectors) -> Profile:
        """Give the profile of a text, read by a judge unless it is remembered."""
        return self.all_of(judge, [(text, codes)], vector[None, :])[0]

    def all_of(self, judge: Judge, texts: Sequence[Coded], vectors: Vectors) -> list[Profile]:
        """Give the profiles of texts with their codes; those that are not remembered are read together."""
        found = self.remembered(judge, texts)
        unread = {text: place for place, text in enumerate(texts) if text not in found}
        if unread:
            places = list(unread.values())
            read = judge.profiles([texts[place] for place in places], vectors[places])
            found |= dict(zip(unread, read, strict=True))
        self.remember(judge, found)
        return [found[text] for text in texts]

    def remembered(self, judge: Judge, texts: Sequence[Coded]) -> dict[Coded, Profile]:
        """Give the profiles of those texts with their codes that are remembered."""
        known = ((text, self._known.get((judge.name, *text))) for text in texts)
        return {text: profile for text, profile in known if profile is not None}

    def remember(self, judge: Judge, read: Mapping[Coded, Profile]) -> None:
        """Remember profiles as those that were asked for last."""
        for text, profile in read.items():
            key = (judge.name, *text)
            self._known[key] = profile
            self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def content_words(canonical: str) -> frozenset[str]:
    """Give the words of a text that count."""
    return frozenset([word for word in words(canonical) if len(word) > 1 or not word.isascii()])


def read_profile(text: str, codes: Sequence[str], reader: Reader, meanings: Meanings) -> Profile:
    """Read what a text says; its likely kinds are left open."""
    [(profile, _)] = _read([(text, codes)], reader, meanings)
    return profile


def _read(
    texts: Sequence[tuple[str, Sequence[str]]], reader: Reader, meanings: Meanings
) -> list[tuple[Profile, frozenset[str]]]:
    """Read what texts say, and which kinds their codes name."""
    canonical = [reader.canonical(cleaned(text)) for text, _ in texts]
    every = zip(texts, canonical, all_grams(canonical), strict=True)
    return [_read_one(*text, said, letters, reader, meanings) for text, said, letters in every]


def _read_one(
    text: str, codes: Sequence[str], canonical: str, letters: Grams, reader: Reader, meanings: Meanings
) -> tuple[Profile, frozenset[str]]:
    reading = reader.read(text)
    meaning = meanings.read(text, codes)
    named = reading.concepts | meaning.concepts
    acts = frozenset(name for name in named if name in reader.glossary.acts)
    profile = Profile(
        clean=cleaned(text),
        canonical=canonical,
        words=content_words(canonical),
        grams=letters,
        acts=acts,
        objects=frozenset(named - acts),
        codes=frozenset(codes),
        classes=frozenset(meaning.classes),
    )
    return profile, meaning.kinds
