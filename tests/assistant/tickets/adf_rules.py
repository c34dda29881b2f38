"""The rules by which Jira refuses a document, as its documentation gives them."""

from __future__ import annotations

from typing import Any

INLINE = {"text", "hardBreak"}
PARAGRAPHS_AND_LISTS = {"paragraph", "bulletList", "orderedList", "codeBlock"}
CHILDREN = {
    "doc": PARAGRAPHS_AND_LISTS | {"heading", "blockquote", "rule"},
    "paragraph": INLINE,
    "heading": INLINE,
    "codeBlock": {"text"},
    "blockquote": PARAGRAPHS_AND_LISTS,
    "bulletList": {"listItem"},
    "orderedList": {"listItem"},
    "listItem": PARAGRAPHS_AND_LISTS,
}
KEYS = {"type", "content", "attrs", "text", "marks"}
MARKS = {"strong", "em", "code", "link", "strike"}


def faults(node: Any, inside: str = "") -> list[str]:
    """Tell what is wrong with a document; nothing where Jira takes it."""
    kind = node.get("type")
    found = [
        f"{kind}: unknown key {key}" for key in node if key not in KEYS and not (kind == "doc" and key == "version")
    ]
    if inside and kind not in CHILDREN[inside]:
        return [f"{kind} within {inside}"]
    if kind == "text":
        return found + _faults_of_text(node, inside)
    if kind == "doc" and node.get("version") != 1:
        found.append("no version")
    if kind == "heading" and node.get("attrs", {}).get("level") not in range(1, 7):
        found.append("heading without level")
    if kind in ("hardBreak", "rule"):
        return found
    content = node.get("content", [])
    if kind in ("bulletList", "orderedList", "listItem", "blockquote") and not content:
        found.append(f"{kind} is empty")
    if kind == "listItem" and content and content[0]["type"] not in ("paragraph", "codeBlock"):
        found.append("an item begins with a list")
    return found + [fault for child in content for fault in faults(child, str(kind))]


def _faults_of_text(node: Any, inside: str) -> list[str]:
    marks = [mark["type"] for mark in node.get("marks", [])]
    found = [f"unknown mark {mark}" for mark in marks if mark not in MARKS]
    if not isinstance(node.get("text"), str) or not node["text"]:
        found.append("empty text")
    if "code" in marks and set(marks) - {"code", "link"}:
        found.append("code with other marks")
    if len(marks) != len(set(marks)):
        found.append("a mark twice")
    if inside == "codeBlock" and marks:
        found.append("marks within a code block")
    for mark in node.get("marks", []):
        if mark["type"] == "link" and not mark["attrs"]["href"].startswith(("http://", "https://", "mailto:")):
            found.append("a link to somewhere strange")
    return found


def shown(node: Any) -> str:
    """Give what a reader sees."""
    if node.get("type") == "text":
        return str(node["text"])
    inner = "".join(shown(child) for child in node.get("content", []))
    return inner + ("" if node.get("type") in ("doc", "listItem") else "\n")
