"""Which representatives hold an error code."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable


class CodeIndex:
    """Numbers by code, 8 bytes for each; the many representatives without a code cost nothing."""

    def __init__(self) -> None:
        self._by_code: dict[str, array[int]] = {}

    def add(self, number: int, codes: Iterable[str]) -> None:
        """Note the codes of a representative."""
        for code in codes:
            self._by_code.setdefault(code, array("q")).append(number)

    def with_code(self, code: str) -> list[int]:
        """Give the numbers that were noted with a code, each once, in ascending order; some may be gone."""
        return sorted(set(self._by_code.get(code, ())))

    def keep(self, lives: Callable[[int], bool]) -> None:
        """Forget the numbers that are gone."""
        for code, numbers in list(self._by_code.items()):
            left = array("q", (number for number in dict.fromkeys(numbers) if lives(number)))
            if left:
                self._by_code[code] = left
            else:
                del self._by_code[code]
