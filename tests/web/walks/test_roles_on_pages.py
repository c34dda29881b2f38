"""What a role may not do is not offered to it: no form, button or link of a page leads to a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from starlette.routing import Match

from knowledge_base.roles import Role
from tests.web.roles import WHERE
from tests.web.walks.conftest import Place
from tests.web.walks.pages import pages
from web.guarding.roles import Entry, Need, entries
from web.identity.session import COOKIE

VERBS = {"hx-get": "GET", "hx-post": "POST", "hx-put": "PUT", "hx-patch": "PATCH", "hx-delete": "DELETE"}


class Offers(HTMLParser):
    """Collects the method and the address of everything that a page lets its reader send."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, a form, a button with an address of its own, and what htmx sends."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._note(given.get("method", "get").upper(), given.get("action", ""))
        if "formaction" in given:
            self._note("POST", given["formaction"])
        if tag == "a" and "href" in given:
            self._note("GET", given["href"])
        for name, method in VERBS.items():
            if name in given:
                self._note(method, given[name])

    def _note(self, method: str, address: str) -> None:
        whole = urlsplit(urljoin(self.at, address))
        if not whole.netloc:
            self.found.add((method, whole.path))


def entry_of(place: Place, method: str, path: str) -> Entry:
    """Find the entry of the table that a request is led to."""
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    return next(
        each
        for each in entries(place.app.routes)
        if each.method == method and each.route.matches(scope)[0] is Match.FULL
    )


@pytest.fixture
def client(place: Place) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=place.base, timeout=30) as client:
        yield client


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ENGINEER, Role.ADMIN])
def test_nothing_is_offered_that_would_be_refused(place: Place, client: httpx2.Client, role: Role) -> None:
    assert WHERE[role][1] is role
    client.headers["Cookie"] = f"{COOKIE}={place.cookie(role)}"
    signed_in = {route: at for route, at in pages(place.scene).items() if route != "/sign-in"}
    addresses = [each for several in signed_in.values() for each in several if "project=" not in each]
    addresses += [f"/queue/preview/{place.scene.new[0]}", "/queue/preview/KE-1"]
    wrong: set[str] = set()
    opened = 0
    for address in addresses:
        answer = client.get(address, follow_redirects=False)
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200, address
        opened += 1
        offers = Offers(address)
        offers.feed(answer.text)
        for method, path in offers.found:
            need = entry_of(place, method, path).need
            assert need is not None
            if list(Need).index(need) > list(Need).index(Need(role)):
                wrong.add(f"{re.sub(r'[0-9]+', 'N', address)} offers {method} {path}, which takes {need}")
    assert sorted(wrong) == []
    assert opened > 20
