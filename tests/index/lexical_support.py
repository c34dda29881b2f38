"""Solutions and lexical indexes for tests."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.index.lexical import Lexical
from knowledge_base.index.lexical_following import Connect
from knowledge_base.solution_details import Details
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from tests.store.databases import MINE, START
from tests.store.filling import make

QUESTIONS = (
    "table orders was not found",
    "the disk is full",
    "表不存在",
    "磁碟空間不足",
    "ORA-00942",
    "my job keeps dying because memory runs out",
)


def solve(
    store: Store, title: str, cause: str = "", body: str = "", *, project: str = MINE, details: Details | None = None
) -> tuple[int, int]:
    """Write a solution of a new category; give the numbers of both."""
    (ref,) = make(store, f"{project} {title}", project=project)
    with store.write() as db:
        text = SolutionText(title, cause, body, details)
        number = solutions.create(db, project, text, author="Mei", now=START)
        categories.set_fields(db, project, ref.category, solution=number)
    return number, ref.category


def revise(store: Store, number: int, title: str, *, cause: str = "", body: str = "") -> None:
    with store.write() as db:
        newest = solutions.get(db, MINE, number).version
        text = SolutionText(title, cause, body)
        solutions.revise(db, MINE, number, text, author="Ravi", now=START, based_on=newest)


def new_lexical(folder: Path | None = None, project: str = MINE, connect: Connect | None = None) -> Lexical:
    return Lexical(project, reader=packaged_reader(), folder=folder, connect=connect)


def found(store: Store, lexical: Lexical, question: str, *codes: str, limit: int = 1000) -> list[int]:
    """Give the representatives that a question finds, best first."""
    with store.read() as db:
        lexical.refresh(db)
    return [number for number, _ in lexical.representatives(lexical.asked(question, codes), limit)]


def helped(store: Store, lexical: Lexical, question: str, limit: int = 1000) -> list[int]:
    """Give the solutions that a question finds, best first."""
    with store.read() as db:
        lexical.refresh(db)
        return [number for number, _ in lexical.solutions(db, lexical.asked(question), limit)]
