"""What each route needs: its entry in the table, found by the route that a request was led to; no entry, no way in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

from knowledge_base.errors import NotAllowed
from knowledge_base.roles import EVERYWHERE, Role
from web.guarding.roles_table import ROUTES
from web.identity.session import Who


class Need(StrEnum):
    """What a route asks of whoever calls it, from nothing on."""

    OPEN = "open"
    SIGNED_IN = "signed in"
    VIEWER = "viewer"
    ENGINEER = "engineer"
    ADMIN = "admin"
    ADMIN_OF_ALL = "admin of all projects"


@dataclass(frozen=True, slots=True)
class Entry:
    """A route as the table names it."""

    method: str
    path: str
    route: BaseRoute

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def need(self) -> Need | None:
        """What it needs; None where the table has no entry."""
        found = ROUTES.get(self.name)
        return None if found is None else Need(found)


Entries = Mapping[tuple[int, str], Entry]
"""By the route's ``id()`` and the method: what a request was led to need not be matched a second time."""


def entries(routes: Sequence[BaseRoute]) -> Iterator[Entry]:
    """Give every route of an application but the folders of files."""
    for each in iter_route_contexts(routes):
        if not isinstance(each.original_route, Mount):
            for method in sorted(each.methods or ()):
                if method != "HEAD":
                    yield Entry(method, each.path_format or each.path or "", each.original_route)


def read_entries(routes: Sequence[BaseRoute]) -> Entries:
    """Read the entries of all routes. One that is there under two addresses needs what the stricter one does."""
    order = [None, *reversed(Need)]
    found: dict[tuple[int, str], Entry] = {}
    for each in entries(routes):
        key = (id(each.route), each.method)
        found[key] = min(each, found.get(key, each), key=lambda entry: order.index(entry.need))
    return found


def require(need: Need | None, who: Who | None, project: str) -> None:
    """Raise NotAllowed where whoever asks may not do what a route needs; a route without an entry is closed."""
    if need is None:
        raise NotAllowed(
            "this address has no entry in the table of roles, web/guarding/roles_table.py; so nobody may use it"
        )
    if need is Need.OPEN or (who is not None and need is Need.SIGNED_IN):
        return
    least = Role.ADMIN if need is Need.ADMIN_OF_ALL else Role(need)
    if who is None or not who.may(least, EVERYWHERE if need is Need.ADMIN_OF_ALL else project):
        raise NotAllowed(_told(need, who, project))


def _told(need: Need, who: Who | None, project: str) -> str:
    role = None if who is None else who.role_in(project)
    have = f"yours in {project[:64]} is {role}" if role else f"you have none in {project[:64]}"
    return f"that takes the role {need}, {have}; ask an admin for it"
