"""What speaks for and against two texts being the same error, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from knowledge_base.features.ngrams import cosine
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

Contradictions = Mapping[str, frozenset[str]]
"""For each concept those that contradict it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What two texts say, compared without knowledge of known kinds of error; each field is a feature of the model.

    Weights are in nats of rarity, shares in 0..1.
    """

    dense: float
    letters: float
    word_share: float
    rarest: float
    acts: float
    act_share: float
    act_rest: float
    objects: float
    object_share: float
    object_rest: float
    contradictions: float
    code: float
    code_differs: float
    exception: float
    exception_differs: float


@dataclass(frozen=True, slots=True)
class Kinship:
    """How the known kinds of error that two texts are likely to be agree; shares in 0..1."""

    same_kind: float
    other_kind: float


def compare(left: Profile, right: Profile, dense: float, rarity: Rarity, contradictions: Contradictions) -> Wording:
    """Compare what two texts say; ``dense`` is the cosine of their vectors. Symmetric."""
    shared = list(map(rarity.word, left.words & right.words))
    both = sum(shared)
    lefts, rights = sum(map(rarity.word, left.words)), sum(map(rarity.word, right.words))
    acts, act_share, act_rest = _overlap(left.acts, right.acts, rarity)
    objects, object_share, object_rest = _overlap(left.objects, right.objects, rarity)
    return Wording(
        dense=dense,
        letters=cosine(left.grams, right.grams),
        word_share=both / max(lefts + rights - both, 1e-9),
        rarest=max(shared, default=0.0),
        acts=acts,
        act_share=act_share,
        act_rest=act_rest,
        objects=objects,
        object_share=object_share,
        object_rest=object_rest,
        contradictions=float(contradict(left, right, contradictions)),
        code=float(bool(left.codes & right.codes)),
        code_differs=_differ(left.codes, right.codes),
        exception=float(bool(left.classes & right.classes)),
        exception_differs=_differ(left.classes, right.classes),
    )


def kinship(left: Profile, right: Profile) -> Kinship:
    """Compare the known kinds that two texts are likely to be."""
    same = sum(share * right.kinds[name] for name, share in left.kinds.items() if name in right.kinds)
    lefts, rights = sum(left.kinds.values()), sum(right.kinds.values())
    return Kinship(same, lefts * rights - same)


def values(part: Wording | Kinship) -> tuple[float, ...]:
    """Give the features in the order of their fields."""
    return tuple(getattr(part, name) for name in NAMES[type(part)])


AGAINST = frozenset({"act_rest", "object_rest", "contradictions", "code_differs", "exception_differs", "other_kind"})
"""Features that speak against two texts being one error: no weight of theirs may be positive, no other negative."""

NAMES = {each: tuple(field.name for field in fields(each)) for each in (Wording, Kinship)}


def _overlap(left: frozenset[str], right: frozenset[str], rarity: Rarity) -> tuple[float, float, float]:
    """Tell what concepts have in common, its share of all, and what is left over."""
    common = sum(map(rarity.concept, left & right))
    rest = sum(map(rarity.concept, left ^ right))
    return common, common / (common + rest) if common + rest else 0.0, rest


def contradict(left: Profile, right: Profile, contradictions: Contradictions) -> int:
    """Count concepts that only one text has and that contradict one which only the other has: of the side with more."""
    lefts, rights = left.acts | left.objects, right.acts | right.objects
    sides = ((lefts - rights, rights - lefts), (rights - lefts, lefts - rights))
    return max(
        sum(not contradictions.get(name, frozenset()).isdisjoint(other) for name in mine) for mine, other in sides
    )


def _differ(left: frozenset[str], right: frozenset[str]) -> float:
    return float(bool(left) and bool(right) and not left & right)
