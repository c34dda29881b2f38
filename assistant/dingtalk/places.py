"""Where a reply goes: the conversation, who asked, and the webhook that came with the question."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field

import httpx2

from assistant.addresses import is_address
from assistant.ports import Address
from knowledge_base.errors import InputError

MENTIONABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


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
    if not is_address(value) or "?" in value:
        raise InputError(f"{setting}: an address such as https://api.dingtalk.com/ is expected")
    return httpx2.URL(value if value.endswith("/") else f"{value}/")
