"""Looks into a payload: whatever its shape, a place is a text or it is not there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.ports import WebhookRequest
from assistant.tickets.adf_reading import is_adf, text_of_adf
from assistant.tickets.mapping import Condition, Created
from knowledge_base.errors import InputError
from knowledge_base.store.text import storable

QUOTED = re.compile(r"^[^\S\n]*(?:>|bq\. ).*$|\{quote\}[\s\S]*?\{quote\}", re.MULTILINE)
"""Quotations of Markdown and of Jira's wiki text."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A request's headers (names in lower case) and its JSON."""

    headers: Mapping[str, str]
    document: object

    def text(self, ref: str) -> str:
        """Give the text, number or truth value at a place; empty where there is none."""
        if ref.startswith("header:"):
            return storable(self.headers.get(ref[7:].lower(), ""))
        return text_at(self.document, ref)

    def own_text(self, ref: str) -> str:
        """Give the text at a place without what is quoted in it."""
        value = None if ref.startswith("header:") else value_at(self.document, ref)
        return _readable(text_of_adf(value, quotations=False)) if is_adf(value) else QUOTED.sub("", self.text(ref))

    def meets(self, condition: Condition) -> bool:
        """Tell whether each place holds one of the values that the condition names."""
        return all(self.text(ref) in values for ref, values in condition.items())

    def is_a(self, kind: Created) -> bool:
        """Tell whether this is an event of that kind."""
        return self.meets(kind.when) and all(value_at(self.document, ref) is None for ref in kind.absent)


def parse(request: WebhookRequest) -> Payload:
    """Read a request; raises InputError for what is no JSON object."""
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        kind = request.headers.get("content-type", "")[:60]
        hint = f"; its content type is {kind!r}, choose application/json" if "json" not in kind else ""
        raise InputError(f"the body is no JSON that can be read{hint}") from None
    if not isinstance(document, dict):
        raise InputError("the body is no JSON object")
    return Payload(request.headers, document)


def value_at(document: object, ref: str) -> object | None:
    """Follow a dotted path; numbers go into lists.

    >>> value_at({"a": [{"b": 1}]}, "a.0.b"), value_at({"a": 1}, "a.b")
    (1, None)
    """
    for key in ref.split("."):
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and key.isascii() and key.isdigit():
            place = int(key[:9])
            document = document[place] if place < len(document) else None
        else:
            return None
    return document


def text_at(document: object, ref: str) -> str:
    """Give the text at a path; documents of Atlassian become text, other structures are no text."""
    value = value_at(document, ref)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return _readable(str(value))
    return _readable(text_of_adf(value)) if is_adf(value) else ""


def _readable(text: str) -> str:
    """Put a replacement character for whatever cannot be kept, so that it is told from a question mark."""
    return storable(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))


def said_to(text: str, own_text: str, mentions: list[str]) -> str | None:
    """Give what a comment says to somebody, without the mention; None where it mentions nobody of them.

    A mention within a quotation is none: ``own_text`` is the text without those.

    >>> said_to("Hi @Kea: what is E12?", "Hi @Kea: what is E12?", ["@kea"])
    'Hi what is E12?'
    >>> said_to("> @kea", "", ["@kea"]) or said_to("mail x@kea.example", "mail x@kea.example", ["@kea"])
    """
    names = "|".join(re.escape(mention) for mention in mentions)
    mention = re.compile(rf"(?<![\w@.-])(?:{names})(?![\w@-]|\.\w)[ \t]*[,:：，]?[ \t]*", re.IGNORECASE)
    if not mentions or mention.search(own_text) is None:
        return None
    return mention.sub("", text).strip()
