"""What a question is exactly: a known fingerprint, one but for a variable word, or what was learnt of its form."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.absorbing import known_as
from knowledge_base.features.cleaning import cleaned
from knowledge_base.matching.query import Signed
from knowledge_base.store.asking import learnt
from knowledge_base.store.grouping import templates


@dataclass(frozen=True, slots=True)
class Known:
    """What is certain; ``text`` is the template's. ``is_learnt`` where people said so of this very question."""

    category: int
    template: int
    text: str
    is_learnt: bool = False


def known(
    db: Connection, project: str, signed: Signed, *, is_taught: bool = True, home: learnt.Home = learnt.as_it_is
) -> list[Known]:
    """Name what a question or a line of it is, the likeliest first: what was learnt, then the last line.

    What people said that it is not is left out; with ``is_taught`` False nothing that they said counts. ``home``
    tells where templates would be.
    """
    taught, refused = learnt.heard(db, project, signed.form, home=home) if is_taught else (None, frozenset())
    refs = [ref for ref in reversed(known_as(db, project, signed.signatures)) if ref is not None]
    numbers = [ref.template for ref in refs] + ([taught[1]] if taught else [])
    texts = templates.texts(db, project, numbers) if numbers else {}
    found = [Known(taught[0], taught[1], texts.get(taught[1], ""), is_learnt=True)] if taught else []
    for ref in refs:
        category = home(ref.template, ref.category)
        # A line without words (a number, a time) is no error, whatever was ingested.
        if cleaned(texts[ref.template]) and category not in refused:
            found.append(Known(category, ref.template, texts[ref.template]))
    return found
