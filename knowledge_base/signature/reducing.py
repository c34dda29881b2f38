"""The cheap first step of the signature: every run of digits becomes one ``0``.

All that follows works on the reduced text, so that two lines with the same reduction have the same
template by construction and a dictionary from reduction to template is exact. The digits that mean
something (``ORA-00942``, ``HTTP 404``) are put back at the end, from ``Reduction.runs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.signature.limits import MAX_LINE, MAX_LINES, MAX_TEXT, MAX_TOKEN

_DIGITS = re.compile(r"[0-9]+")
_UUID = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z])"
)
# At least a letter and a digit; short ones with 0x are left to the rules, which keep result codes.
_HEX = re.compile(
    r"(?<![0-9A-Za-z_.])(?:0x[0-9a-fA-F]{9,}+|(?=[0-9]*+[a-fA-F])(?=[a-fA-F]*+[0-9])[0-9a-fA-F]{8,}+)(?![0-9A-Za-z_]|\.[A-Za-z])"
)
_LONG_TOKEN = re.compile(rf"(\S{{{MAX_TOKEN}}})\S+")
_RESERVED = re.compile("[\ue000-\uf8ff\x1e\x00\x01]")
_SEPARATOR = "\x1e"


@dataclass(frozen=True, slots=True)
class Reduction:
    """``text`` without its digits and without long hexadecimal values; ``bare`` still has the digits."""

    text: str
    bare: str

    @property
    def runs(self) -> list[str]:
        """The runs of digits of ``bare``, one for each ``0`` of ``text``."""
        return _DIGITS.findall(self.bare)


def clip(text: str) -> str:
    """Cut a text to what takes part in its signature: its length, its lines and their tokens.

    Characters that the later steps use as marks are replaced.
    """
    if len(text) <= MAX_TOKEN and "\n" not in text and text.isascii() and text.isprintable():
        return text
    text = text[:MAX_TEXT]
    if len(text) > MAX_TOKEN:
        lines = text.replace("\r\n", "\n").split("\n")[:MAX_LINES]
        text = "\n".join(_LONG_TOKEN.sub(r"\1", line[:MAX_LINE]) for line in lines)
    return _RESERVED.sub("\ufffd", text.replace("\r\n", "\n"))


def reduce_text(text: str) -> Reduction:
    """Reduce one text that was clipped.

    >>> reduce_text("blk_123 took 45 ms").text
    'blk_0 took 0 ms'
    """
    bare = _HEX.sub("<hex>", _UUID.sub("<uuid>", text))
    return Reduction(_DIGITS.sub("0", bare), bare)


def reduce_all(texts: Sequence[str]) -> Iterator[Reduction]:
    """Reduce clipped texts in one pass; the same results as :func:`reduce_text` for each."""
    joined = _HEX.sub("<hex>", _UUID.sub("<uuid>", _SEPARATOR.join(texts)))
    if not texts:
        return iter(())
    return map(Reduction, _DIGITS.sub("0", joined).split(_SEPARATOR), joined.split(_SEPARATOR))
