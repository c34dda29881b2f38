"""The lines of a message while it is read."""

from __future__ import annotations

from dataclasses import dataclass

UNREAD = -1
"""The block of what stands in the middle of a very long message."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line without mark-up; ``block`` numbers the code block that it stands in, 0 for none.

    With ``item`` it begins an item of a list, ``shown`` was quoted, ``said`` is certainly what a person says.
    """

    text: str
    block: int = 0
    item: bool = False
    shown: bool = False
    said: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a message: a code block taken as it is, or what was typed."""

    text: str
    code: bool
