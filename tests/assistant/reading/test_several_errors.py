"""Several errors in one message, and what is one error all the same."""

from __future__ import annotations

import pytest

from assistant.reading import read_message
from tests.assistant.reading.plain_errors import JAVA, ONE_LINE, PYTHON

FIRST, SECOND = ONE_LINE[0], ONE_LINE[3]


def errors(text: str) -> list[str]:
    return [error.text for error in read_message(text).errors]


@pytest.mark.parametrize(
    "form",
    [
        "1. {}\n2. {}",
        "two problems:\n1) {}\n2) {}\nthanks",
        "- {}\n- {}",
        "• {}\n• {}",
        "{}\n\n{}",
        "{}\nand then also this one, what is it?\n{}",
        "```\n{}\n```\nand\n```\n{}\n```",
        "`{}`\n`{}`",
        "两个问题：① {} ② {}",
        "> {}\n\nand\n\n> {}",
    ],
)
def test_errors_apart_are_several(form: str) -> None:
    if form.startswith("`{"):
        assert errors(form.format(ONE_LINE[1], SECOND)) == [ONE_LINE[1], SECOND]
    else:
        assert errors(form.format(FIRST, SECOND)) == [FIRST, SECOND]


def test_errors_of_a_list_stand_in_passages_of_their_own() -> None:
    listed = read_message(f"1. {FIRST}\n2. {SECOND}")
    assert len({error.passage for error in listed.errors}) == 2


def test_traces_below_each_other_are_several() -> None:
    assert errors(f"{JAVA}\n{PYTHON}") == [JAVA, PYTHON]
    assert errors(f"{PYTHON}\n\n{JAVA}") == [PYTHON, JAVA]


def test_log_lines_of_other_errors_are_several_in_one_passage() -> None:
    message = read_message(
        "2031-01-02 03:04:05 INFO Stock: begins\n"
        "2031-01-02 03:04:06 ERROR Stock: cannot connect to db-1:5432\n"
        "2031-01-02 03:04:07 ERROR Stock: cannot connect to db-2:5432\n"
        "2031-01-02 03:04:08 ERROR Shelf: table rows_of_day not found\n"
    )
    assert [error.text[20:] for error in message.errors] == [
        "ERROR Stock: cannot connect to db-1:5432",
        "ERROR Shelf: table rows_of_day not found",
    ]
    assert len({error.passage for error in message.errors}) == 1
    assert message.prose == ""


@pytest.mark.parametrize(
    "one",
    [
        "Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\nKeyError: 'a'\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "/a.py", line 2, in g\nValueError: b',
        'ORA-06512: at "SHOP.STOCK", line 3\nORA-01403: no data found',
        'ERROR: duplicate key value violates unique constraint "shelf_pkey"\nDETAIL: Key (id)=(3) already exists.',
        "APPLICATION FAILED TO START\n\nDescription:\n\nParameter 0 of constructor in org.acme.A required a bean of "
        "type 'org.acme.B' that could not be found.\n\nAction:\n\nConsider defining a bean of type 'org.acme.B'.",
        "[2031-01-02 03:04:05,123] {task.py:17} ERROR - Task failed\npsycopg2.OperationalError: connection refused",
        "ERROR: no version fits the requirement shelf\nERROR: No matching distribution found for shelf",
        "npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://npm.example/stock\nnpm ERR! 404 stock@1",
    ],
)
def test_what_belongs_together_is_one(one: str) -> None:
    assert errors(one) == [one]


def test_the_same_error_again_is_one() -> None:
    assert errors("java.io.IOException: shelf 1 is full\n\njava.io.IOException: shelf 27 is full") == [
        "java.io.IOException: shelf 1 is full"
    ]
