"""What a person is shown of why a candidate was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from knowledge_base.features.ngrams import common_words
from knowledge_base.index.replica import Indexed
from knowledge_base.matching.exact import Known
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.types import Evidence, Named
from knowledge_base.vocabulary.glossary import Glossary
from knowledge_base.vocabulary.names import called

MOST_CONCEPTS = 4

TELLING = 1.5
"""Rarity in nats from which it speaks against a candidate that it is about something else."""


def of_known(known: Known, codes: Sequence[str]) -> Evidence:
    """Tell what a question is exactly."""
    return Evidence("learnt" if known.is_learnt else "exact", (), tuple(codes), known.text)


def of_likeness(judge: Judge, asked: Profile, beside: Profile, representative: Indexed) -> Evidence:
    """Tell what a question has in common with the representative nearest to it, and what speaks against it."""
    glossary = judge.reader.glossary
    shared = (asked.acts & beside.acts) | (asked.objects & beside.objects)
    codes = tuple(sorted(asked.codes & beside.codes))
    return Evidence(
        kind="code" if codes else "similarity",
        words=common_words(asked.clean, beside.clean),
        codes=codes,
        matched=representative.text,
        concepts=named(glossary, _rarest(judge, _most_exact(glossary, shared))[:MOST_CONCEPTS]),
        against=_against(judge, asked, beside),
        is_question=representative.is_learnt,
    )


def named(glossary: Glossary, names: Iterable[str]) -> tuple[Named, ...]:
    """Give what people call concepts; those that are not in the glossary are left out."""
    return tuple(called(glossary.by_name[name]) for name in names if name in glossary.by_name)


def _against(judge: Judge, asked: Profile, beside: Profile) -> tuple[Named, Named] | None:
    """Choose what speaks against a likeness most: concepts that contradict each other, else what both are about."""
    ours, theirs = asked.acts | asked.objects, beside.acts | beside.objects
    pairs = [
        (mine, other)
        for mine in _rarest(judge, ours - theirs)
        for other in _rarest(judge, judge.contradictions.get(mine, frozenset()) & (theirs - ours))
    ]
    if not pairs and not asked.objects & beside.objects:
        pairs = list(zip(_telling(judge, asked.objects), _telling(judge, beside.objects), strict=False))
    found = named(judge.reader.glossary, pairs[0]) if pairs else ()
    return (found[0], found[1]) if len(found) == 2 else None


def _telling(judge: Judge, names: Set[str]) -> list[str]:
    return [name for name in _rarest(judge, names) if judge.rarity.concept(name) >= TELLING]


def _rarest(judge: Judge, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-judge.rarity.concept(name), name))


def _most_exact(glossary: Glossary, names: Set[str]) -> list[str]:
    """Leave out what is said by another one already."""
    implied = {other for name in names if name in glossary.by_name for other in glossary.by_name[name].implies}
    return sorted(names - implied)
