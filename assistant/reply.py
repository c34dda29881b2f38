"""What Kea says, before a channel puts it into the mark-up of its platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in words.

    ``headline`` is one line of plain text, ``body`` Markdown written by an engineer (trusted to be a
    text, not to be short), ``facts`` pairs of plain texts that may come from logs (hostile), ``link`` a page
    of Kea or empty. With ``feedback`` the reader is asked whether the answer to ``question_id`` helped, with
    ``hand_over`` offered that a person looks at that question.
    """

    language: str
    headline: str
    body: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    link: str = ""
    question_id: str = ""
    feedback: bool = False
    hand_over: bool = False


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """Give the form in which a reply is kept."""
    return {**asdict(reply), "facts": [list(fact) for fact in reply.facts]}


def reply_from_json(document: Mapping[str, Any]) -> Reply:
    """Read a kept reply.

    >>> reply = Reply("en", "Known error", facts=(("Category", "KE-1"),))
    >>> reply_from_json(reply_to_json(reply)) == reply
    True
    """
    facts = tuple((str(name), str(value)) for name, value in document["facts"])
    return Reply(**{**document, "facts": facts})
