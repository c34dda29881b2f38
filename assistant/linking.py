"""Which links of a solution a message shows: those that are addresses, as many as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from assistant.addresses import linkable
from assistant.composing import shortened
from assistant.harmless import without_controls

MOST = 10
NAME_LENGTH = 150
Written = TypeVar("Written")


def written_links(
    links: Iterable[tuple[str, str]], room: int, *, write: Callable[[str, str], Written], size: Callable[[Written], int]
) -> tuple[list[Written], int]:
    """Write links in the mark-up of a platform, and tell how many are left out.

    ``write`` gets a name on one line, of any letters but controls, and an address as ``linkable`` writes it; what has
    no name is called by its address. An address is whole or not there, so the first that have room are written.
    What leads nowhere by HTTP is left out too.

    >>> links = [("Runbook", "https://wiki.example/a"), ("", "https://wiki.example/b"), ("x", "javascript:alert(1)")]
    >>> written_links(links, 90, write="{} <{}>".format, size=len)
    (['Runbook <https://wiki.example/a>', 'https://wiki.example/b <https://wiki.example/b>'], 1)
    >>> written_links(links, 40, write="{} <{}>".format, size=len)
    (['Runbook <https://wiki.example/a>'], 2)
    """
    found: list[Written] = []
    left_out = 0
    for name, url in links:
        address = linkable(url)
        one = write(_shown(name) or _shown(url), address) if address and len(found) < MOST else None
        if one is None or size(one) > room:
            left_out += 1
        else:
            found.append(one)
            room -= size(one)
    return found, left_out


def _shown(name: str) -> str:
    """Put a name on one line; empty where there would be nothing to see."""
    is_seen = any(each.isprintable() and not each.isspace() for each in name)
    return shortened(without_controls(name), NAME_LENGTH) if is_seen else ""
