"""Takes from texts what platforms act upon: names that call people, references, commands, tags of HTML.

Platforms look for most of these in the rendered text, where escapes are gone: only another letter between helps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt

JOINER = "\u2060"
CALLS = re.compile(r"([@#!~%&$^])(?=\w)")
ISSUES = re.compile(r"(?<![a-z0-9])gh-(?=\d)", re.IGNORECASE)
COMMITS = re.compile(r"(?<![a-z0-9])[0-9a-f]{7,64}(?![a-z0-9])", re.IGNORECASE)
SHORT = re.compile(r"[0-9a-f]{6}(?=.)", re.IGNORECASE)
TAGS = re.compile(r"\[(?=[\s/]*code)", re.IGNORECASE)
LINE_ENDS = re.compile(r"\r\n?")
ACTING = re.compile(
    r"""\\[\\`]
      | (?P<ticks>`+)(?!`) [\s\S]*? (?<!`)(?P=ticks)(?!`)           # code
      | `+
      | https?://[^\s<>()]*
      | \]\((?!@)[^\s()]*                                           # a link's target
      | (?P<sign> (?<![a-z0-9])@(?=\w)
                | (?<![a-z0-9&/])\#(?=\d)
                | ^[^\S\n]*/(?=\w) )                                # a command, such as /close""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def silent_line(text: str) -> str:
    r"""Let a line of plain text call nobody, and refer to no issue and no commit, where Markdown is read.

    >>> silent_line("@ana GH-12 deadbeef")
    '@\u2060ana GH-\u206012 deadbe\u2060ef'
    """
    text = ISSUES.sub(rf"\g<0>{JOINER}", CALLS.sub(rf"\1{JOINER}", text))
    return COMMITS.sub(lambda found: SHORT.sub(rf"\g<0>{JOINER}", found[0]), text)


def silent_markdown(markdown: str) -> str:
    r"""Let Markdown call nobody, refer to no issue by its number and command nothing; code and addresses stay.

    >>> silent_markdown("@ana, run `npm i @acme/x`")
    '@\u2060ana, run `npm i @acme/x`'
    """
    text = LINE_ENDS.sub("\n", markdown)
    lines = text.split("\n")
    pieces: list[str] = []
    done = 0
    for begin, end, is_code in _leaves(text):
        pieces += (_silenced(line) for line in lines[done:begin])
        part = "\n".join(lines[begin:end])
        pieces.append(part if is_code else _silenced(part))
        done = end
    return "\n".join([*pieces, *(_silenced(line) for line in lines[done:])])


def without_tags(text: str) -> str:
    r"""Let a text open no HTML where ``[code]`` does that, as in the journals of ServiceNow.

    >>> without_tags("[code]<b>[/code]")
    '[\u2060code]<b>[\u2060/code]'
    """
    return TAGS.sub(f"[{JOINER}", text)


def _silenced(text: str) -> str:
    return ACTING.sub(lambda found: f"{found[0]}{JOINER}" if found["sign"] else found[0], text)


def _leaves(markdown: str) -> Iterator[tuple[int, int, bool]]:
    """Give the lines of each paragraph and each block of code; code in a line never goes beyond a paragraph."""
    for token in _parser().parse(markdown):
        if token.map is not None and token.type in ("inline", "fence", "code_block"):
            yield token.map[0], token.map[1], token.type != "inline"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").disable("inline")
