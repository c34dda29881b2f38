"""An answer as the page shows it: the decision, what helps, and why Kea thinks so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import categories, questions, solutions, thresholds
from knowledge_base.store.questions import AskedQuestion
from knowledge_base.types import Answer, Candidate, Category, Evidence, Outcome, Solution, Verdict
from web.parts import Parts
from web.segments import Segment, marked_segments

TEXT_SHOWN = 600
JUDGED = (Outcome.ANSWERED, Outcome.SUGGESTED)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Another category that came into question."""

    category: Category
    score: float


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One card; ``answer`` and ``suggest`` are the thresholds, ``helpful`` of ``judged`` people were helped."""

    outcome: Outcome
    confidence: float
    answer: float
    suggest: float
    category: Category | None
    solution: Solution | None
    why: Evidence | None
    words: tuple[str, ...]
    matched: tuple[Segment, ...]
    asked: tuple[Segment, ...]
    earlier: int
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
        """Whether a person is offered: where nothing helped."""
        return self.question_id is not None and (self.solution is None or self.verdict is Verdict.NOT_HELPFUL)


def show_answer(parts: Parts, project: str, text: str, answer: Answer) -> ShownAnswer:
    """Make the card of an answer that was just given."""
    with parts.knowledge.store.read() as db:
        ranked = [_ranked(db, project, each) for each in answer.candidates[:2]]
        helpful, judged = _judged(db, project, answer.category)
        limits = thresholds.of_project(db, project, parts.settings)
    why = answer.evidence
    words = (*_words(why), *why.codes) if why else ()
    is_near = answer.category is not None or answer.nearest is not None
    nearest = ranked[0] if ranked and is_near else None
    return ShownAnswer(
        outcome=answer.outcome,
        confidence=answer.confidence,
        answer=limits.answer,
        suggest=limits.suggest,
        category=answer.category,
        solution=answer.solution,
        why=why,
        words=_words(why),
        matched=marked_segments(why.matched[:TEXT_SHOWN], words) if why else (),
        asked=marked_segments(text.strip()[:TEXT_SHOWN], words) if words else (),
        earlier=answer.category.count if answer.category else 0,
        nearest=nearest,
        runner_up=ranked[1] if len(ranked) > 1 else None,
        question_id=answer.question_id,
        can_judge=answer.outcome in JUDGED and answer.question_id is not None,
        verdict=None,
        helpful=helpful,
        judged=judged,
        others=answer.asked_by_others,
        recognised=answer.recognised[:TEXT_SHOWN],
        left_out=answer.left_out,
    )


def show_stored(db: Connection, parts: Parts, project: str, asked: AskedQuestion) -> ShownAnswer:
    """Make the card of an earlier question with what is known now: a solution written since is shown."""
    category = _category(db, project, asked.category_id)
    solution = None
    if category is not None and category.solution_id is not None:
        solution = solutions.get(db, project, number_of(Prefix.SOLUTION, category.solution_id))
    outcome = asked.outcome
    if outcome is Outcome.UNKNOWN and category is not None:
        outcome = Outcome.KNOWN_UNSOLVED  # somebody picked the right one since
    if outcome is Outcome.KNOWN_UNSOLVED and solution is not None:
        outcome = Outcome.ANSWERED
    elif outcome in JUDGED and solution is None:
        outcome = Outcome.KNOWN_UNSOLVED if category else Outcome.UNKNOWN
    helpful, judged = _judged(db, project, category)
    limits = thresholds.of_project(db, project, parts.settings)
    return ShownAnswer(
        outcome=outcome,
        confidence=asked.confidence,
        answer=limits.answer,
        suggest=limits.suggest,
        category=category,
        solution=solution,
        why=None,
        words=(),
        matched=(),
        asked=(),
        earlier=category.count if category else 0,
        nearest=None,
        runner_up=None,
        question_id=asked.id,
        can_judge=asked.outcome in JUDGED,
        verdict=asked.verdict,
        helpful=helpful,
        judged=judged,
        handed_over_at=None if asked.closed_at else asked.escalated_at,
    )


def _words(why: Evidence | None) -> tuple[str, ...]:
    """Leave out the words that are only pieces of a code that is shown beside them."""
    if why is None:
        return ()
    codes = " ".join(why.codes).lower()
    return tuple(word for word in why.words if word.lower() not in codes)


def _ranked(db: Connection, project: str, candidate: Candidate) -> Ranked:
    number = categories.resolve_public(db, project, candidate.category_id)
    return Ranked(categories.get(db, project, number), candidate.score)


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
