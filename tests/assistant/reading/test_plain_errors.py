"""An error comes out of each kind of mark-up as it went in."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading import read_message
from tests.assistant.reading.plain_errors import ALL, ONE_LINE

NAMES = st.sampled_from(
    ["shelf_events", "org.acme.Stock", "item-3", "`row_id`", "10.0.0.7:9092", "<none>", "a*b", "x@y.example"]
)
SENTENCES = st.sampled_from(
    [
        "ERROR 1146 (42S02): Table {} doesn't exist",
        "java.io.IOException: cannot open {}",
        "ORA-01017: invalid username/password; logon denied for {}",
        "psycopg2.errors.UndefinedTable: relation {} does not exist",
        "FAILED: ODPS-0130131:[1,15] Table not found - {}",
        "2031-03-04 05:06:07 ERROR stock: {} refused the connection",
    ]
)
ERRORS = st.builds(str.format, SENTENCES, NAMES)


def errors(text: str) -> list[str]:
    return [error.text for error in read_message(text).errors]


@pytest.mark.parametrize("error", ALL)
def test_a_plain_error_is_given_back_unchanged(error: str) -> None:
    message = read_message(error)
    assert errors(error) == [error]
    assert (message.plain, message.prose) == (error, "")


@pytest.mark.parametrize("error", ALL)
@pytest.mark.parametrize(
    "wrap",
    [
        "hi team,\n```\n{}\n```\nany idea?",
        "hi <@U0AB12CD>, we get ```{}``` since yesterday, please help",
        "```java\n{}\n```",
        "~~~\n{}\n~~~",
        "Our job fails.\n\n{{code:java}}\n{}\n{{code}}\n\nThanks!",
        "{{noformat}}\n{}\n{{noformat}}",
        "good morning,\n\n{}\n\nthanks and regards\nMei",
        "<!here> :fire: see below:\n\n{}\n\n-- \nSent from my phone",
        "大家好，任务又挂了：\n\n{}\n\n请帮忙看一下，谢谢！",
        "\ufeff{}\u200b",
    ],
)
def test_an_error_comes_out_of_what_is_around_it(error: str, wrap: str) -> None:
    assert errors(wrap.format(error)) == [error]


@pytest.mark.parametrize("error", ALL)
def test_an_error_comes_out_of_slacks_escapes(error: str) -> None:
    assert errors(f"look <@U0AB12CD>:\n```{escape(error)}```") == [error]
    assert errors(f"our job says:\n{escape(error)}") == [error]


@pytest.mark.parametrize("error", ALL)
def test_an_error_comes_out_of_a_quotation(error: str) -> None:
    quoted = "\n".join(f"> {line}" for line in error.split("\n"))
    assert errors(f"my job says\n{quoted}\nwhat can I do?") == [error]


@pytest.mark.parametrize("error", ONE_LINE)
@pytest.mark.parametrize("wrap", [":x: {}", "{} 😭", "@mei {}", "*{}*", "**{}**", "_{}_", "## {}", "<b>{}</b>"])
def test_an_error_of_one_line_comes_out_of_decoration(error: str, wrap: str) -> None:
    assert errors(wrap.format(error)) == [error]


@given(error=ERRORS)
def test_errors_with_any_names_come_back(error: str) -> None:
    assert errors(error) == [error]
    assert errors(f"hello, my job fails:\n```\n{error}\n```\nhow can I fix it?") == [error]
    assert errors(f"hello, my job fails:\n\n{error}\n\nhow can I fix it?") == [error]


@given(first=ERRORS, second=ERRORS)
def test_what_was_recognised_is_recognised_again(first: str, second: str) -> None:
    for error in read_message(f"1. {first}\n2. {second}\nthanks").errors:
        assert errors(error.text) == [error.text]
