"""Labelled questions: what a row says, and which categories and solutions count as right for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from assistant.phrases import language_of
from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import categories
from knowledge_base.store.projects import require_project
from knowledge_base.store.solving import drafts, solutions
from knowledge_base.store.tables import CategoryRow
from knowledge_base.store.text import storable
from knowledge_base.types import SolutionState

PAGE = 500


@dataclass(frozen=True, slots=True)
class Right:
    """Public ids: a candidate with one of these categories or one of these solutions is right."""

    categories: frozenset[str]
    solutions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with what it must be matched with; ``right`` is None where it must not be answered."""

    line: int
    id: str
    text: str
    expected: str | None
    right: Right | None
    language: str
    kind: str


class Expectations:
    """Finds what labels of rows name: a category's id or alias, its label, a solution's id or title."""

    def __init__(self, db: Connection, project: str) -> None:
        self._db = db
        self._project = project
        self._known: dict[str, Right] = {}
        self._titles: dict[str, list[int]] | None = None

    def find(self, expected: str) -> Right:
        """Tell what is right; raises NotFound for what names nothing."""
        name = expected.strip()
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Right:
        with_id = self._by_id(name)
        if with_id is not None:
            return with_id
        homes = self._labelled(name)
        if homes:
            return self._of_categories(homes)
        if self._titles is None:
            self._titles = self._read_titles()
        numbers = self._titles.get(name.casefold(), [])
        if not numbers:
            raise NotFound(f"{name[:80]!r} is no category, label, solution or title of a solution in this project")
        found = [self._of_solution(each) for each in numbers]
        return Right(
            frozenset().union(*(each.categories for each in found)),
            frozenset().union(*(each.solutions for each in found)),
        )

    def _by_id(self, name: str) -> Right | None:
        try:
            return self._of_categories([categories.resolve_public(self._db, self._project, name)])
        except NotFound:
            pass
        try:
            number = number_of(Prefix.SOLUTION, name)
            solutions.get(self._db, self._project, number)
        except NotFound:
            return None
        return self._of_solution(number)

    def _labelled(self, name: str) -> list[int]:
        query = select(col(CategoryRow.id)).where(
            col(CategoryRow.project) == self._project,
            col(CategoryRow.state) == "active",
            func.lower(col(CategoryRow.label)) == func.lower(storable(name)),
        )
        return sorted(self._db.execute(query).scalars())

    def _read_titles(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        after = 0
        while batch := solutions.list_all(self._db, self._project, after=after, limit=PAGE):
            for each in batch:
                found.setdefault(each.title.casefold(), []).append(number_of(Prefix.SOLUTION, each.id))
            after = number_of(Prefix.SOLUTION, batch[-1].id)
        return found

    def _of_categories(self, numbers: list[int]) -> Right:
        solved = categories.solutions_of(self._db, self._project, numbers)
        return Right(
            frozenset(public_id(Prefix.CATEGORY, each) for each in numbers),
            frozenset(public_id(Prefix.SOLUTION, each) for each in solved.values()),
        )

    def _of_solution(self, number: int) -> Right:
        """Right is who has the solution; of a draft, the categories that it is for."""
        found = solutions.get(self._db, self._project, number)
        if found.state is SolutionState.DRAFT:
            return self._of_categories(drafts.homes(self._db, self._project, solution=number).get(number, []))
        return Right(frozenset(found.category_ids), frozenset({found.id}))


def read_labelled(db: Connection, project: str, rows: Sequence[tuple[int, Mapping[str, object]]]) -> list[Labelled]:
    """Read rows with their line numbers. Raises NotFound, and InputError that names the lines that are wrong."""
    require_project(db, project)
    expectations = Expectations(db, project)
    found, wrong = [], []
    for line, row in rows:
        try:
            found.append(_read(expectations, line, row))
        except (InputError, NotFound) as error:
            wrong.append(f"line {line}: {error}")
    if wrong:
        more = f"\n… and {len(wrong) - 20} more" if len(wrong) > 20 else ""
        raise InputError("\n".join(wrong[:20]) + more)
    if not found:
        raise InputError("there is no question in it")
    return found


def _read(expectations: Expectations, line: int, row: Mapping[str, object]) -> Labelled:
    text, expected = row.get("text"), row.get("expected")
    if not isinstance(text, str) or not text.strip():
        raise InputError('a row needs a "text"')
    if "expected" not in row:
        raise InputError(
            'a row needs "expected": a category, a label, a solution, or null for what must not be answered'
        )
    if expected is not None and (not isinstance(expected, str) or not expected.strip()):
        raise InputError('"expected" has to be a text or null')
    return Labelled(
        line=line,
        id=_name(row.get("id")) or str(line),
        text=text,
        expected=None if expected is None else storable(expected),
        right=None if expected is None else expectations.find(expected),
        language=_name(row.get("lang")) or language_of(text),
        kind=_name(row.get("kind")),
    )


def _name(value: object) -> str:
    return "" if value is None else storable(str(value))[:80]
