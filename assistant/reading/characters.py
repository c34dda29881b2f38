"""Characters that chats, terminals, PDFs and recognised screenshots put in place of what was shown."""

from __future__ import annotations

import re
import unicodedata

_ANSI = re.compile(
    r"\x1b\[[0-?]{0,32}[ -/]{0,4}[@-~]|\x1b\][^\x07\x1b\n]{0,500}(?:\x07|\x1b\\)|\x1b[()][0-9A-Z]|\x1b[=>78@-Z\\^_]"
)
# A copied colour has lost its escape; a range such as rate(x[5m]) has another bracket behind it.
_LOST_ANSI = re.compile(r"\[[0-9]{1,3}(?:;[0-9]{1,3}){0,4}m(?!\])")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_WITHOUT_WIDTH = re.compile("[\u00ad\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_JOINER = re.compile(r"(?<![^\x00-\u2fff])\u200d|\u200d(?![\u2000-\U0010ffff])")
WIDEST_GAP = 200
"""White space side by side that is kept: patterns that begin with white space would take a long time over more."""
_LONG_GAPS = re.compile(rf"[^\S\n]{{{WIDEST_GAP + 1},}}")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_WIDE = re.compile("[\uff01-\uff5e]+")
_WIDE_WORD = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_CJK = "\u3400-\u9fff\u3000-\u303f\uff00-\uffef"
_DOUBLE = re.compile(rf"(?<![{_CJK}])(?<![{_CJK}] )[\u201c\u201d\u201f](?! ?[{_CJK}])")
_SINGLE = re.compile("[\u2018\u2019\u201b\u2032]")
_APOSTROPHE = re.compile("(?<=[A-Za-z])\u2019(?=(?:t|s|re|ve|ll|d|m)\\b)")


def mended(text: str) -> str:
    r"""Give the characters that were meant: no colours, nothing without width, plain spaces and line ends.

    Full-width letters and digits become narrow with the punctuation between them; Chinese punctuation stays.
    Typographic quotes become straight where an apostrophe tells that a word processor made them: compilers print some.

    >>> mended("\x1b[31mＯＲＡ－００９４２：\x1b[0m table doesn’t exist，好")
    "ORA-00942: table doesn't exist，好"
    """
    text = _LINE_ENDS.sub("\n", text)
    if "\x1b" in text:
        text = _ANSI.sub("", text).replace("\x1b", "")
    elif "[0m" in text:
        text = _LOST_ANSI.sub("", text)
    if text.isascii():
        return _LONG_GAPS.sub(_narrowed, text)
    text = _JOINER.sub("", _WITHOUT_WIDTH.sub("", text))
    text = _LIGATURES.sub(_compatible, _SPACES.sub(" ", text))
    text = _WIDE.sub(_narrow, text)
    if _APOSTROPHE.search(text):
        text = _SINGLE.sub("'", text)
    return _LONG_GAPS.sub(_narrowed, _DOUBLE.sub('"', text))


def _narrowed(found: re.Match[str]) -> str:
    return found[0][:WIDEST_GAP]


def _compatible(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _narrow(found: re.Match[str]) -> str:
    return _compatible(found) if _WIDE_WORD.search(found[0]) else found[0]
