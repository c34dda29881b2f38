"""What a search in the queue looks through: the beginnings of a category's oldest templates.

``demand_rows`` keeps them as it keeps its own rows, so that a search reads one row a category, however many
templates there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlmodel import col

from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.text import storable
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.store.wanted.queue_tables import QueueTextRow

TEMPLATES, LENGTH = 10, 200
WORDS, WORD_LENGTH = 10, 100
KEY = ("project", "category")


def changed_texts(db: Connection, project: str, categories: Sequence[int]) -> list[tuple[int, str]]:
    """Read what categories say, and give those of which something else is kept."""
    if not categories:
        return []
    living = select(col(TemplateRow.category), col(TemplateRow.id)).where(
        col(TemplateRow.project) == project,
        col(TemplateRow.category).in_(list(categories)),
        col(TemplateRow.evicted_at).is_(None),
    )
    members: dict[int, list[int]] = {each: [] for each in categories}
    for category, number in db.execute(living):
        members[category].append(number)
    # Chosen here: asked to put them in order, SQLite walks through the whole project by number.
    oldest = {each: nsmallest(TEMPLATES, numbers) for each, numbers in members.items()}
    chosen = [number for numbers in oldest.values() for number in numbers]
    query = select(col(TemplateRow.id), func.substr(col(TemplateRow.text), 1, LENGTH)).where(
        col(TemplateRow.project) == project, col(TemplateRow.id).in_(chosen)
    )
    text_of = {row[0]: row[1].lower() for row in db.execute(query)}
    found = {each: [text_of[number] for number in numbers] for each, numbers in oldest.items()}
    kept = select(col(QueueTextRow.category), col(QueueTextRow.text)).where(
        col(QueueTextRow.project) == project, col(QueueTextRow.category).in_(list(categories))
    )
    known = {row[0]: row[1] for row in db.execute(kept)}
    return [(each, text) for each, lines in found.items() if known.get(each) != (text := "\n".join(lines))]


def write_texts(db: Connection, project: str, texts: Sequence[tuple[int, str]]) -> None:
    """Keep what categories say."""
    rows = [{"project": project, "category": category, "text": text} for category, text in texts]
    insert_or_replace(db, QueueTextRow, KEY, rows)


def forget_texts(db: Connection, project: str, categories: Sequence[int]) -> None:
    """Forget what categories say that are there no more."""
    if categories:
        t = QueueTextRow
        db.execute(delete(t).where(col(t.project) == project, col(t.category).in_(list(categories))))


def says(words: str, label: Any) -> list[ColumnElement[bool]]:
    """Say in SQL that each of some words stands in the text or in the label of a category."""
    return [
        col(QueueTextRow.text).contains(word[:WORD_LENGTH], autoescape=True)
        | label.icontains(word[:WORD_LENGTH], autoescape=True)
        for word in storable(words).lower().split()[:WORDS]
    ]
