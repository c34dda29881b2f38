"""What is fast gives what is plain: n-grams, one profile beside many, kinds of a few texts, candidates."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.features.cleaning import cleaned, words
from knowledge_base.features.ngrams import SIZES, all_grams, grams
from knowledge_base.index.replica import Indexed
from knowledge_base.index.solution_forms import Told
from knowledge_base.matching.candidates import Candidate
from knowledge_base.matching.judging import weigh
from knowledge_base.matching.query import prepare, sign_question
from knowledge_base.pairs.beside import Beside, log_odds
from knowledge_base.pairs.features import compare, kinship, values
from knowledge_base.pairs.kinds import WORTH
from knowledge_base.pairs.profile import Profile
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import Signing
from tests.matching.plain_grounds import plain_grounds, standing_of
from tests.matching.texts import TEXTS
from tests.pairs.judging import Court
from tests.pairs.profiles import CONTRADICTIONS, RARITY, profile

WORDS = ("table", "orders", "ledger", "quota", "表", "不")
SAME = pytest.approx


def plain_grams(clean: str) -> dict[int, float]:
    """Count n-grams one by one."""
    found: list[str] = []
    tokens = words(clean)
    for place, word in enumerate(tokens):
        padded = f" {word} "
        found.append(padded)
        if len(word) > 1:
            found += [padded[at : at + size] for size in SIZES for at in range(len(padded) - size + 1)]
        elif place + 1 < len(tokens) and len(tokens[place + 1]) == 1:
            found.append(word + tokens[place + 1])
    counts = Counter(map(hash, found))
    weights = {number: 1.0 + math.log(count) for number, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {number: weight / length for number, weight in weights.items()}


@pytest.mark.parametrize("text", [text for text, _ in TEXTS])
def test_n_grams_are_those_that_are_counted_one_by_one(text: str) -> None:
    clean = cleaned(text)
    numbers, weights = grams(clean).arrays()
    assert dict(zip(numbers.tolist(), weights.tolist(), strict=True)) == SAME(plain_grams(clean), abs=1e-7)
    assert numbers.tolist() == sorted(set(numbers.tolist()))


@given(st.text(max_size=60))
def test_n_grams_of_any_text(text: str) -> None:
    numbers, weights = grams(cleaned(text)).arrays()
    assert dict(zip(numbers.tolist(), weights.tolist(), strict=True)) == SAME(plain_grams(cleaned(text)), abs=1e-7)


@given(st.lists(st.text(max_size=30) | st.sampled_from([text for text, _ in TEXTS]), max_size=6))
def test_n_grams_of_a_text_do_not_depend_on_others(texts: list[str]) -> None:
    clean = [cleaned(each) for each in texts]
    assert all_grams(clean) == [grams(each) for each in clean]


@given(st.lists(st.sampled_from((*WORDS, "never seen"))))
def test_words_weigh_together_what_they_weigh_alone(words: list[str]) -> None:
    fresh = RARITY.following(len, 7)
    assert fresh.every_word(words) == SAME(sum(map(RARITY.following(len, 7).word, words)))
    assert fresh.every_word(words) == SAME(sum(map(fresh.word, words)))
    assert replace(fresh, _named={}).every_concept(words) == SAME(sum(map(fresh.concept, words)))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    concepts = st.sets(st.sampled_from(sorted(CONTRADICTIONS)), max_size=3)
    return profile(
        " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=5))),
        acts=draw(concepts),
        objects=draw(concepts),
        codes=draw(st.sets(st.sampled_from("12"))),
        classes=draw(st.sets(st.sampled_from("AB"))),
        kinds=draw(st.dictionaries(st.sampled_from("ab"), st.floats(0.01, 0.5))),
    )


@given(profiles(), st.lists(st.tuples(profiles(), st.floats(-1, 1)), max_size=5))
def test_one_beside_many_is_one_beside_each(asked: Profile, others: list[tuple[Profile, float]]) -> None:
    # What contradicts need not do so both ways.
    apart = CONTRADICTIONS | {"column": frozenset(), "quota": frozenset({"table"})}
    held, dense = [each for each, _ in others], [each for _, each in others]
    found = Beside(held, RARITY, apart).compared(asked, dense)
    plain = [
        [*values(compare(asked, each, cosine, RARITY, apart)), *values(kinship(asked, each))] for each, cosine in others
    ]
    assert found.tolist() == [SAME(each, abs=1e-9) for each in plain]


def test_equal_rows_have_equal_odds_wherever_they_stand(court: Court) -> None:
    layer = court.judge.model.judgement
    by = np.random.default_rng(3)
    one = by.uniform(0, 5, len(layer.weights))
    for count in (1, 2, 7, 33):
        rows = by.uniform(0, 5, (count, len(one)))
        rows[count // 2] = rows[-1] = one
        odds = log_odds(layer, rows)
        assert odds[count // 2] == odds[-1] == log_odds(layer, one[None, :])[0]
        assert odds.tolist() == SAME([layer.log_odds(each) for each in rows.tolist()])


def test_kinds_of_few_texts_are_those_of_many(court: Court) -> None:
    judge = court.judge
    vectors = court.embedder.embed([cleaned(text) for text, _ in TEXTS])
    assert len(TEXTS) >= WORTH
    together = judge.profiles(TEXTS, vectors)
    for place, each in enumerate(together):
        alone = judge.profiles([TEXTS[place]], vectors[place : place + 1])[0]
        assert alone.kinds == SAME(each.kinds, abs=1e-6)
    assert sum(bool(each.kinds) for each in together) > WORTH


def test_candidates_are_weighed_as_if_each_was_compared_by_itself(court: Court) -> None:
    judge, by = court.judge, random.Random(5)
    texts = [each for each in TEXTS if cleaned(each[0])]
    vectors = court.embedder.embed([cleaned(text) for text, _ in texts])
    profiles = dict(enumerate(judge.profiles(texts, vectors)))
    for asked in ("table not found\nORA-00942: cannot read it", "连接超时", "why does it run out of memory?"):
        query = prepare(sign_question(asked, Signing(-1, RuleSet(), (), False)), court.embedder, judge)
        places = by.sample(range(len(texts)), len(texts))
        groups = [places[at : at + 3] for at in range(0, len(places), 3)]
        candidates = [
            Candidate(
                number if number % 2 else None,
                tuple(
                    Indexed(place, 100 + number, None, texts[place][0], frozenset(texts[place][1])) for place in held
                ),
                query.vectors @ vectors[held].T,
            )
            for number, held in enumerate(groups)
        ]
        told = {
            number: (Told(profiles[held[0]], frozenset({"memory"}), frozenset()), vectors[[held[0]] * 3])
            for number, held in enumerate(groups)
            if number % 4 == 1
        }
        form, weighed = weigh(query, candidates, profiles, told, judge)
        odds = [
            [
                [standing_of(judge, each, profiles[one.id], float(dense)).log_odds for one, dense in held]
                for held in (list(zip(c.held, c.dense[at], strict=True)) for c in candidates)
            ]
            for at, each in enumerate(query.profiles)
        ]
        best = max(range(len(odds)), key=lambda at: max(max(each) for each in odds[at]))
        assert form is query.profiles[best]
        for each, candidate, likely in zip(weighed, candidates, odds[best], strict=True):
            remedy = told.get(candidate.solution) if candidate.solution is not None else None
            plain = plain_grounds(
                judge,
                form,
                [profiles[one.id] for one in candidate.held],
                candidate.dense[best].tolist(),
                remedy and remedy[0],
                [] if remedy is None else (remedy[1] @ query.vectors[best]).tolist(),
            )
            assert each.grounds._asdict() == SAME(plain._asdict(), abs=1e-6)
            assert each.best is candidate.held[likely.index(max(likely))]
            assert each.profile is profiles[each.best.id]


def test_a_profile_without_words_or_kinds_is_compared_too(court: Court) -> None:
    empty = replace(profile(), kinds={})
    both = Beside([empty, profile("table")], RARITY, CONTRADICTIONS)
    assert both.compared(empty, [0.0, 0.0]).tolist() == [[0.0] * 17] * 2
    assert Beside([], RARITY, CONTRADICTIONS).compared(empty, []).shape == (0, 17)
