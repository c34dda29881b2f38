"""Which lines of a message may tell by themselves what all of it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.stop_words import BOILERPLATE, STOP
from knowledge_base.pairs.judge import content_words
from knowledge_base.signature.codes import error_codes, exception_classes
from knowledge_base.signature.headers.header import header_span
from knowledge_base.signature.headers.levels import level_name

HARMLESS = frozenset({"INFO", "DEBUG", "TRACE", "NOTICE"})
BAD = frozenset({"ERROR", "FATAL", "CRITICAL", "ALERT", "EMERG", "PANIC"})

FEWEST_WORDS = 2
"""Words that say something of a line without an error code; ``Task failed`` stands below errors of every kind."""

_BARE = re.compile(r"(?:INFO|DEBUG|TRACE)\s")
"""Levels that stand alone in front; no message begins with such a word in capitals."""

_LOOKED_AT = 2_000
_ENDS = ("exit ", "signal ", "status ", "code ")
"""How codes begin that tell how something ended, not why."""


def telling(lines: Sequence[str]) -> list[str]:
    """Choose the lines by which a message may be known: where some say that they are errors, only those.

    >>> telling(["INFO shop opened at noon", "ORA-00942: no table", "process ended with exit code 1"])
    ['ORA-00942: no table']
    >>> telling(["our shop closed at noon", "Task failed"])
    ['our shop closed at noon']
    """
    errors = [each for each in lines if _is_error(each)]
    if errors:
        return [each for each in errors if _says_enough(each)]
    return [each for each in lines if not is_harmless(each) and _says_enough(each)]


def without_harmless(text: str) -> str:
    r"""Leave out what logs say besides errors; a text that is nothing else stays.

    >>> without_harmless("INFO shop opened at noon\nERROR shop burned down")
    'ERROR shop burned down'
    """
    lines = text.splitlines()
    left = [line for line in lines if not is_harmless(line)]
    return "\n".join(left) if len(left) < len(lines) and any(map(str.strip, left)) else text


def is_harmless(line: str) -> bool:
    """Tell whether a log says by its level that a line is no error, and the line names neither code nor exception."""
    line = line.strip()[:_LOOKED_AT]
    return (_level(line) in HARMLESS or _BARE.match(line) is not None) and not _names_error(line)


def _is_error(line: str) -> bool:
    line = line[:_LOOKED_AT]
    return _level(line) in BAD or _names_error(line)


def _names_error(line: str) -> bool:
    return bool(exception_classes(line)) or any(not code.startswith(_ENDS) for code in error_codes(line))


def _says_enough(line: str) -> bool:
    line = line[:_LOOKED_AT]
    words = content_words(cleaned(line[header_span(line).end :])) - STOP - BOILERPLATE
    return len(words) >= FEWEST_WORDS or any(not code.startswith(_ENDS) for code in error_codes(line))


def _level(line: str) -> str:
    return level_name(header_span(line).level)
