"""Judges whether texts are the same error: profiles, their comparison, and what the model says of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned, words
from knowledge_base.features.ngrams import grams
from knowledge_base.pairs.features import Contradictions, compare, kinship
from knowledge_base.pairs.kinds import KnownKinds
from knowledge_base.pairs.model import PairModel
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity
from knowledge_base.vocabulary.meanings import Meanings
from knowledge_base.vocabulary.reading import Reader

REMEMBERED = 4_000
"""Profiles that are remembered, about 20 kB each."""


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
        plain = read_profile(text, codes, self.reader, self.meanings)
        named = self.meanings.read(text, codes).kinds
        return replace(
            plain,
            kinds=self.known.shares(plain, vector, named, self.model, self.beforehand, self.contradictions),
        )

    def score(self, left: Profile, right: Profile, dense: float) -> float:
        """Give the chance that two texts are the same error, 0..1; 0 where one has no words."""
        if not left.clean or not right.clean:
            return 0.0
        return self.model.probability(left, right, dense, self.rarity, self.contradictions)

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
        key = (judge.name, text, codes)
        profile = self._known.get(key)
        if profile is None:
            profile = self._known[key] = judge.profile(text, codes, vector)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return profile


def content_words(canonical: str) -> frozenset[str]:
    """Give the words of a text that count."""
    return frozenset(word for word in words(canonical) if len(word) > 1 or not word.isascii())


def read_profile(text: str, codes: Sequence[str], reader: Reader, meanings: Meanings) -> Profile:
    """Read what a text says; its likely kinds are left open."""
    clean = cleaned(text)
    canonical = reader.canonical(clean)
    reading = reader.read(text)
    meaning = meanings.read(text, codes)
    named = reading.concepts | meaning.concepts
    acts = frozenset(name for name in named if name in reader.glossary.acts)
    return Profile(
        clean=clean,
        canonical=canonical,
        words=content_words(canonical),
        grams=grams(canonical),
        acts=acts,
        objects=frozenset(named - acts),
        codes=frozenset(codes),
        classes=frozenset(meaning.classes),
    )
