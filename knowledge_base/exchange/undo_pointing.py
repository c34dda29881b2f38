"""Whether what acts are taken back with names categories and templates that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from knowledge_base.errors import InputError
from knowledge_base.exchange.undo_documents import UNDO
from knowledge_base.store.metadata import METADATA

CHUNK = 500
_NAMED = {
    **dict.fromkeys(("source", "target", "aliases", "rows", "links", "category"), "category"),
    **dict.fromkeys(("template", "templates", "anchor"), "template"),
}


def require_named(db: Connection, project: str, acts: Sequence[Mapping[str, Any]]) -> None:
    """Look for all that the undo documents of checked acts name. Raises InputError naming what is missing."""
    named: dict[str, set[int]] = {"category": set(), "template": set()}
    for act in acts:
        if act["undo"] is not None and act["action"] in UNDO:
            for table, number in _numbers(act["undo"]):
                named[table].add(number)
            if act["action"] == "publish":
                named["category"] |= {row for row, _ in act["undo"]["before"]}
    for name, numbers in named.items():
        ordered = sorted(numbers - {0})
        rows = METADATA.tables[name]
        for start in range(0, len(ordered), CHUNK):
            some = ordered[start : start + CHUNK]
            query = select(rows.c.id).where(rows.c.project == project, rows.c.id.in_(some))
            lost = set(some) - set(db.execute(query).scalars())
            if lost:
                raise InputError(f"undo names the {name} {min(lost)}, which is not in the file")


def _numbers(document: object, key: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _numbers(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from _numbers(value, key)
    elif key in _NAMED and isinstance(document, int):
        yield _NAMED[key], document
