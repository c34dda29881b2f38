"""Asks a judged question as if nobody had ever judged it, or one that says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.answering import CANDIDATES
from assistant.reading import asked_in
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.asking.judged import Judged


@dataclass(frozen=True, slots=True)
class Told:
    """The best candidate of a question: its number, None where there is none, and the chance that it is right."""

    category: int | None
    confidence: float


Ask = Callable[[Judged], Told]


class Untaught:
    """Asks a project as it is but for what was learnt from the very question.

    Its own representative, which is its own text, would find it every time, and so would those of questions that say
    the same: a measure of that tells nothing of questions to come.
    """

    def __init__(self, knowledge: KnowledgeBase, project: str) -> None:
        self._knowledge = knowledge
        self._project = project
        self._is_warm = False

    def __call__(self, case: Judged) -> Told:
        """Ask it; raises NotFound, ModelUnavailable."""
        if not self._is_warm:
            self._knowledge.matcher.warm(self._project)
            self._is_warm = True
        asked = asked_in(case.text)
        found = self._knowledge.matcher.match(
            self._project,
            asked.text,
            around=asked.around,
            limit=CANDIDATES,
            without=case.representatives,
            is_taught=False,
        )
        best = found.matches
        return Told(best[0].category, best[0].score) if best else Told(None, 0.0)
