"""What reading a message gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What was recognised as an error: ``plain[start:end]`` of its message, which may span lines.

    Errors with an equal ``passage`` stand in one piece of log, and may have one cause.
    """

    text: str
    start: int
    end: int
    passage: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message without mark-up (``plain``), the errors in it, and what the person says around them (``prose``).

    A question in words has no errors, and all of it is ``prose``.
    """

    plain: str
    prose: str
    errors: tuple[ErrorText, ...]
