import re
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.signature import Signer, key_of, sign
from knowledge_base.signature.recall.words import Codes, abstract, put_back, stand_ins
from knowledge_base.signature.reducing import reduce_text

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14)
TOKEN = st.one_of(
    WORD,
    WORD.map(str.capitalize),
    WORD.map(str.upper),
    st.builds(lambda one, other: one + other.capitalize(), WORD, WORD),
    st.builds(lambda one, number: f"{one}{number}", WORD, st.integers(0, 10**6)),
    st.text("abcdef0123456789", min_size=1, max_size=12),
    st.text("ghkz0123456789", min_size=1, max_size=12),
    st.text("abcdef0123456789", min_size=1, max_size=10).map("0x{}".format),
    st.from_regex(re.compile(r"(?:qzx){1,2}[bcd]{2}zqx|a0[a-f]{2}0b0|QZX|0x0ab0b0|qzx0bc0zqx0"), fullmatch=True),
    st.sampled_from(
        ["user", "password", "ERROR", "Exception", "table", "HTTP", "404", "exit code 7", "HRESULT =", "at"]
    ),
)
GAP = st.sampled_from([" ", " ", " ", "-", ".", "_", "/", ": ", "=", ", ", "  ", " [", "] ", "@", "\t", "\x07"])
LINE = st.lists(st.tuples(TOKEN, GAP), min_size=1, max_size=9).map(lambda parts: "".join(t + g for t, g in parts))


def redrawn(line: str, number: int) -> str:
    """The line with other words of the same shapes and other digits."""

    def other(match: re.Match[str]) -> str:
        word = "".join(
            chr(ord("g") + (ord(letter.lower()) * 7 + number + at) % 19) for at, letter in enumerate(match[0])
        )
        return word.upper() if match[0].isupper() else word

    return re.sub(r"\d", lambda digit: str((int(digit[0]) * 3 + number) % 10), re.sub(r"[A-Za-z]{5,}", other, line))


@settings(max_examples=400, deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=4))
def test_a_line_of_known_form_has_the_signature_that_it_has_alone(lines: list[str]) -> None:
    signer = Signer()
    for number in range(20):  # often enough for all short cuts
        texts = [redrawn(line, number) for line in lines]
        assert signer.sign_all(texts) == [sign(text) for text in texts]


@settings(max_examples=400, deadline=None)
@given(line=LINE)
def test_a_template_signed_again_is_itself(line: str) -> None:
    signature = sign(line)
    assert sign(signature.template) == signature


@settings(max_examples=300, deadline=None)
@given(line=LINE)
def test_words_come_back_in_their_places(line: str) -> None:
    reduction = reduce_text(line.replace("\x07", " ").strip())
    found = abstract(reduction.text, Codes())
    standing = stand_ins(found.text)
    own = iter(range(standing.text.count("0")))
    words = found.whole(reduction.runs)
    free = iter(found.free(len(reduction.runs)))
    filled = re.sub(
        "0", lambda zero: zero[0] if next(own) in standing.own else reduction.runs[next(free)], standing.text
    )
    assert put_back(filled, words) == reduction.bare


@pytest.mark.parametrize("word", ["qzxbczqx", "Qzxbczqx", "a0ab0b0", "0x0ab0b0", "qzx0bc0zqx0", "userqzxbczqx"])
def test_a_word_that_looks_like_a_stand_in_stays_what_it_is(word: str) -> None:
    text = f"lost parcels near {word} and {word}"
    assert Signer().sign_all([text] * 3) == [sign(text)] * 3


def test_a_text_keeps_its_words_when_those_of_others_are_forgotten() -> None:
    codes = Codes()
    words = map("".join, product("gkvwj", repeat=8))
    for _ in range(50_000):  # more than are remembered
        three = tuple(islice(words, 3))
        assert abstract(" ".join(three), codes).words == three


@pytest.mark.parametrize(
    "text",
    [
        "parcels lost, password-deadbeef01=hunter2",
        "parcels lost, secret-deadbeef01=hunter2",
        "parcels lost, pwd-0x1234567890a: hunter2",
        'parcels lost, "access-key-1deadbeef":"hunter2"',
        "parcels of a@1234567890abcdef.0com.example",
    ],
)
def test_a_hexadecimal_value_hides_no_secret(text: str) -> None:
    signatures = Signer().sign_all([text] * 3)
    assert signatures == [sign(text)] * 3
    assert "hunter" not in signatures[0].template


def test_words_that_no_rule_knows_stay_in_the_template() -> None:
    assert sign("Parcels lost beyond gate 7").template == "Parcels lost beyond gate <n>"
    assert sign("parcels lost").fingerprint != sign("parcels found").fingerprint
    assert key_of(sign("Parcels LOST").template) == "parcels lost"
