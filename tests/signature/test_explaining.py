"""An explanation tells the signature, and where in the text everything stood."""

import re
from itertools import pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.scrub import scrub
from knowledge_base.signature import Explanation, LeftOut, Limit, Stage, explain, key_of, sign
from knowledge_base.signature.custom.project_signer import sign_under
from knowledge_base.signature.custom.user_rules import Action, RuleSet, UserRule
from knowledge_base.signature.tracing.tracking import based_on, follow_cut, substitute, whole
from tests.signature.samples import ANY_LINE, LINES, SECRETS, TRACES

NOT_SHOWN = (Stage.HEADER, Stage.LEFT_OUT, Stage.LIMIT)


def put_together(explanation: Explanation) -> str:
    """Put the placeholder of each mark into the text, and leave out what was left out."""
    pieces, end = [], 0
    for step in explanation.marks():
        pieces += explanation.text[end : step.start], "" if step.stage in NOT_SHOWN else step.placeholder
        end = step.end
    return "".join([*pieces, explanation.text[end:]]).strip()


def shared(one: str, other: str) -> int:
    """Count the characters that two texts begin with alike."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


@settings(max_examples=500, deadline=None)
@given(text=ANY_LINE)
def test_a_place_holds_what_it_is_said_to_hold(text: str) -> None:
    explanation = explain(text)
    for step in explanation.steps:
        if step.has_place and step.stage is not Stage.SECRET:
            assert explanation.text[step.start : step.end] == step.matched
    ends = [(step.start, step.end) for step in explanation.marks()]
    assert all(before[1] <= after[0] for before, after in pairwise(ends))


@settings(max_examples=500, deadline=None)
@given(text=ANY_LINE)
def test_the_marks_lead_from_a_line_to_its_template(text: str) -> None:
    explanation, signature = explain(text), sign(text)
    assert (explanation.template, explanation.fingerprint) == (signature.template, signature.fingerprint)
    if explanation.followed and "\n" not in explanation.text and not explanation.json_line:
        assert put_together(explanation) == signature.template


@pytest.mark.parametrize("line", LINES)
def test_every_line_of_the_samples_is_followed(line: str) -> None:
    explanation = explain(line)
    assert explanation.followed
    assert explanation.json_line or put_together(explanation) == explanation.template


@pytest.mark.parametrize("trace", TRACES)
def test_every_line_of_a_trace_is_told_of(trace: str) -> None:
    explanation = explain(trace)
    assert explanation.followed
    told = [(step.start, step.end) for step in explanation.steps if step.has_place]
    place = 0
    for line in explanation.text.split("\n"):
        inside = any(start <= place + len(line) and place <= end for start, end in told)
        assert not line.strip() or inside or line.strip() in explanation.template
        place += len(line) + 1


def test_values_are_shown_with_their_digits_and_rules() -> None:
    explanation = explain(
        "2024-06-11 10:22:33 ERROR [main] c.acme.Job: read /data/a17.csv from nn-1:8020 in 31 s: ORA-00942"
    )
    made = {step.matched: (step.placeholder, step.rule) for step in explanation.masks if not step.inside}
    assert made["nn-1:8020"] == ("<host>", "host with port")
    assert made["/data/a17.csv"] == ("<path>", "path")
    assert made["31 s"] == ("<duration>", "duration")
    assert [(step.matched, step.rule) for step in explanation.of(Stage.KEPT)] == [("ORA-00942", "vendor code")]
    assert explanation.error_codes == ("ORA-00942",)
    head = {step.rule: step.matched for step in explanation.of(Stage.HEADER)}
    assert (head["time"], head["level"], head["service"]) == ("2024-06-11 10:22:33", "ERROR", "c.acme.Job")
    assert (explanation.header.level, explanation.header.service) == ("ERROR", "c.acme.Job")


def test_what_lies_inside_of_another_value_is_said_to() -> None:
    explanation = explain("cannot open /data/6f1c8e9a-33aa-4b9e-9d55-0123456789ab/x")
    outer = [step.matched for step in explanation.masks if not step.inside]
    assert outer == ["/data/6f1c8e9a-33aa-4b9e-9d55-0123456789ab/x"]
    assert "6f1c8e9a-33aa-4b9e-9d55-0123456789ab" in [step.matched for step in explanation.masks if step.inside]


def test_digits_that_are_too_many_for_a_code_are_a_number() -> None:
    explanation = explain("answered with HTTP status 50312")
    assert not explanation.of(Stage.KEPT)
    assert [(step.matched, step.placeholder) for step in explanation.masks] == [("50312", "<n>")]


def test_lines_of_a_trace_are_left_out_with_reasons() -> None:
    trace = (
        "2024-06-11 10:22:33 ERROR [main] c.acme.Job: load 17 failed\n"
        "java.lang.IllegalStateException: cannot load 17\n"
        "\tat com.acme.Job.one(Job.java:41)\n\tat com.acme.Job.two(Job.java:42)\n\tat com.acme.Job.three(Job.java:43)\n"
        "\tat java.base/java.lang.Thread.run(Thread.java:829)\n"
        "Caused by: java.io.IOException: disk is full\n\t... 4 more"
    )
    explanation = explain(trace)
    assert [step.placeholder for step in explanation.of(Stage.FRAME)] == ["at com.acme.Job.one", "at com.acme.Job.two"]
    assert [step.rule for step in explanation.of(Stage.LEFT_OUT)] == [
        LeftOut.DEEPER,
        LeftOut.LIBRARY,
        LeftOut.REPEATED,
    ]
    assert explanation.exception_classes == ("IllegalStateException", "IOException")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("line", [LINES[0], LINES[10], TRACES[0]])
def test_no_secret_is_shown(line: str, secret: str) -> None:
    explanation = explain(f"{line} {secret}")
    left = scrub(secret)
    first = shared(secret, left)
    last = shared(secret[first:][::-1], left[first:][::-1])
    hidden = secret[first : len(secret) - last]
    assert len(hidden) > 4
    assert hidden not in repr(explanation)
    assert explanation.of(Stage.SECRET)
    assert all(step.matched == "" for step in explanation.of(Stage.SECRET))


def test_a_secret_behind_the_escapes_of_json_is_not_shown() -> None:
    explanation = explain('{"level": "error", "msg": "login failed, pass\\u0077ord=hunter2hunter2"}')
    assert explanation.json_line
    assert "hunter2" not in repr(explanation)


def test_the_message_of_a_json_line_is_found_in_it() -> None:
    explanation = explain('{"level": "error", "logger": "pay", "msg": "charge 44 failed"}')
    assert explanation.json_line
    assert (explanation.header.level, explanation.header.service) == ("ERROR", "pay")
    (number,) = [step for step in explanation.masks if step.matched == "44"]
    assert explanation.text[number.start : number.end] == "44"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("x " * 40_000, Limit.EVENT),
        ("a line\n" * 1_100, Limit.LINES),
        ("word " * 900, Limit.LINE),
        ("a" * 600 + " end", Limit.TOKEN),
    ],
)
def test_what_is_too_long_is_told(text: str, limit: Limit) -> None:
    assert limit in {step.rule for step in explain(text).of(Stage.LIMIT)}


def test_users_rules_are_told_apart() -> None:
    rules = RuleSet(
        (
            UserRule(name="tenant", pattern=r"tenant-(\w+)", kind="user"),
            UserRule(name="lane", pattern=r"lane \d+", action=Action.KEEP),
        )
    )
    text = "2024-06-11 10:22:33 ERROR tenant-x17 failed in lane 42 with 17 rows, tenant-zz too"
    explanation = explain(text, rules=rules)
    assert (explanation.template, explanation.version) == (sign_under(rules, text).template, rules.version)
    assert explanation.followed
    users = explanation.of(Stage.USER_RULE)
    assert [(step.rule, step.matched, step.placeholder) for step in users] == [
        ("tenant", "x17", "<user>"),
        ("tenant", "zz", "<user>"),
        ("lane", "lane 42", "lane 42"),
    ]
    assert all(explanation.text[step.start : step.end] == step.matched for step in users)
    assert explain(text, rules=RuleSet()).template == sign(text).template


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\x00\x01", "\ue000\uf8ff 12", "\udcff broken 7", "{", "{}", "<n>", "\x1e"]
)
def test_odd_texts_are_explained(text: str) -> None:
    explanation = explain(text)
    assert explanation.template == sign(text).template
    assert explanation.key == key_of(explanation.template)


def test_a_text_of_very_many_values_has_an_end() -> None:
    explanation = explain("\n".join(f"value {number} of {number}" for number in range(900)) + " x7" * 900)
    assert len(explanation.steps) <= 1_000
    assert explanation.more >= 0


@given(text=st.text("ab1 <n>", max_size=30), places=st.lists(st.integers(0, 30), max_size=4))
def test_a_cut_is_followed(text: str, places: list[int]) -> None:
    kept = [character for place, character in enumerate(text) if place not in places]
    after, _ = follow_cut(whole(text), "".join(kept))
    assert after.text == "".join(kept)
    assert all(
        text[origin[0]] == character for origin, character in zip(after.origins, after.text, strict=True) if origin
    )


@given(text=st.text("ab1 <n>", max_size=30))
def test_two_replacements_are_followed_through_each_other(text: str) -> None:
    first, _ = substitute(whole(text), re.compile("[ab]+"), lambda found: f"<{len(found[0])}>")
    second, _ = substitute(whole(first.text), re.compile("1 ?"), lambda _: "one")
    both = based_on(second, first)
    assert both.text == re.sub("1 ?", "one", re.sub("[ab]+", lambda found: f"<{len(found[0])}>", text))
    places = [origin for origin in both.origins if origin]
    assert places == sorted(places)
