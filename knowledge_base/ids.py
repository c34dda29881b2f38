"""Public ids: a prefix that tells what is named, and a number that is unique over all projects."""

from __future__ import annotations

from enum import StrEnum

from knowledge_base.errors import NotFound

MAX_NUMBER = 2**62
_DIGITS = len(str(MAX_NUMBER))


class Prefix(StrEnum):
    """What an id names."""

    CATEGORY = "KE"
    TEMPLATE = "T"
    SOLUTION = "S"
    QUESTION = "Q"
    DELIVERY = "D"
    PROPOSAL = "P"
    PERSON = "U"
    RULE = "R"


def public_id(prefix: Prefix, number: int) -> str:
    """Write an id.

    >>> public_id(Prefix.CATEGORY, 12)
    'KE-12'
    """
    return f"{prefix}-{number}"


def number_of(prefix: Prefix, public: str) -> int:
    """Read an id.

    >>> number_of(Prefix.TEMPLATE, "t-34")
    34

    Raises NotFound where the text is no id of this kind: nothing can have it.
    """
    head, _, tail = public.strip().partition("-")
    is_number = tail.isascii() and tail.isdigit() and len(tail) <= _DIGITS
    if head.upper() != prefix or not is_number or not 0 < int(tail) < MAX_NUMBER:
        raise NotFound(f"there is no {prefix.name.lower()} {public[:40]!r}; such an id looks like {prefix}-12")
    return int(tail)
