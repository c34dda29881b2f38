"""What speaks for and against two texts being one error."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.features.ngrams import cosine, grams
from knowledge_base.pairs.features import AGAINST, NAMES, Kinship, Wording, compare, kinship, values
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import MOST, Rarity
from tests.pairs.profiles import CONTRADICTIONS, RARITY, profile

WORDS = st.sampled_from(["table", "orders", "lost", "表", "gone"])
CONCEPTS = sorted({*CONTRADICTIONS, "not-found"})
KINDS = st.dictionaries(st.sampled_from("abc"), st.floats(0, 0.33), max_size=3)


def sets(names: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(names), max_size=4)


PROFILES = st.builds(
    profile,
    st.lists(WORDS, max_size=5).map(" ".join),
    acts=sets(CONCEPTS[:3]),
    objects=sets(CONCEPTS[3:]),
    codes=sets(["E-1", "E-2"]),
    classes=sets(["LedgerClosed", "SheetGone"]),
    kinds=KINDS,
)


def compared(left: Profile, right: Profile, dense: float = 0.5) -> Wording:
    return compare(left, right, dense, RARITY, CONTRADICTIONS)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(left=PROFILES, right=PROFILES, dense=st.floats(-1, 1))
def test_both_directions_say_the_same(left: Profile, right: Profile, dense: float) -> None:
    assert asdict(compared(left, right, dense)) == pytest.approx(asdict(compared(right, left, dense)))
    assert asdict(kinship(left, right)) == pytest.approx(asdict(kinship(right, left)))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(left=PROFILES, right=PROFILES)
def test_shares_are_shares_and_nothing_is_negative(left: Profile, right: Profile) -> None:
    said, kin = asdict(compared(left, right)), asdict(kinship(left, right))
    assert all(each >= -1e-6 for each in (said | kin).values())
    shares = ("letters", "word_share", "act_share", "object_share", "code", "code_differs", "exception")
    assert all(said[name] <= 1 + 1e-6 for name in shares)
    assert said["rarest"] <= MOST
    assert kin["same_kind"] + kin["other_kind"] <= 1 + 1e-6


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(PROFILES)
def test_nothing_speaks_against_a_text_and_itself(text: Profile) -> None:
    said = asdict(compared(text, text, 1.0))
    assert {name: said[name] for name in AGAINST & said.keys()} == dict.fromkeys(AGAINST & said.keys(), 0.0)


def test_words_count_by_their_rarity() -> None:
    said = compared(profile("table orders lost"), profile("table orders gone"))
    table, orders, unseen = (RARITY.word(each) for each in ("table", "orders", "lost"))
    assert table == pytest.approx(math.log(101 / 99.5))
    assert orders == pytest.approx(math.log(101 / 1.5))
    assert unseen == pytest.approx(math.log(101 / 0.5))
    assert table < orders < unseen < MOST
    assert said.word_share == pytest.approx((table + orders) / (table + orders + 2 * unseen))
    assert said.rarest == orders
    assert said.letters == cosine(grams("table orders lost"), grams("table orders gone")) < 1
    assert said.dense == 0.5


def test_acts_and_objects_count_by_their_rarity_and_by_themselves() -> None:
    said = compared(
        profile(acts=["not-found", "timeout"], objects=["table"]), profile(acts=["not-found"], objects=["table"])
    )
    common, rest, table = (RARITY.concept(each) for each in ("not-found", "timeout", "table"))
    assert (common, table) == pytest.approx((math.log(11 / 9.5), math.log(11 / 4.5)))
    assert common < table < rest
    assert (said.acts, said.act_rest) == pytest.approx((common, rest))
    assert said.act_share == pytest.approx(common / (common + rest))
    assert (said.objects, said.object_share, said.object_rest) == pytest.approx((table, 1.0, 0.0))


def test_what_one_text_says_beyond_the_other_is_no_contradiction() -> None:
    assert compared(profile(acts=["timeout"]), profile()).contradictions == 0
    assert compared(profile(acts=["timeout", "refused"]), profile(acts=["timeout"])).contradictions == 0
    assert compared(profile(acts=["timeout"]), profile(acts=["refused"])).contradictions == 1
    both = compared(profile(acts=["timeout"], objects=["table"]), profile(acts=["reset"], objects=["column"]))
    assert both.contradictions == 2
    # One against two is the same as two against one.
    one, two = profile(acts=["timeout"]), profile(acts=["refused", "reset"])
    assert compared(one, two).contradictions == compared(two, one).contradictions == 2


@pytest.mark.parametrize(("field", "shared"), [("codes", "code"), ("classes", "exception")])
def test_codes_and_classes_differ_only_where_both_have_some(field: str, shared: str) -> None:
    def told(left: list[str], right: list[str]) -> tuple[float, float]:
        bare = profile("a")
        sides = (replace(bare, **{field: frozenset(each)}) for each in (left, right))
        said = asdict(compared(*sides))
        return said[shared], said[f"{shared}_differs"]

    assert told(["A", "B"], ["B", "C"]) == (1, 0)
    assert told(["A"], ["B"]) == (0, 1)
    assert told(["A"], []) == told([], []) == (0, 0)


def test_kinship_multiplies_shares() -> None:
    kin = kinship(profile(kinds={"a": 0.5, "b": 0.3}), profile(kinds={"a": 0.4, "c": 0.2}))
    assert (kin.same_kind, kin.other_kind) == pytest.approx((0.2, 0.8 * 0.6 - 0.2))
    assert kinship(profile(), profile(kinds={"a": 0.9})) == Kinship(0, 0)


def test_texts_without_anything_have_nothing_in_common() -> None:
    assert set(values(compared(profile(), profile(), 0.0))) == {0.0}
    said = asdict(compared(profile(), profile("table lost", acts=["timeout"]), 0.0))
    assert {name for name, each in said.items() if each} == {"act_rest"}


def test_features_are_named_in_order() -> None:
    said = compared(profile("a b"), profile("b c"))
    assert dict(zip(NAMES[Wording], values(said), strict=True)) == asdict(said)
    assert values(Kinship(0.25, 0.5)) == (0.25, 0.5)
    assert set(NAMES[Wording] + NAMES[Kinship]) > AGAINST


def test_the_stream_makes_words_common_and_leaves_concepts() -> None:
    following = RARITY.following(lambda word: 50 if word == "orders" else 0, 100)
    assert following.word("orders") == pytest.approx(math.log(201 / 51.5))
    assert following.word("orders") < RARITY.word("orders")
    assert following.concept("not-found") == RARITY.concept("not-found")
    assert Rarity({}, {}, texts=10**9).word("never") == MOST
