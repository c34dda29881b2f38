"""The lexical index of a project: representatives and published solutions, found by words, concepts and codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection

from knowledge_base.index.lexical_cache import TermsFile
from knowledge_base.index.lexical_following import Connect, Following
from knowledge_base.index.lexical_sources import REPRESENTATIVES, SOLUTIONS, Source
from knowledge_base.index.lexical_terms import TermReader
from knowledge_base.store.solving import solution_texts
from knowledge_base.vocabulary.reading import Reader

MORE = 4
"""How many times as many solutions are looked for where too few of those that were found answer."""


class Lexical:
    """Follows one project; may be shared by threads. Concepts bridge languages: 表不存在 finds "table not found".

    Whoever searches refreshes first. ``folder`` keeps the terms of texts for the next start; ``connect`` gives a
    connection to a thread that reads where there is much at once (see :class:`Following`).
    """

    def __init__(self, project: str, *, reader: Reader, folder: Path | None, connect: Connect | None) -> None:
        self.project = project
        self._terms = TermReader(reader)
        self._representatives = self._following(REPRESENTATIVES, folder, connect)
        self._solutions = self._following(SOLUTIONS, folder, connect)

    @property
    def version(self) -> str:
        """Name how texts are read."""
        return self._terms.version

    @property
    def is_whole(self) -> bool:
        """Whether all that was there with the last refresh can be found; not while a thread still reads."""
        return self._representatives.is_whole and self._solutions.is_whole

    def asked(self, text: str, codes: Iterable[str] = ()) -> dict[str, float]:
        """Give what a question is found by, each term with its weight; needs no database."""
        return self._terms.asked(text, codes)

    def refresh(self, db: Connection, *, wait: bool = False) -> None:
        """Follow the database; two small queries where nothing has changed.

        What is much at once is read in a thread unless ``wait`` says that all must be there.
        """
        self._representatives.refresh(db, wait=wait)
        self._solutions.refresh(db, wait=wait)

    def rest(self) -> None:
        """Give back what only changes need: for projects that nobody asks about."""
        self._representatives.rest()
        self._solutions.rest()

    def settle(self) -> None:
        """Wait for the threads that read."""
        self._representatives.settle()
        self._solutions.settle()

    def representatives(self, asked: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Find representatives: number and score, best first. A connection may not see all of them any more."""
        return self._representatives.search(asked, limit)

    def solutions(self, db: Connection, asked: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Find published solutions that answer for a category now: number and score, best first."""
        wanted = limit
        while True:
            found = self._solutions.search(asked, wanted)
            answering = solution_texts.answering(db, self.project, [number for number, _ in found])
            left = [each for each in found if each[0] in answering]
            if len(left) >= limit or len(found) < wanted:
                return left[:limit]
            wanted *= MORE

    def _following(self, source: Source, folder: Path | None, connect: Connect | None) -> Following:
        file = TermsFile(folder, f"{self.project}.{source.name}", self._terms.version)
        return Following(self.project, source, terms=self._terms, file=file, connect=connect)
