"""From where somebody asks: whose word is believed on it, and what counts as one address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fastapi import Request

HOME_PREFIX = 64
"""Bits of an IPv6 address that tell one network from another; whoever has one chooses the rest (RFC 6177)."""


def counted_address(request: Request) -> str:
    """Tell the address that limits count for; behind a trusted proxy it is the one that the proxy names."""
    return one_network(request.client.host if request.client else "")


def one_network(address: str) -> str:
    """Give an address as it is counted: an IPv6 one by its network, any other text as it is.

    >>> one_network("2001:db8:1:2:3:4:5:6"), one_network("::ffff:192.0.2.7"), one_network("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7', '192.0.2.7')
    """
    try:
        found: IPv4Address | IPv6Address | None = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(ip_network((int(found), HOME_PREFIX), strict=False))
        found = found.ipv4_mapped
    return str(found)
