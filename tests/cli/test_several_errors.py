"""``kea ask`` with several errors in one text."""

from __future__ import annotations

import json

from tests.cli.conftest import Kea

FIRST = "java.net.UnknownHostException: kettle.example"
SECOND = "ERROR 1054 (42S22): Unknown column 'stove' in 'field list'"


def test_each_error_is_answered(kea: Kea) -> None:
    text = f"hi, two errors:\n1. {FIRST}\n2. {SECOND}\nthanks"
    answer = json.loads(kea("ask", text, "--json").stdout)
    assert [answer["recognised"], *(each["recognised"] for each in answer["further"])] == [FIRST, SECOND]
    shown = kea("ask", text).stdout
    assert f"Taken for the error: {FIRST}" in shown
    assert f"Taken for the error: {SECOND}" in shown
