"""From an answer to a reply in words."""

from __future__ import annotations

from urllib.parse import quote

from assistant.phrases import Phrases, phrases
from assistant.reply import Reply
from knowledge_base.types import Answer, Category, Outcome, Solution

NAME_LENGTH = 150


class Composer:
    """Writes replies; ``public_url`` is where Kea's pages are, empty for replies without links."""

    def __init__(self, public_url: str) -> None:
        self._base = public_url.rstrip("/")

    def answer(self, project: str, answer: Answer, language: str) -> Reply:
        """Say how a question ended."""
        said = phrases(language)
        question = answer.question_id or ""
        if answer.category is None:
            named = ((said.question, question),) if question else ()
            return Reply(language, said.unknown, said.unknown_body, named, question_id=question)
        link = self._link(project, answer.category)
        if answer.solution is None:
            name = category_name(answer.category)
            facts = _facts(said, answer.category, question)
            return Reply(language, said.unsolved.format(name), said.unsolved_body, facts, link, question)
        sure = answer.outcome is Outcome.ANSWERED
        headline = (said.answered if sure else said.suggested).format(one_line(answer.solution.title))
        facts = _facts(said, answer.category, question, None if sure else answer.confidence)
        return Reply(language, headline, _body(said, answer.solution), facts, link, question, feedback=True)

    def later(self, project: str, category: Category, solution: Solution, question_id: str, language: str) -> Reply:
        """Tell the solution of an error that somebody asked about when there was none."""
        said = phrases(language)
        headline = said.later.format(one_line(solution.title))
        facts = _facts(said, category, question_id)
        link = self._link(project, category)
        return Reply(language, headline, _body(said, solution), facts, link, question_id, feedback=True)

    def _link(self, project: str, category: Category) -> str:
        return f"{self._base}/categories/{category.id}?project={quote(project)}" if self._base else ""


def say(language: str, headline: str) -> Reply:
    """Make a reply of one sentence."""
    return Reply(language, headline)


def category_name(category: Category) -> str:
    """Name a category in one line: its label, else what its lines have in common."""
    name = one_line(category.label or category.template or ", ".join(category.keywords))
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def one_line(text: str) -> str:
    """Put a text on one line.

    >>> one_line("a" + chr(10) + " b")
    'a b'
    """
    return " ".join(text.split())


def _body(said: Phrases, solution: Solution) -> str:
    cause = solution.cause.strip()
    return f"**{said.cause}:** {cause}\n\n{solution.body.strip()}" if cause else solution.body.strip()


def _facts(
    said: Phrases, category: Category, question: str, confidence: float | None = None
) -> tuple[tuple[str, str], ...]:
    facts = [
        (said.category, f"{category.id} {category_name(category)}"),
        (said.seen, said.seen_times.format(f"{category.count:,}")),
    ]
    if confidence is not None:
        facts.append((said.confidence, f"{confidence:.0%}"))
    if question:
        facts.append((said.question, question))
    return tuple(facts)
