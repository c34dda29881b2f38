"""Question to answer: outcome, confidence and evidence; what was asked and said is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from knowledge_base.confidence import confidence
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import Match
from knowledge_base.scrub import scrub
from knowledge_base.settings import Settings
from knowledge_base.store import categories, questions, solutions
from knowledge_base.store.questions import NewQuestion
from knowledge_base.types import Answer, Candidate, Outcome, Question, Verdict

TEXT_LIMIT = 100_000
CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Considered:
    """A question that was thought about and is not kept yet."""

    question: Question
    answer: Answer
    matches: tuple[Match, ...]
    form: str


class Assistant:
    """Answers from one knowledge base; keeps nothing of its own."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge

    def ask(self, question: Question, *, record: bool = True) -> Answer:
        """Answer a question; with ``record`` it is kept, scrubbed, and the answer carries its id.

        Raises InputError for an empty or far too long text, NotFound for an unknown project.
        """
        considered = self.consider(question)
        if not record:
            return considered.answer
        with self.knowledge.store.write() as db:
            return self.keep(db, considered)

    def consider(self, question: Question) -> Considered:
        """Answer a question without keeping it; raises what ``ask`` raises."""
        if not question.text.strip():
            raise InputError("there is nothing to look up: paste the error message")
        if len(question.text) > TEXT_LIMIT:
            raise InputError(f"the text has {len(question.text)} characters, {TEXT_LIMIT} are allowed")
        found = self.knowledge.match(question.project, question.text, limit=CANDIDATES)
        return Considered(question, self._answer(question.project, found.matches), found.matches, found.form)

    def keep(self, db: Connection, considered: Considered) -> Answer:
        """Keep a question within the caller's write transaction; the answer carries its id."""
        new = _new_question(considered)
        kept = questions.record(db, considered.question.project, new, self.knowledge.clock())
        return replace(considered.answer, question_id=kept)

    def _answer(self, project: str, matches: tuple[Match, ...]) -> Answer:
        with self.knowledge.store.read() as db:
            linked = categories.solutions_of(db, project, [each.category for each in matches])
            candidates = tuple(_candidate(each, linked.get(each.category)) for each in matches)
            if not candidates:
                return Answer(Outcome.UNKNOWN, 0.0, None, None, (), None)
            best = candidates[0]
            outcome = outcome_of(best.score, solved=best.solution_id is not None, settings=self.knowledge.settings)
            if outcome is Outcome.UNKNOWN:
                return Answer(outcome, best.score, None, None, candidates, best.evidence)
            category = categories.get(db, project, matches[0].category)
            solution = solutions.get(db, project, linked[matches[0].category]) if best.solution_id else None
        return Answer(outcome, best.score, category, solution, candidates, best.evidence)

    def give_feedback(self, project: str, question_id: str, *, user: str, verdict: Verdict, comment: str = "") -> None:
        """Keep what a person says of an answer. Raises NotFound, InputError."""
        with self.knowledge.store.write() as db:
            questions.give_feedback(
                db,
                project,
                question_id,
                user=user,
                verdict=verdict,
                comment=scrub(comment),
                now=self.knowledge.clock(),
            )


def outcome_of(score: float, *, solved: bool, settings: Settings) -> Outcome:
    """Tell how a question ends whose best candidate has this confidence, and a solution or none."""
    if score < settings.suggest_threshold:
        return Outcome.UNKNOWN
    if not solved:
        # Without a solution there is only "we know this error", which must not be a guess.
        return Outcome.KNOWN_UNSOLVED if score >= settings.answer_threshold else Outcome.UNKNOWN
    return Outcome.ANSWERED if score >= settings.answer_threshold else Outcome.SUGGESTED


def _new_question(considered: Considered) -> NewQuestion:
    question, answer, matches = considered.question, considered.answer, considered.matches
    known = answer.category is not None
    solution = answer.solution
    return NewQuestion(
        channel=question.channel,
        thread=question.thread,
        user=question.user,
        text=scrub(question.text),
        form=considered.form,
        outcome=answer.outcome,
        confidence=answer.confidence,
        category=matches[0].category if known else None,
        template=matches[0].template if known else None,
        solution=number_of(Prefix.SOLUTION, solution.id) if solution else None,
        solution_version=solution.version if solution else None,
        detail={"candidates": [[each.category_id, round(each.score, 4)] for each in answer.candidates]},
    )


def _candidate(match: Match, solution: int | None) -> Candidate:
    return Candidate(
        category_id=public_id(Prefix.CATEGORY, match.category),
        solution_id=None if solution is None else public_id(Prefix.SOLUTION, solution),
        score=confidence(match.score),
        evidence=match.evidence,
    )
