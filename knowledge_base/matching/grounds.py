"""What speaks for and against a candidate being what a question is about, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from knowledge_base.index.solution_forms import Told
from knowledge_base.pairs.batch import Features
from knowledge_base.pairs.beside import SAID, Beside, log_odds
from knowledge_base.pairs.features import NAMES as NAMES_OF
from knowledge_base.pairs.features import Kinship, Wording
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

FLOOR = -12.0
"""Log odds below this are all the same: certainly another error."""

NEAREST = 3
"""Representatives whose likeness is averaged, so that a single odd one does not decide."""

RAREST = 3
"""Words of a question that tell most; one that knows none of them is probably about something else."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """Each field is a feature of the ranker; log odds in nats, shares in 0..1, weights in nats of rarity.

    ``nearest_*`` compare with the representative that is most likely the same error, ``any_*`` with the best one for
    that feature, ``told_*`` with title and cause of the solution; ``words_*`` and ``concepts_*`` tell what share of the
    question is found in all that is known of the candidate.
    """

    nearest: float
    nearest_three: float
    nearest_kind: float
    nearest_rarest: float
    nearest_objects_left: float
    nearest_against: float
    any_kind: float
    told: float
    told_dense: float
    title_dense: float
    body_dense: float
    told_letters: float
    told_words: float
    told_other_kind: float
    told_against: float
    concepts_known: float
    concepts_usual: float
    concepts_weight: float
    words_in_logs: float
    words_in_solution: float
    words_known: float
    words_weight: float
    rarest_known: float
    unsolved: float


AGAINST = frozenset({"nearest_objects_left", "nearest_against", "told_other_kind", "told_against"})
"""Features that speak against a candidate: no weight of theirs may be positive, no other negative."""

FREE = frozenset({"unsolved"})
"""Features that may speak for and against: without a solution there is less to compare with."""

NAMES = tuple(field.name for field in fields(Grounds))


@dataclass(frozen=True, slots=True)
class Standing:
    """A representative of a candidate beside one form of the question, with the log odds that they are one error.

    ``features`` are those that the pair model judges by, in its order.
    """

    place: int
    form: int
    log_odds: float
    features: tuple[float, ...]

    @property
    def wording(self) -> Wording:
        """What both say, compared."""
        return Wording(*self.features[:SAID])

    @property
    def kinship(self) -> Kinship:
        """The known kinds of error that both are likely to be, compared."""
        return Kinship(*self.features[SAID:])

    @property
    def dense(self) -> float:
        """The cosine of both."""
        return self.features[_DENSE]

    @property
    def same_kind(self) -> float:
        """How likely both are the same known kind of error."""
        return self.features[_SAME_KIND]


_OF_PAIRS = NAMES_OF[Wording] + NAMES_OF[Kinship]
_DENSE, _SAME_KIND = _OF_PAIRS.index("dense"), _OF_PAIRS.index("same_kind")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Cosines of a question with the parts of a solution."""

    named: float
    title: float
    body: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the words and concepts of one form of a question tell; computed once a question."""

    words: dict[str, float]
    concepts: dict[str, float]
    rarest: frozenset[str]

    @classmethod
    def of(cls, profile: Profile, rarity: Rarity) -> Weights:
        """Weigh what a form of a question says."""
        words = {word: rarity.word(word) for word in profile.words}
        concepts = {name: rarity.concept(name) for name in profile.acts | profile.objects}
        rarest = frozenset(sorted(words, key=lambda word: (-words[word], word))[:RAREST])
        return cls(words, concepts, rarest)


def stand(judge: Judge, form: int, asked: Profile, held: Sequence[tuple[Profile, float]]) -> list[Standing]:
    """Compare a form of a question with the representatives of a candidate, given with their cosines."""
    features = beside(judge, [profile for profile, _ in held]).compared(asked, [dense for _, dense in held])
    return standings_of(form, odds_of(judge, features), features.tolist())


def beside(judge: Judge, held: Sequence[Profile]) -> Beside:
    """Make profiles ready to be compared with forms of a question."""
    return Beside(held, judge.rarity, judge.contradictions)


def odds_of(judge: Judge, features: Features) -> list[float]:
    """Give the log odds that each row of features is of one error, ``FLOOR`` at least."""
    return [float(odds) for odds in np.maximum(log_odds(judge.model.judgement, features), FLOOR)]


def standings_of(form: int, odds: Sequence[float], features: Sequence[Sequence[float]]) -> list[Standing]:
    """Tell how the representatives of a candidate stand to a form of a question."""
    return [Standing(place, form, each, tuple(features[place])) for place, each in enumerate(odds)]


def grounds_of(
    judge: Judge,
    asked: Profile,
    weights: Weights,
    standings: Sequence[Standing],
    held: Sequence[Profile],
    told: Told | None,
    likeness: Likeness | None,
    beside_told: Standing | None = None,
) -> Grounds:
    """Weigh all that is known of a candidate.

    ``standings`` compare one form of the question with the representatives, at least one; ``held`` are those
    representatives. A candidate without a solution is told by its nearest representative, as far as that goes.
    ``beside_told`` compares with what the solution is about, where that was done already.
    """
    ranked = sorted(standings, key=lambda each: -each.log_odds)
    best = ranked[0]
    nearest = best.wording
    dense = likeness or Likeness(best.dense, best.dense, best.dense)
    solution = best if told is None else beside_told or stand(judge, 0, asked, [(told.profile, dense.named)])[0]
    said, kin = solution.wording, solution.kinship
    few = ranked[:NEAREST]
    in_logs = frozenset().union(*(each.words for each in held))
    in_solution = told.words if told else frozenset()
    usual = _usual(held)
    named = frozenset(usual) | (told.concepts if told else frozenset())
    known = in_logs | in_solution
    words, concepts = weights.words, weights.concepts
    every_word, every_concept = sum(words.values()) or 1.0, sum(concepts.values()) or 1.0
    in_common = _sum(words, known)
    common_concepts = _sum(concepts, named)
    telling = sum(words[word] for word in weights.rarest) or 1.0
    return Grounds(
        nearest=best.log_odds,
        nearest_three=sum(each.log_odds for each in few) / len(few),
        nearest_kind=best.same_kind,
        nearest_rarest=nearest.rarest,
        nearest_objects_left=nearest.object_rest,
        nearest_against=nearest.contradictions,
        any_kind=max(each.same_kind for each in standings),
        told=solution.log_odds,
        told_dense=dense.named,
        title_dense=dense.title,
        body_dense=dense.body,
        told_letters=said.letters,
        told_words=said.word_share,
        told_other_kind=kin.other_kind,
        told_against=said.contradictions,
        concepts_known=common_concepts / every_concept,
        concepts_usual=sum(weight * usual.get(name, 0.0) for name, weight in concepts.items()) / every_concept,
        concepts_weight=common_concepts,
        words_in_logs=_sum(words, in_logs) / every_word,
        words_in_solution=_sum(words, in_solution) / every_word,
        words_known=in_common / every_word,
        words_weight=in_common,
        rarest_known=sum(words[word] for word in weights.rarest & known) / telling,
        unsolved=float(told is None),
    )


def _usual(held: Sequence[Profile]) -> dict[str, float]:
    """Tell in what share of the representatives each concept stands."""
    counted: dict[str, float] = {}
    for each in held:
        for name in each.acts | each.objects:
            counted[name] = counted.get(name, 0.0) + 1.0 / len(held)
    return counted


def _sum(weights: dict[str, float], names: frozenset[str]) -> float:
    return sum(weight for name, weight in weights.items() if name in names)


def row(grounds: Grounds) -> tuple[float, ...]:
    """Give the features in the order of their names."""
    return tuple(getattr(grounds, name) for name in NAMES)
