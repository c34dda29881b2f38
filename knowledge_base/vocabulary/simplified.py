"""Traditional Chinese characters as simplified ones, each in its place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_CHINESE = re.compile(r"[㐀-鿿]+")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Write traditional characters in the simplified way; the text keeps its length.

    >>> simplified("記憶體不足: OutOfMemory")
    '记忆体不足: OutOfMemory'
    """
    return _CHINESE.sub(_simplified_run, text)


def _simplified_run(match: re.Match[str]) -> str:
    run: str = _converter().convert(match.group())
    return run if len(run) == len(match.group()) else match.group()
