"""A bounded dictionary that forgets what was not used for long, at the price of a plain look-up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Keeps at most ``size`` values: half of them young, half old.

    When the young half is full it becomes the old one, and what was old is forgotten; what is used while it is old
    becomes young again.
    """

    def __init__(self, size: int) -> None:
        self._half = max(1, size // 2)
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

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
        if len(self._young) >= self._half:
            self._young, self._old = {}, self._young
        self._young[key] = value
