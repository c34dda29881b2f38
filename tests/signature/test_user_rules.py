"""Users' rules: what they do to a line, what is refused, and that a template has the signature of its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.errors import InputError
from knowledge_base.scrub import scrub
from knowledge_base.signature import KINDS, SIGNATURE_VERSION, Signer, sign
from knowledge_base.signature.custom.project_signer import ProjectSigner, sign_under
from knowledge_base.signature.custom.rewriting import MOST_KEPT
from knowledge_base.signature.custom.rule_checks import check_rules
from knowledge_base.signature.custom.rule_engine import MOST_MATCHES, spans
from knowledge_base.signature.custom.user_rules import MOST_RULES, Action, Example, RuleSet, UserRule

HEADER = "2026-03-01 10:00:01,123 ERROR [pool-3] org.acme.Jobs: "


def mask(pattern: str, kind: str = "str", *, name: str = "mask", contains: str = "") -> UserRule:
    return UserRule(name=name, pattern=pattern, kind=kind, contains=contains)


def keep(pattern: str, *, name: str = "keep", contains: str = "") -> UserRule:
    return UserRule(name=name, pattern=pattern, action=Action.KEEP, contains=contains)


def template(text: str, *rules: UserRule) -> str:
    return sign_under(RuleSet(rules), text).template


MASKING = (
    ("tenant acme is over its quota", mask(r"tenant (\w+)", "user"), "tenant <user> is over its quota"),
    ("run 20260301 of 77", mask(r"\d{8}", "id"), "run <id> of <n>"),
    ("run 20260301 of 77", mask(r"\d{8}", "id", contains="walk"), "run <n> of <n>"),
    ("运行 甲组 失败", mask("运行 (甲组|乙组)", "str"), "运行 <str> 失败"),
    ("shard blue and shard green", mask(r"shard (\w+)", "str"), "shard <str> and shard <str>"),
)
KEEPING = (
    ("lane 7 is closed", keep(r"lane (\d)"), "lane 7 is closed"),
    ("run 20260301 of 77", keep(r"\d{8}"), "run 20260301 of <n>"),
    ("refused for user root here", keep(r"user (root)"), "refused for user root here"),
    ("state 'QX7' of the valve", keep(r"QX\d"), "state 'QX7' of the valve"),
    ("cannot open /data/n7/spool", keep(r"n7"), "cannot open <path>n7<path>"),
)


@pytest.mark.parametrize(("text", "rule", "expected"), [*MASKING, *KEEPING])
@pytest.mark.parametrize("prefix", ["", HEADER, "job failed: "])
@pytest.mark.parametrize("suffix", ["", " - giving up"])
def test_a_rule_works_wherever_it_stands(text: str, rule: UserRule, expected: str, prefix: str, suffix: str) -> None:
    before = "" if prefix == "" else template(prefix + "x")[:-1]
    assert template(prefix + text + suffix, rule) == before + expected + suffix


def test_without_rules_nothing_changes() -> None:
    text = HEADER + "block 12 is corrupt"
    assert ProjectSigner(RuleSet()).sign(text) == sign(text)
    disabled = UserRule(name="off", pattern="block", kind="str", enabled=False)
    assert sign_under(RuleSet((disabled,)), text) == sign(text)


def test_the_order_decides() -> None:
    wide, narrow = mask(r"order \w+", "id", name="wide"), mask(r"order (\w+)", "user", name="narrow")
    assert template("an order abc came", wide, narrow) == "an <id> came"
    assert template("an order abc came", narrow, wide) == "an order <user> came"
    # What is kept first is seen by no later rule.
    assert template("an order abc came", keep("abc"), wide) == "an order abc came"


def test_a_rule_sees_one_line_at_a_time() -> None:
    text = "first of all\nsecond of all"
    assert template(text, mask("^second", "str")).endswith("<str> of all")
    assert template(text, mask("all[^x]+of", "str")) == template(text)


def test_a_placeholder_is_never_cut() -> None:
    assert template("order abc", mask("order (.)", "id")) == "order <id>bc"
    assert template("mail ann@example.com now", mask("mail <em", "id")) == "mail <email> now"


def test_what_is_too_long_is_not_kept() -> None:
    long = "q" * (MOST_KEPT + 1)
    assert template(f"user {long} is gone", keep("q+")) == template(f"user {long} is gone")


def test_private_characters_of_a_line_are_not_taken_for_marks() -> None:
    assert template("lane 7 \U000f0000 \U000f0001", keep(r"lane (\d)")) == "lane 7 � �"


def test_versions_tell_what_makes_a_difference() -> None:
    one, two = mask("aa", name="one"), mask("bb", name="two")
    version = RuleSet((one, two)).version
    assert version.startswith(f"{SIGNATURE_VERSION}+")
    assert len(version) <= 32
    renamed = UserRule(name="other", pattern="aa", kind="str", examples=(Example("aa", "<str>"),))
    assert RuleSet((renamed, two)).version == version
    assert RuleSet((two, one)).version != version
    assert RuleSet((one,)).version != version
    assert sign_under(RuleSet((one,)), "nothing to see").version == RuleSet((one,)).version


REFUSED = (
    (mask("("), "missing"),
    (mask("(?=a)b"), "cannot be used"),
    (mask(r"(a)\1"), "cannot be used"),
    (mask(""), "is empty"),
    (mask("a*"), "matches the empty text"),
    (mask("^"), "matches the empty text"),
    (mask("x" * 501), "501 characters"),
    (mask("[a-z]{900}[a-z]{900}"), "too large"),
    (mask("(((a{9}){9}){9}){9}"), "."),
    (mask("a\nb"), "control character"),
    (mask("a\ud800"), "control character"),
    (mask("abc", "nonsense"), "take one of n, size"),
    (mask("abc", "n", name="Not A Name"), "a name is made of"),
    (UserRule(name="k", pattern="abc", action=Action.KEEP, kind="n"), "leave it out"),
    (mask("abc", contains="x" * 101), "101 characters"),
)


@pytest.mark.parametrize(("rule", "reason"), REFUSED)
def test_what_cannot_be_used_is_refused_with_a_reason(rule: UserRule, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        check_rules(RuleSet((rule,)))


def test_there_are_not_too_many_rules_and_no_two_of_a_name() -> None:
    rules = tuple(mask("abc", name=f"rule-{number}") for number in range(MOST_RULES + 1))
    check_rules(RuleSet(rules[:-1]))
    with pytest.raises(InputError, match="50 rules"):
        check_rules(RuleSet(rules))
    with pytest.raises(InputError, match="two rules of the name"):
        check_rules(RuleSet((rules[0], rules[0])))
    with pytest.raises(InputError, match="too large together"):
        check_rules(RuleSet(tuple(mask("[a-z]{1,200}x", name=f"rule-{number}") for number in range(20))))


def test_examples_are_held_against_all_rules_together() -> None:
    rule = UserRule(name="lane", pattern=r"lane (\d)", action=Action.KEEP, examples=(Example("lane 7", "lane 7"),))
    check_rules(RuleSet((rule,)))
    with pytest.raises(InputError, match="comes 'lane <id>', not 'lane 7'"):
        check_rules(RuleSet((mask(r"\d", "id"), rule)))


# Patterns of which engines that go back take for ever, or which look to the end of the line at each place.
EXPLODING = (r"(?:x+x+)+y", r"(?:a|aa)+$b", r"a[^b]*b|a", r"(?:a?){50}b", r"(.{1,9}){9}z", r"\w+\d+\w+=", r".*.*.*=")
HOSTILE = ("x" * 4096, "a" * 4096, "a1-" * 1365, "0.0." * 1024, "中" * 4096, "ab" * 2048, "a\ud800" * 2048)


@pytest.mark.parametrize("pattern", EXPLODING)
def test_the_work_for_a_line_is_bounded(pattern: str) -> None:
    for line in HOSTILE:
        found = list(spans(pattern, line))
        assert len(found) <= MOST_MATCHES
        assert all(0 <= start < end <= len(line) for start, end in found)


@pytest.mark.parametrize("text", ["a1-" * 3_400_000, "\n" * 100_000 + "x" * 100_000, "\x00\ud800\U000f0000\r"])
def test_hostile_texts_are_signed_alike_alone_and_among_others(text: str) -> None:
    rules = RuleSet((mask(r"a\d", "id"), keep("x{1,9}", name="kept")))
    alone = ProjectSigner(rules).sign(text)
    assert ProjectSigner(rules).sign_all(["before", text, "after"])[1] == alone


WORDS = st.sampled_from(
    (
        "tenant acme",
        "tenant 7",
        "lane 12",
        "10.0.0.1",
        "/var/x7/y",
        "'quoted 5'",
        "user bob",
        "20260301",
        "失败 3",
        "a=b7",
        "<n>",
        "<str>",
        "{x}",
        "\U000f0000",
        "\ud800",
        "\n",
        "ann@example.com",
        "password=hunter2",
        "<",
        "id>",
        "ORA-00942",
    )
)
TEXTS = st.lists(WORDS | st.text(max_size=8), max_size=8).map(" ".join)
PATTERNS = st.sampled_from(
    (
        *(r"tenant (\w+)", r"\d{8}", r"\d+", r"lane (\d)", r"\w+ \d", r"bob", r"x\d", r"quoted \d", r"<\w+", r"\w+>"),
        *(r"^\w+", r"\S+$", r"失败", r".", r"a=(.)", r"[^ ]+@", "acme|bob|ORA", r" \w", r"(?:\w+)( )"),
    )
)
RULES = st.builds(
    lambda pattern, kind: mask(pattern, kind) if kind else keep(pattern),
    PATTERNS,
    st.sampled_from(("", *(kind.name for kind in KINDS[:8]))),
)
RULE_SETS = st.lists(RULES, max_size=4).map(
    lambda rules: RuleSet(
        tuple(
            UserRule(name=f"r{place}", pattern=rule.pattern, action=rule.action, kind=rule.kind)
            for place, rule in enumerate(rules)
        )
    )
)


@settings(max_examples=400, deadline=None)
@given(RULE_SETS, st.lists(TEXTS, min_size=1, max_size=5))
def test_one_is_like_many_and_scrubbing_changes_nothing(rules: RuleSet, texts: list[str]) -> None:
    alone = [sign_under(rules, text) for text in texts]
    assert ProjectSigner(rules, Signer()).sign_all(texts) == alone
    assert [sign_under(rules, scrub(text)) for text in texts] == alone


@settings(max_examples=400, deadline=None)
@given(RULE_SETS, TEXTS)
def test_a_template_has_the_signature_of_its_line(rules: RuleSet, text: str) -> None:
    signed = sign_under(rules, text)
    assert sign_under(rules, signed.template) == signed
