"""Which methods an address takes; a router that refuses one names only those of the first route that it found."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount


def allowed_methods(routes: Sequence[BaseRoute], path: str) -> str:
    """List the methods as the header ``Allow`` has them (RFC 9110, 10.2.1); empty where there is no such address.

    Where several routes fit, that with the fewest placeholders is meant: ``/rules/undo``, not ``/rules/{rule_name}``.
    """
    found: dict[str, set[str]] = {}
    for each in iter_route_contexts(routes):
        if not isinstance(each.original_route, Mount) and each.path_regex.match(path):
            found.setdefault(each.path_format or "", set()).update(each.methods or ())
    nearest = min(found, key=lambda name: name.count("{"), default="")
    return ", ".join(sorted(found.get(nearest, ())))
