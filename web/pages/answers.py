"""An answer as the page shows it: the decision, what helps, and why Kea thinks so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from assistant.composing import shortened
from assistant.evidence_line import answer_line, evidence_line
from assistant.phrases import confidence_in_words, sureness
from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import categories, questions, solutions, thresholds
from knowledge_base.store.questions import AskedQuestion
from knowledge_base.types import Answer, Category, Evidence, Guess, Outcome, Solution, Verdict
from web.parts import Parts
from web.segments import Segment, marked_template, with_marks

TEXT_SHOWN, NAME_SHOWN = 600, 90
JUDGED = (Outcome.ANSWERED, Outcome.SUGGESTED)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A category that comes into question; ``line`` says why."""

    id: str
    name: str
    confidence: str
    line: str


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One card; ``answer`` and ``suggest`` are the thresholds, ``helpful`` of ``judged`` people were helped.

    ``why`` says in one line why the category was chosen, ``matched`` what the known error says, ``asked`` what the
    question does.
    """

    outcome: Outcome
    confidence: float
    sureness: str
    answer: float
    suggest: float
    category: Category | None
    solution: Solution | None
    why: str
    matched: tuple[Segment, ...]
    matched_question: bool
    asked: tuple[Segment, ...]
    nearest: Ranked | None
    runner_up: Ranked | None
    question_id: str | None
    can_judge: bool
    verdict: Verdict | None
    helpful: int
    judged: int
    others: int = 0
    recognised: str = ""
    left_out: int = 0
    handed_over_at: datetime | None = None

    @property
    def can_hand_over(self) -> bool:
        """Whether a person is offered: where nothing helped, or one was asked who is not done with it."""
        unhelped = self.solution is None or self.verdict is Verdict.NOT_HELPFUL
        return self.question_id is not None and (unhelped or self.handed_over_at is not None)


def show_answer(parts: Parts, project: str, text: str, answer: Answer, language: str) -> ShownAnswer:
    """Make the card of an answer that was just given to a text."""
    with parts.knowledge.store.read() as db:
        helpful, judged = _judged(db, project, answer.category)
        limits = thresholds.of_project(db, project, parts.settings)
    why = answer.evidence
    is_near = why is not None and (answer.category is not None or answer.nearest is not None)
    # Of what is exactly the same next to everything would be marked.
    marked = why if why and why.kind != "exact" else None
    return ShownAnswer(
        outcome=answer.outcome,
        confidence=answer.confidence,
        sureness="" if answer.category is None else sureness(answer.confidence, language),
        answer=limits.answer,
        suggest=limits.suggest,
        category=answer.category,
        solution=answer.solution,
        why=answer_line(answer, language) if is_near else "",
        matched=_matched(why, marked) if why and is_near else (),
        matched_question=bool(why and why.is_question),
        asked=with_marks(text[:TEXT_SHOWN], marked.marks) if marked and marked.marks and is_near else (),
        nearest=_ranked(answer.nearest, answer, language),
        runner_up=_ranked(answer.runner_up, answer, language),
        question_id=answer.question_id,
        can_judge=answer.outcome in JUDGED and answer.question_id is not None,
        verdict=None,
        helpful=helpful,
        judged=judged,
        others=answer.asked_by_others,
        recognised=answer.recognised[:TEXT_SHOWN],
        left_out=answer.left_out,
    )


def show_stored(db: Connection, parts: Parts, project: str, asked: AskedQuestion, language: str) -> ShownAnswer:
    """Make the card of an earlier question with what is known now: a solution written since is shown."""
    category = _category(db, project, asked.category_id)
    solution = None
    if category is not None and category.solution_id is not None:
        solution = solutions.get(db, project, number_of(Prefix.SOLUTION, category.solution_id))
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
        why="",
        matched=(),
        matched_question=False,
        asked=(),
        nearest=None,
        runner_up=None,
        question_id=asked.id,
        can_judge=asked.outcome in JUDGED,
        verdict=asked.verdict,
        helpful=helpful,
        judged=judged,
        handed_over_at=None if asked.closed_at else asked.escalated_at,
    )


def _matched(why: Evidence, marked: Evidence | None) -> tuple[Segment, ...]:
    return marked_template(why.matched[:TEXT_SHOWN], marked.matched_marks if marked else ())


def _ranked(guess: Guess | None, answer: Answer, language: str) -> Ranked | None:
    if guess is None:
        return None
    evidence = next((each.evidence for each in answer.candidates if each.category_id == guess.category_id), None)
    line = evidence_line(evidence, guess.category_id, language) if evidence else ""
    name = shortened(guess.name, NAME_SHOWN)
    return Ranked(guess.category_id, name, confidence_in_words(guess.confidence, language), line)


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
