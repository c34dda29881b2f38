"""Requests that nobody means well with, for every address of an application: pages, forms, hooks, the API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from web.guarding.roles import Entry, entries

VALUES = (
    "%00",
    "KE-%00",
    "%FF%FE%80",
    "%ED%A0%80",
    "",
    "-1",
    "1e400",
    "NaN",
    "%C2%B2",
    "%D9%A1",
    "9" * 19,
    "9" * 5000,
    "KE-" + "9" * 25,
    "Q-" + "9" * 19,
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59Z",
    "2026-11-23",
    "%0D%0ASet-Cookie:%20a=b",
    "//evil.example",
    "..%2F..%2Fetc%2Fpasswd",
    "%25%27%22%3E%3Cscript%3E%5C_",
    "%F0%9F%92%A5%E2%80%AE",
    "%7B%22a%22:%5B",
)
"""What a parameter or a field gets, as it is written in an address."""
DESCRIBED = "/api/"
"""What Schemathesis tries, parameter by parameter; here it gets hostile paths, headers and bodies alone."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}
BODIES: tuple[tuple[Mapping[str, str], bytes], ...] = (
    (FORM, b""),
    (FORM, b"&=&a&&=%" + b"&a=1" * 2000),
    (FORM, b"\xff\xfe\x00=\x00"),
    (MULTIPART, b"no part at all"),
    (
        MULTIPART,
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xff\x00/../a"\r\n\r\n\x00{\r\n--x--\r\n',
    ),
    (MULTIPART, b"--x\r\n\r\nwithout a name\r\n--x--\r\n"),
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="title"; filename="a"\r\n\r\nb\r\n--x--\r\n'),
    ({"Content-Type": "multipart/form-data"}, b"--x--"),
    ({"Content-Type": "application/json"}, b"[" * 100_000),
    ({"Content-Type": "application/json"}, b'{"text": "\\ud800", "title": "\\u0000"}'),
    ({"Content-Type": "application/json"}, b'{"text": ' + b"9" * 5000 + b"}"),
    ({"Content-Type": "application/json; charset=utf-16"}, b"\xff\xfe{\x00}\x00"),
    ({"Content-Type": "\xff/*"}, b"null"),
    ({}, b'"text"'),
)
"""What an address that takes a body gets in place of one."""
HEADERS: tuple[Mapping[str, str], ...] = (
    {"Accept": "application/xml;q=NaN, \xff/*"},
    {"Accept-Language": "zh-\xff, *;q=1e400, en;q=,"},
    {"Kea-Project": "\xff\x80"},
    {"Cookie": "kea_session=%00; =; a; kea_zone=Nowhere/\xff; kea_language=\xff"},
    {"Authorization": "Bearer \xff"},
    {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://[:::", "HX-Target": "\xff"},
    {"Origin": "http://[", "Referer": "http://[::\xff"},
    {"If-None-Match": "\xff", "Range": "bytes=-99999999999999999999"},
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request; ``path`` has its query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def attempts(app: FastAPI, good: Mapping[str, str], *, every: int = 1) -> Iterator[Attempt]:
    """Give the requests; ``good`` names what fits, by parameter, so that one thing at a time is wrong.

    Of the values of each parameter only one in ``every`` is tried, other ones at other parameters.
    """
    place = 0
    for entry in entries(app.routes):
        names = [*dict.fromkeys(re.findall(r"{(\w+)}", entry.path))]
        path = _filled(entry, good)
        asked, fields = _parameters(entry)
        for name in names:
            for value in VALUES[(place := place + 1) % every :: every]:
                yield _made(entry, _filled(entry, {**good, name: value}), {}, fields, good)
        for name in asked:
            for value in VALUES[(place := place + 1) % every :: every]:
                yield _made(entry, path, {name: value}, fields, good)
        for name in fields:
            for value in VALUES[(place := place + 1) % every :: every]:
                yield _made(entry, path, {}, fields, {**good, name: value})
        for headers in HEADERS:
            yield _made(entry, path, {}, fields, good, headers)
        if entry.method != "GET":
            for headers, body in BODIES:
                yield Attempt(entry.method, path, headers, body)


def _made(
    entry: Entry,
    path: str,
    query: Mapping[str, str],
    fields: list[str],
    good: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> Attempt:
    asked = "&".join(f"{name}={value}&{name}={value}" for name, value in query.items())
    address = f"{path}?{asked}" if asked else path
    if entry.method == "GET":
        return Attempt(entry.method, address, headers or {})
    body = "&".join(f"{name}={good.get(name, '1')}" for name in fields)
    return Attempt(entry.method, address, {**FORM, **(headers or {})}, body.encode())


def _filled(entry: Entry, good: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda found: good.get(found[1], "1") or "%20", entry.path)


def _parameters(entry: Entry) -> tuple[list[str], list[str]]:
    """Tell the names of an address's query and of its form."""
    if entry.path.startswith(DESCRIBED):
        return [], []
    found = list(_all(getattr(entry.route, "dependant", None)))
    asked = [each.alias for part in found for each in part.query_params]
    fields = [each.alias for part in found for each in part.body_params]
    return list(dict.fromkeys(asked)), list(dict.fromkeys(fields))


def _all(part: Dependant | None) -> Iterator[Dependant]:
    if part is not None:
        yield part
        for each in part.dependencies:
            yield from _all(each)
