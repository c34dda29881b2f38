"""Cuts Markdown to a platform's limit without breaking it."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt

_BREAK = re.compile(r"\r\n?|\n")


def shorten(markdown: str, limit: int, *, ending: str) -> str:
    r"""Cut a text to ``limit`` characters, at a line where possible, and close an open code block.

    ``ending`` is put behind what was cut. Raises ValueError where not even that fits.

    >>> shorten("first line" + chr(10) + "second line", 20, ending="…")
    'first line\n…'
    >>> shorten("short", 20, ending="…")
    'short'
    """
    if len(markdown) <= limit:
        return markdown
    if limit < len(ending) + 1:
        raise ValueError(f"a limit of {limit} leaves no room")
    room = limit - len(ending) - 1
    cut = markdown[:room]
    for _ in range(2):  # closing a block needs room of its own
        line_end = cut.rfind("\n")
        if line_end > room // 2:
            cut = cut[:line_end]
        closing = _closing(cut)
        if len(cut) + len(closing) <= room:
            break
        cut = cut[: room - len(closing) - 1]
    else:
        closing = _closing(cut)
    cut = (cut.rstrip() + closing)[:room]
    return f"{cut}\n{ending}" if cut else ending[:limit]


def closed(markdown: str) -> str:
    r"""Close the code block that a text ends in, so that what is put behind it is not part of it.

    >>> closed("```" + chr(10) + "ls")
    '```\nls\n```'
    """
    return markdown + _closing(markdown)


def _closing(text: str) -> str:
    """Give what closes the code block that a text ends in; one within a list ends with the list."""
    tokens = _parser().parse(text)
    if not tokens or tokens[-1].type != "fence" or tokens[-1].map is None:
        return ""
    begin, end = tokens[-1].map
    fence, last = tokens[-1].markup, _BREAK.split(text)[begin:end][-1]
    is_closed = end - begin > 1 and re.fullmatch(rf" {{0,3}}{fence}{fence[0]}*[ \t]*", last) is not None
    return "" if is_closed else f"\n{fence}"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Only blocks are looked at; what is within their lines need not be read.
    return MarkdownIt("commonmark").disable("inline")
