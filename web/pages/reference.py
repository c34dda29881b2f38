"""The reference of the API, for whoever writes a program: what each operation takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from web.pages.opening import PageOf
from web.pages.reference_reading import Group, Operation, read_groups

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """The groups of operations that fit what is looked for."""

    groups: tuple[Group, ...]
    wanted: str


@router.get("/docs")
def show(request: Request, page: PageOf, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show what the description says (``/api/v1/openapi.json``), or the part of it that has the words."""
    words = q.lower().split()
    found = (_fitting(each, words) for each in read_groups(request.app.openapi()))
    return page.show("reference.html", ReferencePage(tuple(each for each in found if each.operations), q))


def _fitting(group: Group, words: list[str]) -> Group:
    return replace(group, operations=tuple(each for each in group.operations if _has(each, group.name, words)))


def _has(operation: Operation, tag: str, words: list[str]) -> bool:
    text = f"{tag} {operation.method} {operation.path} {operation.summary} {operation.description}".lower()
    return all(each in text for each in words)
