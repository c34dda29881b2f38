"""Where a reply goes in Slack: into a thread, or to one person by the ``response_url`` of a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

RESPONSE_URL_SECONDS = 1800
LONGEST_URL = 2000


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


def is_below(url: str, base: str) -> bool:
    """Tell whether a URL has the configured base address: same scheme, host and port, path below it.

    >>> is_below("https://hooks.slack.com/commands/T1/2", "https://hooks.slack.com/")
    True
    >>> is_below("https://hooks.slack.com@evil.example/", "https://hooks.slack.com/")
    False
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or set(url) & set(" \\@"):
        return False
    try:
        one, other = urlsplit(url), urlsplit(base)
        same = (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
    except ValueError:
        return False
    if not same or one.scheme not in ("https", "http") or ".." in one.path.split("/"):
        return False
    return one.path.startswith(other.path if other.path.endswith("/") else f"{other.path}/")
