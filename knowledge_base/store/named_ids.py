"""Which categories and solutions an entry of the change feed or an act is about: the ids that its detail holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from knowledge_base.ids import MAX_NUMBER, Prefix

_ID = re.compile(f"(?:{Prefix.CATEGORY}|{Prefix.SOLUTION})-([0-9]{{1,{len(str(MAX_NUMBER))}}})")


def ids_in(detail: Mapping[str, object]) -> Iterator[str]:
    """Find the ids of categories and solutions, whatever name they stand under and however deep.

    >>> sorted(ids_in({"category": "KE-7", "merged": ["KE-9"], "solution": "S-2", "title": "See KE-1"}))
    ['KE-7', 'KE-9', 'S-2']
    """
    waiting: list[object] = [detail]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found = _ID.fullmatch(value)
            if found and 0 < int(found[1]) < MAX_NUMBER:
                yield value
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
