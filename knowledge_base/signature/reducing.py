"""The cheap first step of the signature: every run of digits becomes one ``0``.

All that follows works on the reduced text, so that two lines with the same reduction have the same
template by construction and a dictionary from reduction to template is exact. The digits that mean
something (``ORA-00942``, ``HTTP 404``) are put back at the end, from ``Reduction.runs``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.signature.limits import MAX_LINE, MAX_LINES, MAX_TEXT, MAX_TOKEN

_DIGITS = re.compile(r"[0-9]+")
# RFC 9562, or at least eight hexadecimal digits with a letter and a figure among them; short ones
# with 0x are left to the rules, which keep result codes.
_HEX = re.compile(
    r"\b(?:(?=[0-9a-fA-F]{8})(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?=[0-9]*+[a-fA-F])(?=[a-fA-F]*+[0-9])[0-9a-fA-F]{8,}+)|0x[0-9a-fA-F]{9,}+)\b(?!\.[A-Za-z])",
    re.ASCII,
)
# Where a run of digits has become one 0: a word that may be such a value when its digits are back.
_HEX_CANDIDATE = re.compile(
    r"\b(?:0x[0a-fA-F]+|(?=[0a-fA-F]*[a-fA-F])(?=[a-fA-F]*0)[0a-fA-F]+|(?:[0a-fA-F]+-){4}[0a-fA-F]+)\b", re.ASCII
)
_QUICK_CANDIDATE = re.compile("[a-fA-F]0|0[a-fA-Fx]|0-[0a-fA-F]+-|-[0a-fA-F]+-0")
_ZEROS = str.maketrans("123456789", "0" * 9)
_LONG_TOKEN = re.compile(rf"(\S{{{MAX_TOKEN}}})\S+")
# Characters that the later steps use as marks.
RESERVED = re.compile("[\ue000-\uf8ff\x1e\x00-\x08\x0e-\x1a]")


@dataclass(frozen=True, slots=True)
class Reduction:
    """``text`` without its digits and without long hexadecimal values; ``bare`` still has the digits."""

    text: str
    bare: str

    @property
    def runs(self) -> list[str]:
        """The runs of digits of ``bare``, one for each ``0`` of ``text``."""
        return runs_of(self.bare)


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
    return RESERVED.sub("\ufffd", text.replace("\r\n", "\n"))


def _hex_placeholder(match: re.Match[str]) -> str:
    return "<uuid>" if "-" in match[0] else "<hex>"


def _collapse(text: str) -> str:
    """Every run of digits as one 0; a third of the time that a pattern takes."""
    text = text.translate(_ZEROS).replace("0" * 8, "0").replace("0000", "0").replace("00", "0")
    while "00" in text:
        text = text.replace("00", "0")
    return text


def mask_hexadecimal(text: str) -> str:
    """Put placeholders in place of hexadecimal values; the very same object where there is none."""
    return _HEX.sub(_hex_placeholder, text)


def may_be_hexadecimal(collapsed: str) -> bool:
    """Tell whether a word may be a hexadecimal value when its digits are back."""
    return _QUICK_CANDIDATE.search(collapsed) is not None and _HEX_CANDIDATE.search(collapsed) is not None


def reduce_text(text: str) -> Reduction:
    """Reduce one text that was clipped.

    >>> reduce_text("blk_123 took 45 ms").text
    'blk_0 took 0 ms'
    """
    bare = mask_hexadecimal(text)
    return Reduction(_collapse(bare), bare)


def runs_of(text: str) -> list[str]:
    """Give the runs of digits of a text."""
    return _DIGITS.findall(text)
