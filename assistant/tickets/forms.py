"""The forms of a note: GitHub's Markdown, documents of Atlassian, HTML and plain text.

The headline and the facts may come from logs. They are shown letter by letter, as are conditions and names of links:
they make no link, call nobody and close nothing. The body is an engineer's Markdown; it calls nobody either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from string import punctuation
from urllib.parse import quote

from markdown_it import MarkdownIt

from assistant.addresses import linkable
from assistant.composing import one_line
from assistant.harmless import without_controls
from assistant.linking import written_links
from assistant.phrases import phrases
from assistant.reply import Reply
from assistant.shortening import closed
from assistant.tickets import adf_writing as adf
from assistant.tickets.mapping_note import Format
from assistant.tickets.silencing import silent_line, silent_markdown, without_tags

LONGEST_LINE = 300
Writer = Callable[[Reply, str, int], object]
"""Writes a reply with its marker; its links have so many characters at most."""


def mark_of(marker: str) -> str:
    """Give the marker as it stands in a note: letters that no mark-up has a meaning for.

    >>> mark_of("kea:default:D-1"), mark_of("a-->b")
    ('kea:default:D-1', 'a--%3Eb')
    """
    return quote(marker, safe=":")


def _markdown(reply: Reply, marker: str, room: int) -> str:
    said = phrases(reply.language)
    parts = [f"**{_letters(silent_line(_line(reply.headline)))}**"]
    # Within code nothing is looked for.
    parts.append(f"{said.applies_to}: <code>{_letters(_line(reply.applies))}</code>" if reply.applies else "")
    parts.append(closed(silent_markdown(reply.body)))
    facts = [(_letters(silent_line(name)), _letters(value)) for name, value in _facts(reply)]
    parts.append("\n".join(f"- {name}: <code>{value}</code>" for name, value in facts))
    links = _links(reply, room, lambda name, url: f"- [{_letters(silent_line(name))}](<{escape(url)}>)", "- {}".format)
    parts.append("\n".join([f"{said.links}:\n", *links]) if links else "")
    if reply.link:
        parts.append(f"[{said.open_in_kea}](<{quote(reply.link, safe=_URL)}>)")
    if reply.feedback or reply.hand_over:
        parts.append(_asked(reply) + " / ".join(f"`{words}`" for words in _feedback(reply)))
    parts.append(f"<!-- {mark_of(marker)} -->")
    return "\n\n".join(part for part in parts if part)


def _adf(reply: Reply, marker: str, room: int) -> Mapping[str, object]:
    said = phrases(reply.language)
    content = [adf.paragraph(adf.text(_line(reply.headline), "strong"))]
    if reply.applies:
        content.append(adf.paragraph(adf.text(f"{said.applies_to}: "), adf.text(_line(reply.applies), "code")))
    content += adf.adf_of_markdown(reply.body)
    facts = [adf.paragraph(adf.text(f"{name}: "), adf.text(value, "code")) for name, value in _facts(reply)]
    content += [adf.bullets(facts)] if facts else []
    links, left_out = written_links(
        reply.links,
        room,
        write=lambda name, url: adf.paragraph(adf.link(name, url)),
        size=lambda item: len(json.dumps(item, ensure_ascii=False)),
    )
    links += [adf.paragraph(adf.text(said.more_links.format(left_out)))] if left_out else []
    content += [adf.paragraph(adf.text(f"{said.links}:")), adf.bullets(links)] if links else []
    if reply.link:
        content.append(adf.paragraph(adf.link(said.open_in_kea, quote(reply.link, safe=_URL))))
    if reply.feedback or reply.hand_over:
        between = [each for words in _feedback(reply) for each in (adf.text(" / "), adf.text(words, "code"))]
        content.append(adf.paragraph(adf.text(_asked(reply)), *between[1:]))
    content.append(adf.paragraph(adf.text(mark_of(marker), "em")))
    return {"type": "doc", "version": 1, "content": content}


def _html(reply: Reply, marker: str, room: int) -> str:
    said = phrases(reply.language)
    parts = [f"<p><strong>{escape(_line(reply.headline))}</strong></p>"]
    parts.append(f"<p>{said.applies_to}: <code>{escape(_line(reply.applies))}</code></p>" if reply.applies else "")
    parts.append(_parser().render(reply.body))
    facts = "".join(f"<li>{escape(name)}: <code>{escape(value)}</code></li>" for name, value in _facts(reply))
    parts.append(f"<ul>{facts}</ul>" if facts else "")
    links = _links(
        reply, room, lambda name, url: f'<li><a href="{escape(url)}">{escape(name)}</a></li>', "<li>{}</li>".format
    )
    parts.append(f"<p>{said.links}:</p>\n<ul>{''.join(links)}</ul>" if links else "")
    if reply.link:
        parts.append(f'<p><a href="{escape(reply.link)}">{said.open_in_kea}</a></p>')
    if reply.feedback or reply.hand_over:
        parts.append(f"<p>{_asked(reply)}{' / '.join(f'<code>{words}</code>' for words in _feedback(reply))}</p>")
    parts.append(f"<p><small>{mark_of(marker)}</small></p>")
    return "\n".join(part for part in parts if part)


def _text(reply: Reply, marker: str, room: int) -> str:
    said = phrases(reply.language)
    applies = f"{said.applies_to}: {_line(reply.applies)}" if reply.applies else ""
    facts = "\n".join(f"{name}: {value}" for name, value in _facts(reply))
    written = _links(reply, room, _link_in_text, "- {}".format)
    links = "\n".join([f"{said.links}:", *written]) if written else ""
    parts = [without_tags(part) for part in (_line(reply.headline), applies, reply.body, facts, links)]
    parts.append(f"{said.open_in_kea}: {reply.link}" if reply.link else "")
    parts.append(f"{_asked(reply)}{' / '.join(_feedback(reply))}" if reply.feedback or reply.hand_over else "")
    parts.append(mark_of(marker))
    return "\n\n".join(part for part in parts if part)


WRITERS: dict[Format, Writer] = {"markdown": _markdown, "adf": _adf, "html": _html, "text": _text}
_URL = ":/?#@!$&*+,;=%~-._'"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")


def _facts(reply: Reply) -> list[tuple[str, str]]:
    return [(_line(name), _line(value)) for name, value in reply.facts]


def _links(reply: Reply, room: int, write: Callable[[str, str], str], item: Callable[[str], str]) -> list[str]:
    """Write links as items of a list, the last of which tells how many are left out."""
    links, left_out = written_links(reply.links, room, write=write, size=len)
    return [*links, item(phrases(reply.language).more_links.format(left_out))] if left_out else links


def _link_in_text(name: str, url: str) -> str:
    return f"- {url}" if linkable(name) == url else f"- {name}: {url}"


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
