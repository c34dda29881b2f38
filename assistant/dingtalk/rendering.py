"""From a reply to DingTalk's Markdown: headings, bold, links, lists and quotes; the rest is shown as it is.

Whether DingTalk's clients know backslash escapes and HTML entities is not documented. So what comes from
logs is made harmless by zero-width spaces, which every client shows as nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from assistant.composing import one_line
from assistant.harmless import without_controls
from assistant.linking import written_links
from assistant.phrases import Phrases, phrases
from assistant.reply import Reply
from assistant.shortening import closed, shorten

LONGEST_PARAMETER = 15_000  # bytes of msgParam; a request to a sessionWebhook may have 20,000
ROOM = 14_000
TITLE_LENGTH = 60
HEADLINE_LENGTH = 400
FACT_LENGTH = 300
LINKS = 3_000
STEPS = 1_000
FEWEST = 40
ZERO_WIDTH_SPACE = "\u200b"
ACTIVE = re.compile(r"[<@\[\]] | :(?=//) | (?<=www)(?=\.) | _(?!\w) | &(?=\#?\w)", re.VERBOSE | re.IGNORECASE)
IN_A_LINK = str.maketrans("[]`\\", "［］ˋ＼")
SEND_MESSAGE = "dtmd://dingtalkclient/sendMessage?content="


@dataclass(frozen=True, slots=True)
class Message:
    """A Markdown message; the title is what lists of conversations show."""

    title: str
    text: str


def render(reply: Reply, *, mention: str = "") -> Message:
    """Render a reply; its body is cut so that all stays below the limit. ``mention`` is a user id.

    Links have ``LINKS`` bytes at most, and leave ``STEPS`` to the body.
    """
    said = phrases(reply.language)
    headline = _clip(one_line(reply.headline), HEADLINE_LENGTH)
    head = [f"@{mention}"] if mention else []
    head.append(f"#### {harmless(headline)}")
    if reply.applies:
        head.append(f"**{said.applies_to}:** {harmless(_clip(reply.applies, FACT_LENGTH))}")
    facts = "\n".join(f"- **{harmless(name)}:** {harmless(_clip(value, FACT_LENGTH))}" for name, value in reply.facts)
    tail = [f"[{said.open_in_kea}]({reply.link})" if reply.link else "", _feedback(reply, said)]
    room = ROOM - size("\n\n".join([*head, facts, *tail, ""]))
    links = _links(reply, said, min(LINKS, room - STEPS))
    taken = size(f"{links}\n\n") if links else 0
    body = fit(closed(reply.body), room - taken, ending=said.more)
    parts = (*head, body, facts, links, *tail)
    return Message(harmless(_clip(headline, TITLE_LENGTH)), "\n\n".join(part for part in parts if part))


def harmless(text: str) -> str:
    """Make a text from a log plain: no link, picture, mention, heading or HTML comes of it.

    At most some emphasis does, and it is on one line, behind other text.

    >>> harmless("@all <b>").replace(ZERO_WIDTH_SPACE, "|")
    '@|all <|b>'
    """
    return ACTIVE.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, without_controls(one_line(text)))


def size(text: str) -> int:
    """Measure a text in bytes, as it is sent: UTF-8 within JSON.

    >>> size("错") - size("")
    3
    """
    return len(json.dumps(text, ensure_ascii=False).encode())


def fit(markdown: str, room: int, *, ending: str) -> str:
    """Cut a Markdown text to so many bytes, without breaking it; empty where next to nothing would be left."""
    limit = len(markdown)
    while True:
        cut = shorten(markdown, limit, ending=ending) if limit else ""
        if (taken := size(cut)) <= room:
            return cut
        limit = int(limit * room / taken) - 1
        if limit < FEWEST:
            return ""


def _links(reply: Reply, said: Phrases, room: int) -> str:
    lines, left_out = written_links(
        reply.links,
        room,
        write=lambda name, url: f"- [{harmless(name.translate(IN_A_LINK))}]({url})",
        size=size,
    )
    lines += [f"- {said.more_links.format(left_out)}"] if left_out else []
    return "\n".join([f"**{said.links}:**\n", *lines]) if lines else ""


def _feedback(reply: Reply, said: Phrases) -> str:
    """Give what can be said of the answer, as links that say it and as words to type."""
    offered = [(said.helpful, said.helpful), (said.not_helpful, said.not_helpful)] if reply.feedback else []
    offered += [(said.hand_over, said.hand_over_words)] if reply.hand_over else []
    if not (offered and reply.question_id):
        return ""
    told = [(shown, f"{words} {reply.question_id}") for shown, words in offered]
    links = " · ".join(f"[{shown}]({SEND_MESSAGE}{quote(words)})" for shown, words in told)
    asked = f"{said.did_it_help} " if reply.feedback else ""
    return f"{asked}{links}\n\n> {' / '.join(words for _, words in told)}"


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
