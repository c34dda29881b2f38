"""Atlassian Document Format to plain text."""

from __future__ import annotations

BLOCKS = {
    *("paragraph", "heading", "codeBlock", "listItem", "blockquote", "rule", "panel", "tableRow"),
    *("bulletList", "orderedList", "table", "expand", "mediaSingle", "taskItem", "decisionItem"),
}
LONGEST = 1_000_000


def is_adf(value: object) -> bool:
    """Tell whether a value is a document in this format."""
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def text_of_adf(document: object, *, quotations: bool = True) -> str:
    r"""Give the text of a document, a line for each block; whatever is unknown is looked into.

    Without ``quotations`` what stands in a block of that kind is left out.

    >>> text_of_adf({"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "a"}]}]})
    'a'
    """
    pieces: list[str] = []
    length = 0
    # A stack instead of recursion: the nesting is the sender's.
    waiting: list[object] = [document]
    while waiting and length < LONGEST:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
            length += len(node)
        elif isinstance(node, dict):
            kind = node.get("type")
            if kind == "blockquote" and not quotations:
                continue
            ends = kind in BLOCKS if isinstance(kind, str) else False
            if ends:
                waiting.append("\n")
            content = node.get("content")
            if isinstance(content, list):
                waiting.extend(reversed([each for each in content if isinstance(each, dict)]))
            waiting.append(_own_text(node, kind))
    lines = (line.rstrip() for line in "".join(pieces).split("\n"))
    return "\n".join(_without_repeated_blanks(list(lines))).strip()


def _own_text(node: dict[str, object], kind: object) -> str:
    if kind == "hardBreak":
        return "\n"
    attributes = node.get("attrs")
    of_attributes = attributes if isinstance(attributes, dict) else {}
    for value in (
        node.get("text"),
        of_attributes.get("text"),
        of_attributes.get("shortName"),
        of_attributes.get("url"),
    ):
        if isinstance(value, str):
            return value
    return ""


def _without_repeated_blanks(lines: list[str]) -> list[str]:
    return [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
