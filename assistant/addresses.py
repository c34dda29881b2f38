"""Addresses: which of a payload's may be called, and how those of a solution are written."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

import httpx2

LONGEST = 2000
_PLAIN = ":/?#!$&*+,;=%~-._'"
_HOST = re.compile(r"[a-z0-9._-]+")


def is_address(value: str) -> bool:
    """Tell whether this is a plain address of HTTP: one that every reader of addresses reads alike.

    >>> is_address("https://slack.com/api/"), is_address("https://slack.com@evil.example/")
    (True, False)
    """
    return _read(value) is not None


def is_below(value: str, base: str) -> bool:
    """Tell whether an address is at or below a base address: same scheme, host and port, path below it.

    >>> is_below("https://hooks.slack.com/commands/T1/2", "https://hooks.slack.com/")
    True
    >>> [is_below(f"https://hooks.slack.com{end}", "https://hooks.slack.com/a") for end in (".evil.example/a/b", "/b")]
    [False, False]
    """
    url, above = _read(value), _read(base)
    if url is None or above is None:
        return False
    if (url.scheme, url.host, url.port) != (above.scheme, above.host, above.port):
        return False
    return url.path.startswith(above.path if above.path.endswith("/") else f"{above.path}/")


def linkable(value: str) -> str:
    """Write an address of HTTP without letters that end or call something in a mark-up; empty where it is none.

    Only ``&`` and ``'`` are left to be escaped. An address with a user in front of its host is none, for it is read
    as what it is not.

    >>> linkable("https://wiki.example/磁盘 (1)|2")
    'https://wiki.example/%E7%A3%81%E7%9B%98%20%281%29%7C2'
    >>> linkable("javascript://wiki.example/"), linkable("https://wiki.example@evil.example/")
    ('', '')
    """
    try:
        url = httpx2.URL(value)
        written = quote(str(url), safe=_PLAIN)
        host, other = url.raw_host.decode("ascii"), urlsplit(written)
    except (httpx2.InvalidURL, ValueError):
        return ""
    is_address = url.scheme in ("http", "https") and _HOST.fullmatch(host) and other.hostname == host
    return written if is_address and len(written) <= LONGEST else ""


def _read(value: str) -> httpx2.URL | None:
    if len(value) > LONGEST or not value.isascii() or not value.isprintable() or set(value) & set(" \\@"):
        return None
    try:
        url, other = httpx2.URL(value), urlsplit(value)
        agreed = (url.scheme, url.host) == (other.scheme, other.hostname) and other.port != 0
    except (httpx2.InvalidURL, ValueError):
        return None
    if not agreed or url.scheme not in ("http", "https") or _leads_up(other.path):
        return None
    return url


def _leads_up(path: str) -> bool:
    """Tell whether a path has a segment that a server takes for the folder itself or the one above."""
    read = unquote(unquote(path)).replace("\\", "/")
    return not {".", ".."}.isdisjoint(read.split("/"))
