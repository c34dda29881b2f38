"""What the lexical index follows: representatives by generation, solutions by the states of a project's solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.signature.codes import error_codes
from knowledge_base.store import projects
from knowledge_base.store.representing import representative_texts
from knowledge_base.store.representing.representative_texts import RepresentativeText
from knowledge_base.store.solving import solution_texts
from knowledge_base.store.solving.solution_texts import SolutionWords


@dataclass(frozen=True, slots=True)
class Document:
    """A text by its number; of ``more`` its words alone count. What is ``gone`` is to be removed."""

    number: int
    text: str
    more: str
    codes: tuple[str, ...]
    gone: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from: the number of the present state, and what changed behind one (behind -1: all)."""

    name: str
    state: Callable[[Connection, str], int]
    changed: Callable[[Connection, str, int], Iterator[list[Document]]]


def _representatives(db: Connection, project: str, state: int) -> Iterator[list[Document]]:
    for portion in representative_texts.changed(db, project, state):
        yield [_of_representative(each) for each in portion]


def _of_representative(each: RepresentativeText) -> Document:
    return Document(each.number, each.text, "", tuple(each.codes), each.gone)


def _solutions(db: Connection, project: str, state: int) -> Iterator[list[Document]]:
    for portion in solution_texts.changed(db, project, state):
        yield [_of_solution(each) for each in portion]


def _of_solution(each: SolutionWords) -> Document:
    # The title counts twice: it says in a few words what the rest says in many.
    return Document(each.number, each.named, f"{each.title}\n{each.body}", error_codes(each.named), each.gone)


REPRESENTATIVES = Source("representatives", projects.generation, _representatives)
SOLUTIONS = Source("solutions", projects.solutions_state, _solutions)
