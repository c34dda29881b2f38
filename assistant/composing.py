"""From an answer to a reply in words."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from assistant.evidence_line import answer_line
from assistant.phrases import Phrases, confidence_in_words, phrases
from assistant.reply import Reply
from assistant.shortening import closed
from knowledge_base.store.asking.escalations import HandedOver
from knowledge_base.types import Answer, Category, Guess, Outcome, Solution

NAME_LENGTH = 150
TEXT_LENGTH = 250
APPLIES_LENGTH = 150
RECOGNISED = 200


class Composer:
    """Writes replies; ``public_url`` is where Kea's pages are, empty for replies without links."""

    def __init__(self, public_url: str) -> None:
        self._base = public_url.rstrip("/")

    def answer(self, project: str, answer: Answer, language: str) -> Reply:
        """Say how a question ended, what was taken for the error, and what was not looked up."""
        said = phrases(language)
        reply = self._answer(project, answer, language)
        if answer.recognised:
            reply = replace(reply, facts=((said.recognised, shortened(answer.recognised, RECOGNISED)), *reply.facts))
        if answer.left_out:
            told = said.left_out.format(answer.left_out)
            reply = replace(reply, body=f"{closed(reply.body)}\n\n{told}" if reply.body else told)
        return reply

    def _answer(self, project: str, answer: Answer, language: str) -> Reply:
        said = phrases(language)
        question = answer.question_id or ""
        why = answer_line(answer, language)
        if answer.category is None:
            facts = _unknown_facts(said, answer, language)
            body = _waiting(said, said.unknown_body, answer)
            return Reply(language, said.unknown, body, facts, question_id=question, hand_over=bool(question))
        link = self._link(project, answer.category)
        if answer.solution is None:
            name = category_name(answer.category)
            facts = _facts(said, answer.category, question, why=why)
            return Reply(
                language,
                said.unsolved.format(name),
                _waiting(said, said.unsolved_body, answer),
                facts,
                link,
                question,
                hand_over=bool(question),
            )
        sure = answer.outcome is Outcome.ANSWERED
        headline = said.answered if sure else said.suggested
        confidence = "" if sure else confidence_in_words(answer.confidence, language)
        other = _guess(answer.runner_up, language) if answer.runner_up and not sure else ""
        facts = _facts(said, answer.category, question, confidence=confidence, why=why, other=other)
        return _solved(language, headline, answer.solution, facts, link, question)

    def later(self, project: str, category: Category, solution: Solution, question_id: str, language: str) -> Reply:
        """Tell the solution of an error that somebody asked about when there was none."""
        said = phrases(language)
        facts = _facts(said, category, question_id)
        return _solved(language, said.later, solution, facts, self._link(project, category), question_id)

    def handed_over(self, project: str, done: HandedOver, category: Category | None, language: str) -> Reply:
        """Tell engineers that a person is wanted."""
        said = phrases(language)
        facts = [(said.text, shortened(done.text, TEXT_LENGTH)), (said.asked_by, said.people.format(done.people))]
        if category is not None:
            facts.append((said.category, f"{category.id} {category_name(category)}"))
        link = f"{self._base}/ask?question={done.question_id}&project={quote(project)}" if self._base else ""
        return Reply(language, said.person_wanted.format(done.question_id), "", tuple(facts), link, done.question_id)

    def _link(self, project: str, category: Category) -> str:
        return f"{self._base}/categories/{category.id}?project={quote(project)}" if self._base else ""


def say(language: str, headline: str) -> Reply:
    """Make a reply of one sentence."""
    return Reply(language, headline)


def category_name(category: Category) -> str:
    """Name a category in one line: its label, else what its lines have in common."""
    return shortened(category.label or category.template or ", ".join(category.keywords), NAME_LENGTH)


def shortened(text: str, limit: int) -> str:
    """Put a text on one line and cut it to a length.

    >>> shortened("disk is full", 7)
    'disk i…'
    """
    line = one_line(text[: limit * 10])
    return line if len(line) <= limit else line[: limit - 1] + "…"


def one_line(text: str) -> str:
    """Put a text on one line.

    >>> one_line("a" + chr(10) + " b")
    'a b'
    """
    return " ".join(text.split())


def _solved(
    language: str, headline: str, solution: Solution, facts: tuple[tuple[str, str], ...], link: str, question: str
) -> Reply:
    said, told = phrases(language), solution.said_in(language)
    return Reply(
        language,
        headline.format(one_line(told.title)),
        _body(said, told),
        facts,
        link,
        question,
        feedback=True,
        applies=_applies(said, solution),
        links=tuple((each.title, each.url) for each in solution.details.links),
    )


def _applies(said: Phrases, solution: Solution) -> str:
    conditions = (one_line(f"{each.service} {each.version}") for each in solution.details.applies)
    return shortened(said.semicolon.join(conditions), APPLIES_LENGTH)


def _body(said: Phrases, solution: Solution) -> str:
    cause = solution.cause.strip()
    return f"**{said.cause}:** {cause}\n\n{solution.body.strip()}" if cause else solution.body.strip()


def _waiting(said: Phrases, body: str, answer: Answer) -> str:
    """Say where nobody knows a solution that a person is on it."""
    return f"{said.person_asked}\n\n{body}" if answer.handed_over else body


def _unknown_facts(said: Phrases, answer: Answer, language: str) -> tuple[tuple[str, str], ...]:
    facts = []
    if answer.nearest is not None:
        facts += [(said.nearest, _guess(answer.nearest, language)), (said.why, answer_line(answer, language))]
    if answer.question_id:
        facts.append((said.question, answer.question_id))
    if answer.asked_by_others:
        facts.append((said.same_asked, said.others_asked.format(f"{answer.asked_by_others:,}")))
    return tuple(fact for fact in facts if fact[1])


def _guess(guess: Guess, language: str) -> str:
    name = shortened(guess.name, NAME_LENGTH)
    return f"{guess.category_id} {name}, {confidence_in_words(guess.confidence, language)}"


def _facts(
    said: Phrases, category: Category, question: str, *, confidence: str = "", why: str = "", other: str = ""
) -> tuple[tuple[str, str], ...]:
    facts = (
        (said.category, f"{category.id} {category_name(category)}"),
        (said.why, why),
        (said.confidence, confidence),
        (said.runner_up, other),
        (said.seen, said.seen_times.format(f"{category.count:,}")),
        (said.question, question),
    )
    return tuple(fact for fact in facts if fact[1])
