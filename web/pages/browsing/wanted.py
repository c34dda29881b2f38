"""Which categories a reader wants to see: the parameters of the list's address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Query

from knowledge_base.store.grouping.category_pages import Sort
from knowledge_base.store.grouping.category_view import Status

UNSOLVED = "unsolved"
CHIPS = (Status.UNLABELLED.value, UNSOLVED, Status.ANSWERED.value, Status.IGNORED.value)
"""What the list can be narrowed to; what is without a label is without a solution too."""
SEEN = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "14d": timedelta(days=14)}
TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Search, filters and order; an empty field does not restrict."""

    text: str = ""
    status: str = ""
    service: str = ""
    seen: str = ""
    sort: str = Sort.COUNT.value

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.status or self.service or self.seen)

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Give the parameters of the address; those that say nothing are left out."""
        yield "q", self.text
        yield "status", self.status
        yield "service", self.service
        yield "seen", self.seen
        yield "sort", "" if self.sort == Sort.COUNT.value else self.sort


def read_wanted() -> Any:
    """Make the dependency that reads the parameters; a value that is none counts as not given."""
    return Depends(_read)


def _read(
    q: Annotated[str, Query()] = "",
    status: Annotated[str, Query()] = "",
    service: Annotated[str, Query()] = "",
    seen: Annotated[str, Query()] = "",
    sort: Annotated[str, Query()] = Sort.COUNT.value,
) -> Wanted:
    return Wanted(
        text=" ".join(q[:TEXT_LIMIT].replace("\x00", " ").split()),
        status=status if status in CHIPS else "",
        service=service[:TEXT_LIMIT].replace("\x00", ""),
        seen=seen if seen in SEEN else "",
        sort=sort if sort in [each.value for each in Sort] else Sort.COUNT.value,
    )
