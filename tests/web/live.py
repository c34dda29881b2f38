"""Reads the stream of events as a browser does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

import httpx2

SECONDS = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One event."""

    name: str
    data: Any
    id: str


@dataclass(slots=True)
class Stream:
    """What came over one connection so far; a name of ``end`` stands for its end."""

    status: int
    headers: httpx2.Headers
    told: Queue[Told] = field(default_factory=Queue)

    def next(self, name: str) -> Told:
        """Wait for the next event of a name; those before it are passed over."""
        while True:
            try:
                found = self.told.get(timeout=SECONDS)
            except Empty:
                raise AssertionError(f"no event {name} came within {SECONDS} s") from None
            if found.name == name:
                return found
            assert found.name != "end", f"the stream ended before {name} came"


@contextmanager
def following(base: str, headers: dict[str, str], query: str = "") -> Iterator[Stream]:
    """Follow the events of a server in a thread of its own."""
    client = httpx2.Client(base_url=base, timeout=SECONDS, headers=headers)
    with client, client.stream("GET", f"/events{query}") as answer:
        stream = Stream(answer.status_code, answer.headers)
        reader = threading.Thread(target=_read, args=(answer, stream), daemon=True)
        reader.start()
        yield stream


def _read(answer: httpx2.Response, stream: Stream) -> None:
    fields: dict[str, str] = {}
    try:
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line and name:
                fields[name] = value
            elif "event" in fields:
                stream.told.put(Told(fields["event"], json.loads(fields["data"]), fields.get("id", "")))
                fields = {}
    except httpx2.HTTPError:
        pass
    stream.told.put(Told("end", None, ""))
