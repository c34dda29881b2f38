"""Asks what people judged again, as it would be answered today, and tells what was right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection

from assistant.answering import outcome_of
from assistant.calibrating.asking import Ask, Told
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import projects
from knowledge_base.store.asking.judged import Judged, judged, judged_forms
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.store.grouping import categories
from knowledge_base.store.store import Store
from knowledge_base.types import Outcome

MOST_CASES = 10_000
TEXT_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Replayed:
    """A judged question, asked again; the text is scrubbed, and cut.

    ``right`` is None where nobody said enough to tell. ``category_id`` is the best candidate, ``right_id`` is meant.
    """

    question_id: str | None
    text: str
    by_engineer: bool
    category_id: str | None
    right_id: str | None
    confidence: float
    solved: bool
    right: bool | None

    def outcome(self, thresholds: Thresholds) -> Outcome:
        """Tell how it ends under thresholds."""
        if self.category_id is None:
            return Outcome.UNKNOWN
        return outcome_of(self.confidence, solved=self.solved, thresholds=thresholds)


@dataclass(frozen=True, slots=True)
class Replay:
    """All that was asked again; not ``is_complete`` where more was judged than is looked at."""

    rows: tuple[Replayed, ...]
    is_complete: bool


def count_cases(store: Store, project: str) -> int:
    """Tell how many cases :func:`replay` looks at, at most; raises NotFound."""
    with store.read() as db:
        projects.require_project(db, project)
        return len(judged_forms(db, project, limit=MOST_CASES))


def replay(store: Store, project: str, ask: Ask, *, tick: Callable[[int], None] = lambda _more: None) -> Replay:
    """Ask again what people judged, newest first, one question for all that say the same.

    ``tick`` is told of each that is done. No transaction is open while something is asked. Raises NotFound, and what
    ``ask`` raises.
    """
    with store.read() as db:
        projects.require_project(db, project)
        forms = judged_forms(db, project, limit=MOST_CASES + 1)
    rows = tuple(_each(store, project, forms[:MOST_CASES], ask, tick))
    return Replay(rows, len(forms) <= MOST_CASES)


def _each(
    store: Store, project: str, forms: Collection[str], ask: Ask, tick: Callable[[int], None]
) -> Iterator[Replayed]:
    asked: set[int] = set()
    for form in forms:
        with store.read() as db:
            case = judged(db, project, form)
        # After the rules changed, a question may be known by its present form and by its former one.
        if case is not None and case.question not in asked:
            told = ask(case)
            with store.read() as db:
                yield _replayed(db, project, case, told)
            if case.question is not None:
                asked.add(case.question)
        tick(1)


def _replayed(db: Connection, project: str, case: Judged, told: Told) -> Replayed:
    named = {number for number in (told.category, case.right) if number is not None}
    solutions = categories.solutions_of(db, project, sorted(chain(named, case.wrong)))
    return Replayed(
        question_id=case.question_id,
        text=case.text[:TEXT_SHOWN],
        by_engineer=case.by_engineer,
        category_id=None if told.category is None else public_id(Prefix.CATEGORY, told.category),
        right_id=None if case.right is None else public_id(Prefix.CATEGORY, case.right),
        confidence=told.confidence,
        solved=told.category in solutions,
        right=_is_right(case, told.category, solutions),
    )


def _is_right(case: Judged, category: int | None, solutions: dict[int, int]) -> bool | None:
    """Tell whether a category is what was meant; one with the same solution is as good."""
    if category is None:
        return None

    def same(other: int) -> bool:
        return category == other or (category in solutions and solutions[category] == solutions.get(other))

    if case.right is not None:
        return same(case.right)
    return False if any(same(each) for each in case.wrong) else None
