"""Text as databases can keep it."""

from __future__ import annotations


def storable(text: str) -> str:
    """Replace what PostgreSQL or UTF-8 cannot hold: NUL and lone surrogates.

    >>> storable("a" + chr(0) + "b")
    'a�b'
    """
    if text.isascii() and "\x00" not in text:
        return text
    text = text.replace("\x00", "�")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace").decode("utf-8")
    return text


def clip(text: str, limit: int) -> str:
    """Make a text storable and cut it to a column's length.

    >>> clip("abcdef", 4)
    'abc…'
    """
    text = storable(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
