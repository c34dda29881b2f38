"""The grounds of one candidate, worked out one after the other: what the quick way has to come to, too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from knowledge_base.index.solution_forms import Told
from knowledge_base.matching.grounds import Grounds
from knowledge_base.matching.weighing import FLOOR, NEAREST, RAREST
from knowledge_base.pairs.features import Kinship, Wording, compare, kinship, values
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile


@dataclass(frozen=True)
class Standing:
    """A profile beside a form of a question."""

    log_odds: float
    wording: Wording
    kinship: Kinship


def standing_of(judge: Judge, asked: Profile, held: Profile, dense: float) -> Standing:
    """Compare one pair."""
    wording = compare(asked, held, dense, judge.rarity, judge.contradictions)
    kin = kinship(asked, held)
    odds = judge.model.judgement.log_odds((*values(wording), *values(kin)))
    return Standing(max(odds, FLOOR), wording, kin)


def plain_grounds(
    judge: Judge,
    asked: Profile,
    held: Sequence[Profile],
    dense: Sequence[float],
    told: Told | None,
    likeness: Sequence[float],
) -> Grounds:
    """Weigh a candidate; ``likeness`` has the cosines of the parts of its solution, where it has one."""
    standings = [standing_of(judge, asked, each, cosine) for each, cosine in zip(held, dense, strict=True)]
    ranked = sorted(standings, key=lambda each: -each.log_odds)
    best, few = ranked[0], ranked[:NEAREST]
    if told is None:
        solution, (named, title, body) = best, (best.wording.dense,) * 3
    else:
        named, title, body = likeness
        solution = standing_of(judge, asked, told.profile, named)
    words = {word: judge.rarity.word(word) for word in asked.words}
    concepts = {name: judge.rarity.concept(name) for name in asked.acts | asked.objects}
    rarest = sorted(words, key=lambda word: (-words[word], word))[:RAREST]
    in_logs = frozenset().union(*(each.words for each in held))
    in_solution = told.words if told else frozenset()
    known = in_logs | in_solution
    in_each = [each.acts | each.objects for each in held]
    usual = {name: sum(name in each for each in in_each) / len(held) for name in concepts}
    is_known = frozenset().union(*in_each, told.concepts if told else ())
    every_word, every_concept = sum(words.values()) or 1.0, sum(concepts.values()) or 1.0
    return Grounds(
        nearest=best.log_odds,
        nearest_three=sum(each.log_odds for each in few) / len(few),
        nearest_kind=best.kinship.same_kind,
        nearest_rarest=best.wording.rarest,
        nearest_objects_left=best.wording.object_rest,
        nearest_against=best.wording.contradictions,
        any_kind=max(each.kinship.same_kind for each in standings),
        told=solution.log_odds,
        told_dense=named,
        title_dense=title,
        body_dense=body,
        told_letters=solution.wording.letters,
        told_words=solution.wording.word_share,
        told_other_kind=solution.kinship.other_kind,
        told_against=solution.wording.contradictions,
        concepts_known=_sum(concepts, is_known) / every_concept,
        concepts_usual=sum(weight * usual[name] for name, weight in concepts.items()) / every_concept,
        concepts_weight=_sum(concepts, is_known),
        words_in_logs=_sum(words, in_logs) / every_word,
        words_in_solution=_sum(words, in_solution) / every_word,
        words_known=_sum(words, known) / every_word,
        words_weight=_sum(words, known),
        rarest_known=sum(words[word] for word in rarest if word in known)
        / (sum(words[word] for word in rarest) or 1.0),
        unsolved=float(told is None),
    )


def _sum(weights: dict[str, float], names: Collection[str]) -> float:
    return sum(weight for name, weight in weights.items() if name in names)
