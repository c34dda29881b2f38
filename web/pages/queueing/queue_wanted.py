"""Which part of the queue a reader wants to see: the parameters of its address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query

from knowledge_base.store.wanted.queue import QueueOrder, QueueState, SeenWithin, Wanted

TEXT_LIMIT = 200
NOBODY = "-"
"""The owner that stands for none; no name is a dash alone."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is chosen: filters and order."""

    wanted: Wanted = field(default_factory=Wanted)
    order: QueueOrder = QueueOrder.DEMAND

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state leaves categories out."""
        return replace(self.wanted, state=QueueState.UNLABELLED) != Wanted()

    @property
    def owner(self) -> str:
        """The owner as the address names it."""
        return NOBODY if self.wanted.unowned else self.wanted.owner

    @property
    def query(self) -> str:
        """The address's query string, without the project."""
        return urlencode([(name, value) for name, value in self.parameters() if value])

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Give the parameters of the address; those that say nothing are left out."""
        wanted = self.wanted
        yield "q", wanted.text
        yield "status", "" if wanted.state is QueueState.UNLABELLED else wanted.state.value
        yield "seen", wanted.seen.value
        yield "service", wanted.service
        yield "owner", self.owner
        yield "growing", "1" if wanted.growing else ""
        yield "proposed", "1" if wanted.proposed else ""
        yield "order", "" if self.order is QueueOrder.DEMAND else self.order.value


def read_shown() -> Any:
    """Make the dependency that reads the parameters; a value that is none counts as not given."""
    return Depends(_read)


def read_address(address: str) -> Shown:
    """Read them from a query string that was kept.

    >>> read_address("status=ignored&owner=-&x=1").wanted.unowned
    True
    """
    given = dict(parse_qsl(address, max_num_fields=40))
    names = ("q", "status", "seen", "service", "owner", "growing", "proposed", "order")
    return _read(**{name: given[name] for name in names if name in given})


def _read(
    q: Annotated[str, Query()] = "",
    status: Annotated[str, Query()] = "",
    seen: Annotated[str, Query()] = "",
    service: Annotated[str, Query()] = "",
    owner: Annotated[str, Query()] = "",
    growing: Annotated[str, Query()] = "",
    proposed: Annotated[str, Query()] = "",
    order: Annotated[str, Query()] = "",
) -> Shown:
    name = _short(owner)
    wanted = Wanted(
        state=QueueState(status) if status in list(QueueState) else QueueState.UNLABELLED,
        seen=SeenWithin(seen) if seen in list(SeenWithin) else SeenWithin.ANY,
        service=service[:TEXT_LIMIT].replace("\x00", ""),
        owner="" if name == NOBODY else name,
        unowned=name == NOBODY,
        growing=growing == "1",
        proposed=proposed == "1",
        text=_short(q),
    )
    return Shown(wanted, QueueOrder(order) if order in list(QueueOrder) else QueueOrder.DEMAND)


def _short(text: str) -> str:
    return " ".join(text[:TEXT_LIMIT].replace("\x00", " ").split())
