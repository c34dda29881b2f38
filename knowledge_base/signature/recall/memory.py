"""A bounded dictionary that forgets what was not used for long, at the price of a plain look-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Generic, TypeVar

_AVERAGE = 200
_STEP = 64

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Keeps at most ``size`` values: half of them young, half old.

    When the young half is full it becomes the old one, and what was old is forgotten; what is used while it is old
    becomes young again. Long keys fill a half sooner: there are 200 characters for each value, and ``length`` counts
    those of a key.
    """

    def __init__(self, size: int, *, length: Callable[[Any], int] = len) -> None:
        self._half = max(1, size // 2)
        self._length = length
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}
        # Of the young keys the first ones were counted; the others are when there are so many.
        self._counted = self._characters = 0
        self._next = min(_STEP, self._half)

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get_all(self, keys: Iterable[Key]) -> list[Value | None]:
        """Give the value of each key, in their order; None also for one that was not used for long."""
        return list(map(self._young.get, keys))

    def get(self, key: Key) -> Value | None:
        """Give the value of a key; None where there is none."""
        value = self._young.get(key)
        if value is None and self._old:
            value = self._old.pop(key, None)
            if value is not None:
                self[key] = value
        return value

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self._young) >= self._next:
            self._count()
        self._young[key] = value

    def _count(self) -> None:
        """Count the keys that came since, and let the young half grow old where it is full."""
        self._characters += sum(map(self._length, islice(reversed(self._young), len(self._young) - self._counted)))
        self._counted = len(self._young)
        if self._counted >= self._half or self._characters >= self._half * _AVERAGE:
            self._young, self._old = {}, self._young
            self._counted = self._characters = 0
        self._next = min(self._counted + _STEP, self._half)
