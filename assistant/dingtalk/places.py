"""Where a reply goes: the conversation, who asked, and the webhook that came with the question."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field

import httpx2

from assistant.ports import Address
from knowledge_base.errors import InputError

MENTIONABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation; ``staff`` is the asker's user id, empty for people outside of the organisation.

    ``webhook`` holds a secret: whoever has it can write there. It expires at ``expires`` (milliseconds).
    """

    conversation: str
    group: bool
    staff: str
    webhook: str = field(repr=False)
    expires: int

    def address(self) -> Address:
        """Give the form in which a place is kept."""
        return asdict(self)

    @staticmethod
    def of(address: Address) -> Place:
        """Read a kept place."""
        expires = address.get("expires")
        return Place(
            conversation=str(address["conversation"]),
            group=bool(address.get("group")),
            staff=str(address.get("staff") or ""),
            webhook=str(address.get("webhook") or ""),
            expires=expires if isinstance(expires, int) else 0,
        )

    @property
    def mention(self) -> str:
        """The user id to mention in a group; empty where there is none, or none that is safe in Markdown."""
        return self.staff if self.group and MENTIONABLE.fullmatch(self.staff) else ""


def base_url(setting: str, value: str) -> httpx2.URL:
    """Read a base address from a setting.

    Raises InputError naming the setting.
    """
    url = _parsed(value if value.endswith("/") else f"{value}/")
    if url is None or url.query:
        raise InputError(f"{setting}: an address such as https://api.dingtalk.com/ is expected")
    return url


def below(base: httpx2.URL, value: str) -> httpx2.URL | None:
    """Give the URL if it is at or below the base address, else None.

    >>> base = httpx2.URL("https://oapi.dingtalk.com/robot/")
    >>> below(base, "https://oapi.dingtalk.com/robot/sendBySession?session=1")
    URL('https://oapi.dingtalk.com/robot/sendBySession?session=1')
    >>> [below(base, "https://oapi.dingtalk.com" + end) for end in (".evil.example/robot/x", "/robot/../x", "/x")]
    [None, None, None]
    """
    url = _parsed(value)
    if url is None or (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
        return None
    return url if url.path.startswith(base.path) else None


def _parsed(value: str) -> httpx2.URL | None:
    if len(value) > LONGEST_URL or not value.isascii() or not value.isprintable() or "\\" in value or " " in value:
        return None
    try:
        url = httpx2.URL(value)
    except (httpx2.InvalidURL, ValueError):
        return None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or ".." in url.path.split("/"):
        return None
    return url
