"""Runs a user's pattern over a line, in time that grows with the line alone.

RE2 guarantees the linear time of one search. A search begins anew behind each match and may look to the end of the
line every time, so the matches in a line are limited too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from knowledge_base.errors import InputError

if TYPE_CHECKING:
    from re2 import _Regexp

MOST_MATCHES = 200
"""Matches of a rule in one line; further ones are passed over."""

MOST_STEPS = 1_000
"""Instructions of a compiled pattern. What RE2 cannot hold in its cache costs each of them for each character."""

_MEMORY = 1 << 20

Span: TypeAlias = tuple[int, int]
Pattern: TypeAlias = "_Regexp"


@lru_cache(maxsize=1_000)
def compile_pattern(source: str) -> Pattern:
    """Compile a pattern; raises InputError telling what is wrong with it."""
    import re2

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_nl = True
    options.longest_match = False
    try:
        # Past the library's own cache of 128, which all patterns of a process would share.
        pattern: Pattern = re2._Regexp(source, options)
    except UnicodeEncodeError:
        raise InputError("the pattern holds half a character (a lone surrogate); type it anew") from None
    except re2.error as error:
        told = error.args[0] if error.args else ""
        reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise InputError(f"the pattern cannot be used: {reason}; docs/rules.md tells what patterns may hold") from None
    return pattern


def spans(source: str, line: str) -> Iterator[Span]:
    """Give the places that a pattern means in a line, from left to right: its first group, or all that it matches.

    Places without any text are left out. Halves of characters are taken for U+FFFD.
    """
    pattern = compile_pattern(source)
    found = pattern.finditer(line.encode() if line.isascii() else _encodable(line))
    group = 1 if pattern.groups else 0
    for match in islice(found, MOST_MATCHES):
        start, end = match.span(group)
        if start < end:
            yield start, end


def _encodable(line: str) -> str:
    try:
        line.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in line)
    return line
