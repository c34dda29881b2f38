"""Questions to try where the sample is loaded."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection

from knowledge_base.store.solving import solutions
from web.demo.catalog import load_catalog
from web.demo.loading import AUTHOR
from web.showing.language import CHINESE

SHOWN = {"solved": 3, "unsolved": 2, "unknown": 1}


def tries_for(db: Connection, project: str, language: str) -> tuple[str, ...]:
    """Give a few questions, the reader's language first; none in a project that holds other data."""
    first = solutions.list_all(db, project, limit=1)
    return _sample_questions(language) if first and first[0].author == AUTHOR else ()


@lru_cache(maxsize=4)
def _sample_questions(language: str) -> tuple[str, ...]:
    wanted = "zh" if language == CHINESE else "en"
    questions = sorted(load_catalog().questions, key=lambda each: each.lang != wanted)
    chosen: list[str] = []
    for expected, count in SHOWN.items():
        chosen += [each.text for each in questions if each.expect == expected][:count]
    return tuple(chosen)
