"""Replies as notes: in GitHub's Markdown, as documents of Atlassian, as HTML and as plain text.

The headline and the facts may come from logs. They are shown letter by letter: they make no link, call
nobody and close nothing. The body is an engineer's Markdown; it calls nobody either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from html import escape
from string import punctuation
from urllib.parse import quote

from markdown_it import MarkdownIt

from assistant.composing import one_line
from assistant.harmless import without_controls
from assistant.phrases import phrases
from assistant.reply import Reply
from assistant.shortening import closed, shorten
from assistant.tickets import adf_writing as adf
from assistant.tickets.mapping_note import Format
from assistant.tickets.silencing import silent_line, silent_markdown, without_tags

LONGEST_LINE = 300
Writer = Callable[[Reply, str], object]


def write_note(reply: Reply, *, marker: str, form: Format, limit: int) -> object:
    """Write a reply as a note of ``limit`` characters at most; a document is measured as its JSON.

    The body is what is shortened; where even without it the note is too long, the facts are left out.
    """
    writer = _WRITERS[form]
    ending = phrases(reply.language).more
    body = shorten(reply.body, limit, ending=ending)
    while True:
        note = writer(replace(reply, body=body), marker)
        size = len(note) if isinstance(note, str) else len(json.dumps(note, ensure_ascii=False))
        if size <= limit:
            return note
        room = len(body) * limit // size - 50
        if room <= len(ending) + 50:
            break
        body = shorten(reply.body, room, ending=ending)
    shortest = replace(reply, body=ending if reply.body else "")
    note = writer(shortest, marker)
    return note if len(json.dumps(note)) <= limit else writer(replace(shortest, facts=()), marker)


def mark_of(marker: str) -> str:
    """Give the marker as it stands in a note: letters that no mark-up has a meaning for.

    >>> mark_of("kea:default:D-1"), mark_of("a-->b")
    ('kea:default:D-1', 'a--%3Eb')
    """
    return quote(marker, safe=":")


def bears(text: str, marker: str) -> bool:
    """Tell whether a note bears the marker, and not only one that begins like it."""
    return re.search(rf"(?<![\w:-]){re.escape(mark_of(marker))}(?![\w-])", text) is not None


def _markdown(reply: Reply, marker: str) -> str:
    parts = [f"**{_letters(silent_line(_line(reply.headline)))}**", closed(silent_markdown(reply.body))]
    # Within code nothing is looked for.
    facts = [(_letters(silent_line(name)), _letters(value)) for name, value in _facts(reply)]
    parts.append("\n".join(f"- {name}: <code>{value}</code>" for name, value in facts))
    said = phrases(reply.language)
    if reply.link:
        parts.append(f"[{said.open_in_kea}](<{quote(reply.link, safe=_URL)}>)")
    if reply.feedback or reply.hand_over:
        parts.append(_asked(reply) + " / ".join(f"`{words}`" for words in _feedback(reply)))
    parts.append(f"<!-- {mark_of(marker)} -->")
    return "\n\n".join(part for part in parts if part)


def _adf(reply: Reply, marker: str) -> Mapping[str, object]:
    said = phrases(reply.language)
    content = [adf.paragraph(adf.text(_line(reply.headline), "strong")), *adf.adf_of_markdown(reply.body)]
    facts = [adf.paragraph(adf.text(f"{name}: "), adf.text(value, "code")) for name, value in _facts(reply)]
    content += [adf.bullets(facts)] if facts else []
    if reply.link:
        content.append(adf.paragraph(adf.link(said.open_in_kea, quote(reply.link, safe=_URL))))
    if reply.feedback or reply.hand_over:
        between = [each for words in _feedback(reply) for each in (adf.text(" / "), adf.text(words, "code"))]
        content.append(adf.paragraph(adf.text(_asked(reply)), *between[1:]))
    content.append(adf.paragraph(adf.text(mark_of(marker), "em")))
    return {"type": "doc", "version": 1, "content": content}


def _html(reply: Reply, marker: str) -> str:
    said = phrases(reply.language)
    parts = [f"<p><strong>{escape(_line(reply.headline))}</strong></p>", _parser().render(reply.body)]
    facts = "".join(f"<li>{escape(name)}: <code>{escape(value)}</code></li>" for name, value in _facts(reply))
    parts.append(f"<ul>{facts}</ul>" if facts else "")
    if reply.link:
        parts.append(f'<p><a href="{escape(reply.link)}">{said.open_in_kea}</a></p>')
    if reply.feedback or reply.hand_over:
        parts.append(f"<p>{_asked(reply)}{' / '.join(f'<code>{words}</code>' for words in _feedback(reply))}</p>")
    parts.append(f"<p><small>{mark_of(marker)}</small></p>")
    return "\n".join(part for part in parts if part)


def _text(reply: Reply, marker: str) -> str:
    said = phrases(reply.language)
    facts = "\n".join(f"{name}: {value}" for name, value in _facts(reply))
    parts = [without_tags(part) for part in (_line(reply.headline), reply.body, facts)]
    parts.append(f"{said.open_in_kea}: {reply.link}" if reply.link else "")
    parts.append(f"{_asked(reply)}{' / '.join(_feedback(reply))}" if reply.feedback or reply.hand_over else "")
    parts.append(mark_of(marker))
    return "\n\n".join(part for part in parts if part)


_WRITERS: dict[Format, Writer] = {"markdown": _markdown, "adf": _adf, "html": _html, "text": _text}
_URL = ":/?#@!$&*+,;=%~-._'"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")


def _facts(reply: Reply) -> list[tuple[str, str]]:
    return [(_line(name), _line(value)) for name, value in reply.facts]


def _asked(reply: Reply) -> str:
    said = phrases(reply.language)
    return f"{said.did_it_help} " if reply.feedback else f"{said.hand_over}: "


def _feedback(reply: Reply) -> list[str]:
    """Give the words by which a reader judges the answer or asks for a person, whoever asked."""
    said = phrases(reply.language)
    offered = [said.helpful, said.not_helpful] if reply.feedback else []
    offered += [said.hand_over_words] if reply.hand_over else []
    return [f"{each} {reply.question_id}".strip() for each in offered]


def _line(text: str) -> str:
    line = without_controls(one_line(text))
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def _letters(text: str) -> str:
    """Write each mark as a character reference: Markdown never takes one of those for mark-up.

    >>> _letters("a-->b")
    'a&#45;&#45;&#62;b'
    """
    return "".join(f"&#{ord(letter)};" if letter in punctuation else letter for letter in text)
