"""Keeps texts from logs from looking like other texts, for every channel alike."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def without_controls(text: str) -> str:
    """Replace control characters and changes of direction, which show letters in another order; line breaks stay.

    >>> without_controls("exe." + chr(0x202E) + "txt")
    'exe.�txt'
    """
    return _CONTROLS.sub("�", text)
