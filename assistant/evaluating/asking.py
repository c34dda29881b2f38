"""Asks labelled questions, without keeping any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.answering import TEXT_LIMIT, Assistant
from assistant.evaluating.labelled import Labelled
from assistant.evaluating.scoring import Result, judge
from knowledge_base.types import Question


def evaluate(
    assistant: Assistant, project: str, questions: Iterable[Labelled], *, tick: Callable[[int], None] = lambda _: None
) -> list[Result]:
    """Ask each question as ``kea ask`` does, and find the right answer among the candidates."""
    found = []
    for each in questions:
        question = Question(project, "evaluate", "evaluate", each.text[:TEXT_LIMIT])
        found.append(judge(each, assistant.consider(question).answer))
        tick(1)
    return found
