"""What of a text is its message: without secrets, out of its JSON line, and no longer than a signature looks."""

from __future__ import annotations

import re

from knowledge_base.scrub import scrub
from knowledge_base.signature.headers.json_lines import read_json_line
from knowledge_base.signature.kinds import FAMILY_OF, PLACEHOLDER, Family
from knowledge_base.signature.limits import MAX_LINE, MAX_TEXT
from knowledge_base.signature.reducing import clip
from knowledge_base.signature.tracing.explanation import Limit, Stage
from knowledge_base.signature.tracing.following import Note
from knowledge_base.signature.tracing.tracking import Origin, Tracked, follow_cut, unknown, whole

_MAY_BE_RESERVED = re.compile("[\x00-\x1f\ue000-\uf8ff]")


def text_without_secrets(text: str) -> tuple[str, bool]:
    """Give the text that may be shown, and tell whether it is a JSON line.

    Where a secret is found only behind the escapes of JSON, the message stands in place of the whole line.
    """
    shown = scrub(text).strip()
    row = read_json_line(shown)
    if row is not None and scrub(row.text) != row.text:
        return scrub(row.text).strip(), True
    return shown, row is not None


def secrets_of(text: str) -> list[Note]:
    """List the placeholders that stand where secrets were."""
    return [
        Note(Stage.SECRET, "", match.span(), "", match[0])
        for match in PLACEHOLDER.finditer(text)
        if FAMILY_OF[match[0][1:-1]] is Family.SECRET
    ]


def follow_message(text: Tracked) -> tuple[Tracked, list[Note]]:
    """Follow a text that holds no secrets to its message."""
    notes = list[Note]()
    if len(text.text) > MAX_TEXT:
        notes.append(Note(Stage.LIMIT, Limit.EVENT.value, None, "", ""))
        text = text.part(0, MAX_TEXT)
    elif (row := read_json_line(text.text)) is not None:
        found = _inside(text, row.text.strip())
        notes.append(Note(Stage.JSON, "message", found.origin(0, len(found.text)), found.text, found.text))
        text = found
    clipped, gaps = follow_cut(text, clip(text.text), clip)
    notes += [_limit(text, gap) for gap in gaps if gap and text.text[slice(*gap)] != "\r"]
    return clipped, notes


def _limit(text: Tracked, gap: tuple[int, int]) -> Note:
    start, end = gap
    line_start = text.text.rfind("\n", 0, start) + 1
    if "\n" in text.text[start:end]:
        limit = Limit.LINES
    else:
        limit = Limit.LINE if start - line_start >= MAX_LINE and text.text[end : end + 1] in ("", "\n") else Limit.TOKEN
    return Note(Stage.LIMIT, limit.value, gap, text.text[start:end], "")


def _inside(text: Tracked, message: str) -> Tracked:
    """Find the lines of a message in the JSON line that it was read from; escapes hide a line."""
    origins, end = list[Origin](), 0
    for number, line in enumerate(message.split("\n")):
        if number:
            origins.append(None)
        place = text.text.find(line, end) if line else -1
        if place < 0:
            origins += unknown(line).origins
        else:
            origins += text.origins[place : place + len(line)]
            end = place + len(line)
    return Tracked(message, origins)


def begin(text: str) -> Tracked:
    """Begin to follow a text; characters that the signature needs as marks are replaced at once."""
    return whole(_MAY_BE_RESERVED.sub(lambda character: clip(character[0]), text[: MAX_TEXT + 1]))
