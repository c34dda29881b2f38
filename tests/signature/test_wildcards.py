"""Which words of a template may be variables, and what keeps others apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.signature import fingerprint_of, key_of, sign
from knowledge_base.signature.wildcards.candidates import MOST_PLACES, double_hashes, opened, wildcards
from knowledge_base.signature.wildcards.naming import Naming, naming_of


def open_words(template: str) -> list[str]:
    return [template[each.start : each.end] for each in wildcards(template)]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("login of anton was refused by <host> after <n> tries", ["anton"]),
        ("cannot start (dhcpd) on <host> after a reboot", ["dhcpd", "reboot"]),
        ("rejected owner=vera of message <id> at checkout", ["vera", "checkout"]),
        ("支付渠道 paylite 扣款失败，订单号 <n>", ["paylite"]),
        ("读取表orders_daily分区失败，请检查源端配置", ["orders_daily"]),
        ("worker of gamma failed to defragment its heap", ["gamma"]),  # behind "failed to" stands an act
        ("queue of <host> was torn apart by gamma", ["apart", "gamma"]),  # behind "was" a predicate
        ("write of utf-8 used md5 for gamma", ["gamma"]),  # digits that were kept mean something
        ("host gamma: answer of <ip> was late for delta", ["answer", "delta"]),  # what stands before : is a label
        ("job colour=<str> was dropped by gamma", ["gamma"]),  # and before =
        ("reading from gamma on <path> stalls", ["gamma"]),  # the last word behind a variable
    ],
)
def test_a_name_may_vary(template: str, words: list[str]) -> None:
    assert open_words(template) == words


@pytest.mark.parametrize(
    "template",
    [
        "server refused every request",
        "replica changed to state rollback",
        "transition of the shard, state=frozen, ended",
        "upload was done with result=soso after one retry",
        "no rows were read without a limit",
        "out of memory while reading the response",
        "GET of the page was answered by HTTP/2 with 503",
        "user anton left",  # too little is said without the name
        "anton and <n> of <n> (<ip>)",
        "用户登录失败，请检查密码是否正确",
    ],
)
def test_what_tells_the_error_never_varies(template: str) -> None:
    assert set(open_words(template)) <= {"page", "shard"}


def test_a_trace_varies_in_its_first_line_only() -> None:
    lines = "import of parcels was given up\nCaused by: java.io.IOException: pipe of vera is gone\nat acme.Mover.go"
    assert open_words(lines) == ["parcels"]
    assert open_words("Caused by: pipe of vera is gone for good\nat acme.Mover.go") == []


@pytest.mark.parametrize(
    ("word", "naming"),
    [
        ("anton", Naming.PLAIN),
        ("Vera", Naming.PLAIN),
        ("stock-keeper", Naming.PLAIN),
        ("NoSuchShard", Naming.ODD),
        ("EPERM", Naming.ODD),
        ("throttling", Naming.NONE),
        ("thawing", Naming.NONE),
        ("security", Naming.ODD),
        ("unreachable", Naming.NONE),
        ("ED", Naming.ODD),
        ("not-found", Naming.NONE),
        ("disk-space", Naming.NONE),
        ("Failed", Naming.NONE),
        ("x", Naming.NONE),
        ("h2", Naming.NONE),
        ("<n>", Naming.NONE),
        ("订单", Naming.NONE),
    ],
)
def test_the_look_of_a_word(word: str, naming: Naming) -> None:
    assert naming_of(word) is naming


def test_templates_that_differ_in_the_open_word_share_its_hash() -> None:
    one, other = (wildcards(f"login of {name} was refused by <host>") for name in ("anton", "Vera"))
    assert {each.hash for each in one} == {each.hash for each in other}
    assert {each.word for each in one}.isdisjoint({each.word for each in other})
    assert {each.hash for each in one}.isdisjoint(
        {each.hash for each in wildcards("login of anton was granted by <host>")}
    )


def test_the_hash_of_a_plain_name_is_odd() -> None:
    plain, odd = (wildcards(f"login of {name} was refused by <host>")[0] for name in ("anton", "NoSuchShard"))
    assert (plain.word % 2, odd.word % 2) == (1, 0)
    assert plain.hash == odd.hash


def test_a_template_with_an_open_place_is_signed_as_what_it_is() -> None:
    text = "login of anton was refused by <host>"
    merged = opened(text, wildcards(text)[0])
    assert merged == "login of <str> was refused by <host>"
    assert sign(merged).fingerprint == fingerprint_of(key_of(merged))


def test_two_open_words_are_found_by_two_templates_in_turn() -> None:
    first = "login of <str> was refused by gamma"
    assert set(double_hashes("login of anton was refused by gamma")) >= {each.hash for each in wildcards(first)}


words = st.sampled_from(
    [
        "anton",
        "vera",
        "<n>",
        "<path>",
        "login",
        "of",
        "is",
        "[x]",
        "a=b",
        "用户",
        "NoNode",
        "-",
        "\n",
        ":",
        "(lea)",
        "…",
    ]
)


@settings(max_examples=300)
@given(st.lists(words, max_size=60).map(" ".join) | st.text(max_size=200))
def test_places_hold_words_and_leave_the_rest(text: str) -> None:
    template = sign(text).template
    found = wildcards(template)
    assert len(found) <= MOST_PLACES
    assert found == wildcards(template)
    for each in found:
        word = template[each.start : each.end]
        assert naming_of(word) is not Naming.NONE
        other = template[: each.start] + "xaver" + template[each.end :]
        assert each.hash in {other_place.hash for other_place in wildcards(other)} or len(found) == MOST_PLACES
        assert -(2**63) <= each.hash < 2**63
        assert opened(template, each) == template[: each.start] + "<str>" + template[each.end :]


@pytest.mark.parametrize("text", ["a" * 100_000, "vera " * 20_000, "\ud800 vera is at the main gate", "<" * 50_000])
def test_hostile_templates_end(text: str) -> None:
    assert len(wildcards(text)) <= MOST_PLACES
