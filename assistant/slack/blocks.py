"""From a reply in words to Slack's Block Kit, within its limits.

Texts that may come from logs stand in ``plain_text`` only; names of links are labels, escaped. The marker is
the id of the first block, so that a message is found again also by an app that may not read metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.linking import written_links
from assistant.phrases import Phrases, phrases
from assistant.reply import Reply
from assistant.shortening import closed, shorten
from assistant.slack.text import escaped, inert, inert_markdown, linked
from knowledge_base.types import Verdict

FEEDBACK = "kea_feedback"
HELPFUL, NOT_HELPFUL = "kea_helpful", "kea_not_helpful"
HAND_OVER = "kea_hand_over"
VERDICTS: Mapping[str, Verdict] = {HELPFUL: Verdict.HELPFUL, NOT_HELPFUL: Verdict.NOT_HELPFUL}

HEADER, SECTION, FACT, BUTTON, BLOCK_ID = 150, 3000, 300, 75, 255
CONTEXT_ELEMENTS = 10
FALLBACK = 3000
LINKS = 2500
"""Characters of a solution's links, as they are written: a section may have 3,000."""
TOTAL = 12_000
"""Characters in all blocks: Markdown may have 12,000, and a message near 13,200 is refused as a whole."""

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as Slack takes it; ``text`` is what notifications show."""

    text: str
    blocks: list[Block]


def message_of(reply: Reply, marker: str, *, body_limit: int = TOTAL) -> Message:
    """Compose a message; the body is cut to ``body_limit`` characters, and to what the rest leaves of it."""
    said = phrases(reply.language)
    headline = inert(reply.headline) or "Kea"
    head = [_headline(headline, marker), *_applies(reply, said)]
    tail = [*_facts(reply), *_links(reply, said), *_link(reply, said), *_feedback(reply, said)]
    room = min(body_limit, TOTAL - sum(map(_length, head + tail)))
    body = shorten(closed(inert_markdown(reply.body)), room, ending=said.more)
    middle = [{"type": "markdown", "text": body}] if body.strip() else []
    return Message(_cut(escaped(reply.headline), FALLBACK) or "Kea", head + middle + tail)


def _headline(text: str, marker: str) -> Block:
    if len(text) <= HEADER:
        return {"type": "header", "block_id": marker[:BLOCK_ID], "text": _plain(text)}
    return {"type": "section", "block_id": marker[:BLOCK_ID], "text": _plain(_cut(text, SECTION))}


def _applies(reply: Reply, said: Phrases) -> list[Block]:
    if not reply.applies:
        return []
    text = _cut(inert(f"{said.applies_to}: {reply.applies}"), FACT)
    return [{"type": "context", "elements": [_plain(text)]}]


def _facts(reply: Reply) -> list[Block]:
    elements = [_plain(_cut(inert(f"{name}: {value}"), FACT)) for name, value in reply.facts[:CONTEXT_ELEMENTS]]
    return [{"type": "context", "elements": elements}] if elements else []


def _links(reply: Reply, said: Phrases) -> list[Block]:
    lines, left_out = written_links(
        reply.links, LINKS, write=lambda name, url: f"• {linked(name, url)}", size=lambda line: len(line) + 1
    )
    lines += [said.more_links.format(left_out)] if left_out else []
    text = "\n".join([f"*{said.links}*", *lines])
    # Verbatim: what only looks like a name or an address stays a text.
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}] if lines else []


def _link(reply: Reply, said: Phrases) -> list[Block]:
    if not reply.link.startswith(("https://", "http://")):
        return []
    text = linked(said.open_in_kea, reply.link)
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}]


def _feedback(reply: Reply, said: Phrases) -> list[Block]:
    """Ask whether it helped, offer a person, or both; the name of the buttons' block tells the language."""
    offered = [(HELPFUL, said.helpful), (NOT_HELPFUL, said.not_helpful)] if reply.feedback else []
    offered += [(HAND_OVER, said.hand_over)] if reply.hand_over else []
    if not (offered and reply.question_id):
        return []
    language = "zh" if reply.language.startswith("zh") else "en"
    buttons = [
        {"type": "button", "action_id": action, "text": _plain(_cut(text, BUTTON)), "value": reply.question_id}
        for action, text in offered
    ]
    asked: list[Block] = [{"type": "context", "elements": [_plain(said.did_it_help)]}] if reply.feedback else []
    return [*asked, {"type": "actions", "block_id": f"{FEEDBACK}_{language}", "elements": buttons}]


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _length(block: Block) -> int:
    text = block.get("text", "")
    own = len(text["text"] if isinstance(text, dict) else text)
    return own + sum(map(_length, block.get("elements", [])))
