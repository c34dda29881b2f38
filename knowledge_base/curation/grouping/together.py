"""Which numbers belong together, said pair by pair (disjoint sets; Tarjan 1975)."""

from __future__ import annotations


class Together:
    """Numbers in groups; one that was never named stands for itself."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def of(self, number: int) -> int:
        """Give the smallest number of the group that a number is in."""
        root = number
        while (above := self._above.get(root, root)) != root:
            root = above
        while (above := self._above.get(number, number)) != root:
            self._above[number] = root
            number = above
        return root

    def join(self, left: int, right: int) -> None:
        """Make one group of those of two numbers."""
        low, high = sorted((self.of(left), self.of(right)))
        self._above.setdefault(low, low)
        self._above[high] = low

    def groups(self) -> list[list[int]]:
        """Give the groups of all numbers that were named, in order."""
        found: dict[int, list[int]] = {}
        for number in sorted(self._above):
            found.setdefault(self.of(number), []).append(number)
        return list(found.values())
