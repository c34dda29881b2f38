"""What Kea says, before a channel puts it into the mark-up of its platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_PAIRS = ("facts", "links")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in words.

    ``headline`` is one line of plain text, ``body`` Markdown written by an engineer (trusted to be a
    text, not to be short), ``facts`` pairs of plain texts that may come from logs (hostile), ``link`` a page
    of Kea or empty. With ``feedback`` the reader is asked whether the answer to ``question_id`` helped, with
    ``hand_over`` offered that a person looks at that question. ``applies`` is one line of plain text, empty where a
    solution applies everywhere, ``links`` pairs of a name, which may be empty, and an address; both as somebody typed
    or imported them (hostile).
    """

    language: str
    headline: str
    body: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    link: str = ""
    question_id: str = ""
    feedback: bool = False
    hand_over: bool = False
    applies: str = ""
    links: tuple[tuple[str, str], ...] = ()


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """Give the form in which a reply is kept."""
    pairs = {name: [list(pair) for pair in getattr(reply, name)] for name in _PAIRS}
    return {**asdict(reply), **pairs}


def reply_from_json(document: Mapping[str, Any]) -> Reply:
    """Read a kept reply; what replies had not yet when it was kept is empty.

    >>> reply = Reply("en", "Known error", facts=(("Category", "KE-1"),))
    >>> reply_from_json(reply_to_json(reply)) == reply
    True
    """
    pairs = {each: tuple((str(name), str(value)) for name, value in document.get(each, ())) for each in _PAIRS}
    return Reply(**{**document, **pairs})
