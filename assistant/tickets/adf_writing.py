"""Markdown to Atlassian Document Format, of which Jira takes only well-formed documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Node: TypeAlias = dict[str, Any]
Place: TypeAlias = Literal["document", "item", "quote"]

LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
LANGUAGE = re.compile(r"[A-Za-z0-9+#.-]{1,30}")
MARKS = {"strong": "strong", "em": "em", "s": "strike"}


def adf_of_markdown(markdown: str) -> list[Node]:
    """Give the blocks of a Markdown text; what Jira has no block for stays as text."""
    return _blocks(SyntaxTreeNode(_parser().parse(markdown)).children, "document")


def paragraph(*inlines: Node) -> Node:
    """Make a paragraph."""
    return {"type": "paragraph", "content": [each for each in inlines if each.get("text") != ""]}


def text(value: str, *marks: str) -> Node:
    """Make a text; it is shown as it is, for the format has no mark-up within texts."""
    node: Node = {"type": "text", "text": value}
    return {**node, "marks": [{"type": mark} for mark in marks]} if marks else node


def link(value: str, href: str) -> Node:
    """Make a link."""
    return {"type": "text", "text": value, "marks": [{"type": "link", "attrs": {"href": href}}]}


def bullets(items: Sequence[Node]) -> Node:
    """Make a list of paragraphs."""
    return {"type": "bulletList", "content": [{"type": "listItem", "content": [item]} for item in items]}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("strikethrough").disable("image")


def _blocks(nodes: Sequence[SyntaxTreeNode], place: Place) -> list[Node]:
    return [block for node in nodes for block in _block(node, place)]


def _block(node: SyntaxTreeNode, place: Place) -> list[Node]:
    match node.type:
        case "heading" if place == "document":
            level = int(node.tag[1])
            return [{"type": "heading", "attrs": {"level": level}, "content": _inlines(node, [])}]
        case "heading":
            return [paragraph(*_inlines(node, [{"type": "strong"}]))]
        case "bullet_list":
            return [{"type": "bulletList", "content": _items(node)}]
        case "ordered_list":
            attributes = {"order": int(node.attrs.get("start", 1))}
            return [{"type": "orderedList", "attrs": attributes, "content": _items(node)}]
        case "fence" | "code_block":
            return [_code(node)]
        case "blockquote" if place == "document":
            return [{"type": "blockquote", "content": _blocks(node.children, "quote") or [paragraph()]}]
        case "blockquote":
            return _blocks(node.children, place)
        case "hr":
            return [{"type": "rule"}] if place == "document" else []
        case "paragraph":
            return [paragraph(*_inlines(node, []))]
        case _:
            return [paragraph(text(node.content))]


def _items(node: SyntaxTreeNode) -> list[Node]:
    return [{"type": "listItem", "content": _item(child)} for child in node.children]


def _item(node: SyntaxTreeNode) -> list[Node]:
    blocks = _blocks(node.children, "item")
    begins_well = bool(blocks) and blocks[0]["type"] in ("paragraph", "codeBlock")
    return blocks if begins_well else [paragraph(), *blocks]


def _code(node: SyntaxTreeNode) -> Node:
    code: Node = {"type": "codeBlock"}
    content = node.content.rstrip("\n")
    if content:
        code["content"] = [text(content)]
    words = node.info.split() if node.type == "fence" else []
    if words and LANGUAGE.fullmatch(words[0]):
        code["attrs"] = {"language": words[0]}
    return code


def _inlines(node: SyntaxTreeNode, marks: list[Node]) -> list[Node]:
    found: list[Node] = []
    for child in node.children:
        if child.type == "inline":
            found += _inlines(child, marks)
        elif child.type in MARKS:
            found += _inlines(child, _with(marks, {"type": MARKS[child.type]}))
        elif child.type == "link":
            href = str(child.attrs.get("href", ""))
            linked = _with(marks, {"type": "link", "attrs": {"href": href}}) if LINK.fullmatch(href) else marks
            found += _inlines(child, linked)
        elif child.type == "hardbreak":
            found.append({"type": "hardBreak"})
        elif child.type == "code_inline":
            # Code goes together with links alone.
            found.append(_marked(child.content, [*(m for m in marks if m["type"] == "link"), {"type": "code"}]))
        else:
            found.append(_marked(" " if child.type == "softbreak" else child.content, marks))
    return [each for each in found if each.get("text") != ""]


def _marked(value: str, marks: list[Node]) -> Node:
    return {"type": "text", "text": value, "marks": marks} if marks else {"type": "text", "text": value}


def _with(marks: list[Node], mark: Node) -> list[Node]:
    return [each for each in marks if each["type"] != mark["type"]] + [mark]
