"""What people say around errors, and in place of them."""

from __future__ import annotations

import pytest

from assistant.reading import read_message

WORDS = (
    "my nightly load dies because it runs out of memory",
    "I get permission denied when I create a table, what should I do?",
    "the page shows nothing since this morning, can somebody help",
    "建表提示没权限",
    "任务跑着跑着就被杀掉了，怎么办",
    "为什么我的查询总是超时？",
    "how do I see the logs of a pod?",
    "hello",
    "👍",
)


@pytest.mark.parametrize("words", WORDS)
def test_a_question_in_words_has_no_error(words: str) -> None:
    message = read_message(words)
    assert message.errors == ()
    assert message.prose == words.replace("👍", "")


def test_mark_up_goes_out_of_what_is_said() -> None:
    message = read_message("<@U0AB12CD> our *nightly* job `load_it` in <#C0AB12CD|ops> is _really_ slow :cry: 😭 @mei")
    assert message.errors == ()
    assert message.prose == "our nightly job load_it in #ops is really slow"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("hey, the loader says java.io.IOException: disk full, any idea?", "java.io.IOException: disk full"),
        ("帮忙看下，报错：ORA-01653: unable to extend table ，急", "ORA-01653: unable to extend table"),
        (
            'since noon we see "dial tcp 10.1.2.3:6379: connection refused" all day, why?',
            "dial tcp 10.1.2.3:6379: connection refused",
        ),
        ("can you look? 2031-01-02 03:04:05 ERROR - queue is closed", "2031-01-02 03:04:05 ERROR - queue is closed"),
        ("Table `a`.`b_c` doesn't exist, 但是昨天还好", "Table `a`.`b_c` doesn't exist"),
        ("我跑任务遇到 `KeyError: 'shelf'` 怎么办", "KeyError: 'shelf'"),
        ('ERROR: relation "x" does not exist. is this known to you?', 'ERROR: relation "x" does not exist'),
    ],
)
def test_an_error_within_a_line_is_cut_out(line: str, error: str) -> None:
    message = read_message(line)
    assert [found.text for found in message.errors] == [error]
    assert error not in message.prose
    assert message.prose


def test_the_fields_of_a_ticket_are_said() -> None:
    message = read_message(
        "*Summary*: import fails\n*Steps to reproduce*:\n1. open it\n2. see error\n"
        "*Log*:\n{code}\nKeyError: 'shelf'\n{code}"
    )
    assert [error.text for error in message.errors] == ["KeyError: 'shelf'"]
    assert message.prose.startswith("Summary: import fails\nSteps to reproduce:")


def test_places_are_those_in_the_plain_text() -> None:
    message = read_message("hi,\n> ORA-00942: table or view does not exist\nand\n```KeyError: 'a'```")
    assert len(message.errors) == 2
    for error in message.errors:
        assert message.plain[error.start : error.end] == error.text


def test_half_a_trace_is_one_error() -> None:
    half = (
        "at org.acme.A.b(A.java:3)\n\tat org.acme.C.d(C.java:4)\nCaused by: java.net.ConnectException: no\n\tat sun.ni"
    )
    assert [error.text for error in read_message(half).errors] == [half]


def test_a_link_that_slack_made_is_what_was_typed() -> None:
    message = read_message("java.net.UnknownHostException: <http://api.acme.example|api.acme.example>")
    assert [error.text for error in message.errors] == ["java.net.UnknownHostException: api.acme.example"]


def test_a_fence_is_an_error_even_without_a_sign() -> None:
    assert [error.text for error in read_message("what is this?\n```\nstock level reached zero\n```").errors] == [
        "stock level reached zero"
    ]
    assert read_message("how do I run\n```\nselect * from shelf\n```").errors == ()
