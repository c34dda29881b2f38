"""Where a reply goes in Slack: into a thread, or to one person by the ``response_url`` of a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

RESPONSE_URL_SECONDS = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A thread of a channel, or a person.

    ``thread`` and ``since`` are timestamps of Slack: of the thread's first message, and of what is replied to.
    ``response_url`` can be posted to until ``until`` (seconds since 1970); afterwards ``user`` is written to.
    """

    team: str
    channel: str = ""
    thread: str = ""
    since: str = ""
    user: str = ""
    response_url: str = ""
    until: int = 0

    def to_address(self) -> dict[str, object]:
        """Give the form in which an address is kept."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}


def place_of(address: Mapping[str, Any]) -> Place:
    """Read a kept address."""
    texts = {each.name: str(address.get(each.name, "")) for each in fields(Place) if each.name != "until"}
    return Place(**texts, until=int(address.get("until", 0)))
