"""The port ``Source``: raw lines with their places, read from a committed position on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class RawLine(NamedTuple):
    """A line without its line break; ``start`` and ``end`` are its place in the source, break included.

    ``cut`` tells that only the beginning was kept, ``undecodable`` that bytes were replaced
    because they are no UTF-8.
    """

    start: int
    end: int
    text: str
    cut: bool = False
    undecodable: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells whether a source is still the one that was read before.

    ``size`` is in bytes (-1: not known), ``head`` a hash of the first bytes that says how many they are,
    ``length`` how far offsets go (-1: not known; it is not the size where the bytes are packed).
    """

    size: int = -1
    head: str = ""
    length: int = -1


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that follow each other. No lines and not ``ended``: nothing has come for a while."""

    lines: Sequence[RawLine]
    ended: bool = False


class Source(Protocol):
    """Something that is read line by line.

    A constructor only stores its arguments; ``open`` raises UnreadableInput with the reason.
    """

    @property
    def name(self) -> str:
        """The key of its committed position, 1000 characters at most."""

    @property
    def title(self) -> str:
        """What people call it: the path, or ``standard input``."""

    @property
    def resumable(self) -> bool:
        """Whether it can be opened behind what was read before."""

    def identify(self) -> Identity:
        """Tell what is there now."""

    def is_same(self, head: str) -> bool:
        """Tell whether it still begins with what ``head`` was made of."""

    def peek(self, size: int) -> bytes:
        """Read its first bytes, ``size`` at most, without moving on."""

    def open(self, offset: int, *, limit: int) -> None:
        """Begin at a committed offset; of each line only the first ``limit`` bytes are kept."""

    def read(self) -> Batch:
        """Read some lines; at the end the last line counts also without a line break."""

    def close(self) -> None:
        """Give up what ``open`` took; harmless where it was not opened."""
