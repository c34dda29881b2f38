"""Slack's limits of messages, as its Web API enforces them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONTEXT, ACTIONS, BLOCKS = 10, 25, 50
HEADER, SECTION, MARKDOWN, BUTTON, VALUE, IDENTIFIER, MESSAGE = 150, 3000, 12_000, 75, 2000, 255, 13_200
WIDTHLESS = "\u200b"


def error_in(message: Mapping[str, Any]) -> str:
    """Give the error that Slack answers a message with; empty where it takes it."""
    blocks = message.get("blocks", [])
    if not message.get("text") and not blocks:
        return "no_text"
    if len(blocks) > BLOCKS or not all(map(_is_good, blocks)):
        return "invalid_blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if len(ids) != len(set(ids)) or markdown > MARKDOWN:
        return "invalid_blocks"
    if sum(map(len, map(shown_in, blocks))) > MESSAGE:
        return "msg_blocks_too_long"
    metadata = message.get("metadata")
    if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    return "msg_too_long" if len(message.get("text", "")) > 40_000 else ""


def _is_good(block: Mapping[str, Any]) -> bool:
    if len(block.get("block_id", "")) > IDENTIFIER:
        return False
    match block["type"]:
        case "header":
            return _is_text(block["text"], HEADER, "plain_text")
        case "section":
            return _is_text(block["text"], SECTION, "plain_text", "mrkdwn")
        case "markdown":
            return 0 < len(block["text"]) <= MARKDOWN
        case "context":
            texts = (_is_text(each, SECTION, "plain_text", "mrkdwn") for each in block["elements"])
            return 0 < len(block["elements"]) <= CONTEXT and all(texts)
        case "actions":
            return 0 < len(block["elements"]) <= ACTIONS and all(map(_is_button, block["elements"]))
    return False


def _is_button(button: Mapping[str, Any]) -> bool:
    return (
        button["type"] == "button"
        and _is_text(button["text"], BUTTON, "plain_text")
        and len(button["value"]) <= VALUE
        and 0 < len(button["action_id"]) <= IDENTIFIER
    )


def _is_text(text: Mapping[str, Any], limit: int, *kinds: str) -> bool:
    fields = {"type", "text", "emoji"} if text["type"] == "plain_text" else {"type", "text", "verbatim"}
    return text["type"] in kinds and 0 < len(text["text"]) <= limit and set(text) <= fields


def shown_in(block: Mapping[str, Any]) -> str:
    """Give what people read in a block or an element of one."""
    text = block.get("text", "")
    own = text if isinstance(text, str) else text["text"]
    shown = "\n".join([own, *map(shown_in, block.get("elements", []))])
    if block["type"] in ("mrkdwn", "context"):
        shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return shown.replace(WIDTHLESS, "").strip()
