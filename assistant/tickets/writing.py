"""Replies as notes, within a ticket system's limit, and how a note is told by its marker."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from assistant.phrases import phrases
from assistant.reply import Reply
from assistant.shortening import shorten
from assistant.tickets.forms import WRITERS, mark_of
from assistant.tickets.mapping_note import Format


def write_note(reply: Reply, *, marker: str, form: Format, limit: int) -> object:
    """Write a reply as a note of ``limit`` characters at most; a document is measured as its JSON.

    Links have a quarter of it at most. The body is what is shortened; where even without it the note is too long,
    the facts are left out, then the links.
    """
    writer, links = WRITERS[form], limit // 4
    ending = phrases(reply.language).more
    body = shorten(reply.body, limit, ending=ending)
    while True:
        note = writer(replace(reply, body=body), marker, links)
        size = _size(note)
        if size <= limit:
            return note
        room = len(body) * limit // size - 50
        if room <= len(ending) + 50:
            break
        body = shorten(reply.body, room, ending=ending)
    shortest = replace(reply, body=ending if reply.body else "")
    without_facts = replace(shortest, facts=())
    for less, room in ((shortest, links), (without_facts, links)):
        note = writer(less, marker, room)
        if _size(note) <= limit:
            return note
    return writer(without_facts, marker, 0)


def _size(note: object) -> int:
    return len(note if isinstance(note, str) else json.dumps(note, ensure_ascii=False))


def bears(text: str, marker: str) -> bool:
    """Tell whether a note bears the marker, and not only one that begins like it."""
    return re.search(rf"(?<![\w:-]){re.escape(mark_of(marker))}(?![\w-])", text) is not None
