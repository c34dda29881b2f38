"""An answer as the page shows it: the decision, what helps, and why Kea thinks so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from assistant.phrases import sureness
from knowledge_base.errors import InputError, NotFound, Unavailable
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.asking import questions, thresholds
from knowledge_base.store.asking.questions import AskedQuestion
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import solutions
from knowledge_base.types import Answer, Category, Outcome, Question, Solution, Verdict
from web.pages.asking.grounds import TEXT_SHOWN, Grounds, grounds_for, grounds_of
from web.parts import Parts

JUDGED = (Outcome.ANSWERED, Outcome.SUGGESTED)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One card; ``answer`` and ``suggest`` are the thresholds, ``helpful`` of ``judged`` people were helped."""

    outcome: Outcome
    confidence: float
    sureness: str
    answer: float
    suggest: float
    category: Category | None
    solution: Solution | None
    grounds: Grounds
    question_id: str | None
    can_judge: bool
    verdict: Verdict | None
    helpful: int
    judged: int
    others: int = 0
    waiting: int = 0
    recognised: str = ""
    left_out: int = 0
    handed_over_at: datetime | None = None
    offers_person: bool = True

    @property
    def can_hand_over(self) -> bool:
        """Whether a person is offered: where nothing helped, or one was asked who is not done with it."""
        unhelped = self.solution is None or self.verdict is Verdict.NOT_HELPFUL
        wanted = unhelped or self.handed_over_at is not None
        return self.offers_person and self.question_id is not None and wanted


def show_answer(parts: Parts, project: str, text: str, answer: Answer, language: str) -> ShownAnswer:
    """Make the card of an answer that was just given to a text."""
    with parts.knowledge.store.read() as db:
        helpful, judged = _judged(db, project, answer.category)
        limits = thresholds.of_project(db, project, parts.settings)
    return ShownAnswer(
        outcome=answer.outcome,
        confidence=answer.confidence,
        sureness="" if answer.category is None else sureness(answer.confidence, language),
        answer=limits.answer,
        suggest=limits.suggest,
        category=answer.category,
        solution=answer.solution.said_in(language) if answer.solution else None,
        grounds=grounds_of(answer, text, language),
        question_id=answer.question_id,
        can_judge=answer.outcome in JUDGED and answer.question_id is not None,
        verdict=None,
        helpful=helpful,
        judged=judged,
        others=answer.asked_by_others,
        waiting=answer.handed_over,
        recognised=answer.recognised[:TEXT_SHOWN],
        left_out=answer.left_out,
    )


def show_stored(parts: Parts, project: str, asked: AskedQuestion, language: str) -> ShownAnswer:
    """Make the card of an earlier question with what is known now: a solution written since is shown."""
    with parts.knowledge.store.read() as db:
        shown = _stored(db, parts, project, asked, language)
    grounds, recognised = _grounds_now(parts, project, asked, shown.category, language)
    return replace(shown, grounds=grounds, recognised=recognised)


def _grounds_now(
    parts: Parts, project: str, asked: AskedQuestion, category: Category | None, language: str
) -> tuple[Grounds, str]:
    """Tell what speaks for a question's category now, and what was taken for the error; nothing is recorded."""
    try:
        considered = parts.assistant.consider_each(Question(project, asked.channel, asked.user, asked.text))
    except (InputError, Unavailable):
        return Grounds(), ""  # the card is worth showing without
    for each in considered:
        answer, text = each.answer, each.answer.recognised or asked.text
        found = Grounds()
        if category is not None:
            found = grounds_for(answer, category.id, text, language)
        elif answer.category is None:  # one that is known by now is answered when it is asked again
            found = grounds_of(answer, text, language)
        if found.why:
            return found, answer.recognised[:TEXT_SHOWN]
    return Grounds(), considered[0].answer.recognised[:TEXT_SHOWN]


def _stored(db: Connection, parts: Parts, project: str, asked: AskedQuestion, language: str) -> ShownAnswer:
    category = _category(db, project, asked.category_id)
    solution = None
    if category is not None and category.solution_id is not None:
        solution = solutions.get(db, project, number_of(Prefix.SOLUTION, category.solution_id)).said_in(language)
    outcome, confidence = asked.outcome, asked.confidence
    if outcome is Outcome.UNKNOWN and category is not None:
        outcome, confidence = Outcome.KNOWN_UNSOLVED, 1.0  # somebody picked the right one since
    if outcome is Outcome.KNOWN_UNSOLVED and solution is not None:
        outcome = Outcome.ANSWERED
    elif outcome in JUDGED and solution is None:
        outcome = Outcome.KNOWN_UNSOLVED if category else Outcome.UNKNOWN
    helpful, judged = _judged(db, project, category)
    limits = thresholds.of_project(db, project, parts.settings)
    return ShownAnswer(
        outcome=outcome,
        confidence=confidence,
        sureness="" if category is None else sureness(confidence, language),
        answer=limits.answer,
        suggest=limits.suggest,
        category=category,
        solution=solution,
        grounds=Grounds(),
        question_id=asked.id,
        can_judge=asked.outcome in JUDGED,
        verdict=asked.verdict,
        helpful=helpful,
        judged=judged,
        handed_over_at=None if asked.closed_at else asked.escalated_at,
    )


def _category(db: Connection, project: str, public: str | None) -> Category | None:
    if public is None:
        return None
    try:
        return categories.get(db, project, categories.resolve_public(db, project, public))
    except NotFound:
        return None


def _judged(db: Connection, project: str, category: Category | None) -> tuple[int, int]:
    if category is None:
        return 0, 0
    found = questions.feedback_of(db, project, number_of(Prefix.CATEGORY, category.id))
    return found.helpful, found.helpful + found.not_helpful
