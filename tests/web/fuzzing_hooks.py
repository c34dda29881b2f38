"""What Schemathesis has to be told about the bodies of this API; it loads this module by its name."""

from __future__ import annotations

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_context: object, value: Any) -> bytes:
    """Send text as it is, and anything else as one line of JSON."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", errors="replace")


@schemathesis.hook
def filter_case(_context: object, case: Any) -> bool:
    """Leave out bodies of text that are to be refused for being of another type: a number that is sent is text too."""
    return case.media_type != "text/plain" or not isinstance(case.body, int | float | list | dict | None)
