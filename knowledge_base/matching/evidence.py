"""What a person is shown of why a candidate was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.features.ngrams import common_words
from knowledge_base.index.replica import Indexed
from knowledge_base.matching.exact import Known
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.types import Evidence

MOST_CONCEPTS = 4


def of_known(known: Known, codes: Sequence[str]) -> Evidence:
    """Tell what a question is exactly."""
    return Evidence("learnt" if known.is_learnt else "exact", (), tuple(codes), known.text)


def of_likeness(judge: Judge, asked: Profile, beside: Profile, representative: Indexed) -> Evidence:
    """Tell what a question has in common with the representative nearest to it: words, codes, and concepts."""
    shared = (asked.acts & beside.acts) | (asked.objects & beside.objects)
    named = sorted(shared, key=lambda name: (-judge.rarity.concept(name), name))[:MOST_CONCEPTS]
    codes = tuple(sorted(asked.codes & beside.codes))
    return Evidence(
        kind="code" if codes else "similarity",
        words=common_words(asked.clean, beside.clean),
        codes=codes,
        matched=representative.text,
        concepts=tuple(named),
    )
