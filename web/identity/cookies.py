"""The cookies of a request."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import cookie_parser


def read_cookies(headers: Headers) -> Mapping[str, str]:
    """Read the cookies of a request as leniently as browsers write them."""
    return cookie_parser(headers.get("cookie", ""))
