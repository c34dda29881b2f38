"""Code blocks: of Slack, Markdown and Jira's wiki; what is in them is taken as it is."""

from __future__ import annotations

import re

from assistant.reading.rows import Part

_OPENING = re.compile(r"`{3,}|^[ \t]{0,3}~{3,}(?=[\w \t]*$)|\{(?:code|noformat)(?::[^{}\n]{0,80})?\}", re.MULTILINE)
_LANGUAGE = re.compile(r"[a-z][a-z0-9+#._-]{0,19}[ \t]*\n(?=[\s\S]*\S)")


def parts_of(text: str) -> list[Part]:
    r"""Cut a text into code blocks and what is around them; a block that nobody closed goes to the end.

    >>> [(part.text, part.code) for part in parts_of("see ```boom``` ok")]
    [('see ', False), ('boom', True), (' ok', False)]
    """
    parts: list[Part] = []
    missing: set[str] = set()
    at = place = 0
    while found := _OPENING.search(text, place):
        mark = found[0].strip()
        closing = _closing(mark)
        end = -1 if closing in missing else text.find(closing, found.end())
        if end < 0 and mark[0] == "{":
            missing.add(closing)
            place = found.end()
            continue
        parts.append(Part(text[at : found.start()], code=False))
        if end < 0:
            parts.append(Part(_content(text[found.end() :]), code=True))
            return parts
        parts.append(Part(_content(text[found.end() : end]), code=True))
        at = end + len(closing)
        # A closing fence may be longer than what opened it.
        while mark[0] in "`~" and text[at : at + 1] == mark[0]:
            at += 1
        place = at
    parts.append(Part(text[at:], code=False))
    return [part for part in parts if part.text]


def _closing(mark: str) -> str:
    return "{noformat}" if mark.startswith("{n") else "{code}" if mark[0] == "{" else mark


def _content(text: str) -> str:
    """The content without the language that a block may begin with, and without the line ends at its edges."""
    language = _LANGUAGE.match(text)
    text = text[language.end() :] if language else text
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)
