"""Question to answer: outcome, confidence and evidence; what was asked and said is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from assistant.evidence import counted_evidence, marked, runner_up
from assistant.reading import Asked, Message, asked_in, asked_of, read_safely
from assistant.several import MOST, telling
from knowledge_base.curation.learning.learning_people import give_feedback
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import Match, one_for_each_solution
from knowledge_base.scrub import scrub
from knowledge_base.store.asking import escalations, questions, thresholds
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.store.grouping import categories
from knowledge_base.store.grouping.briefs import briefs
from knowledge_base.store.solving import solutions
from knowledge_base.store.wanted import demand
from knowledge_base.types import Answer, Candidate, Evidence, Guess, Outcome, Question, Verdict

TEXT_LIMIT = 100_000
CANDIDATES = 10
GUESS_FLOOR = 0.2
"""Below this confidence nothing is shown as a guess: it would be wrong four times out of five, and more."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A question that was thought about and is not kept yet."""

    question: Question
    answer: Answer
    matches: tuple[Match, ...]
    form: str
    asked: str


class Assistant:
    """Answers from one knowledge base; keeps nothing of its own."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge

    def ask(self, question: Question, *, record: bool = True) -> Answer:
        """Answer a question; with ``record`` it is kept, scrubbed, and the answer carries its id.

        Raises InputError for an empty or far too long text, NotFound for an unknown project.
        """
        considered = self.consider(question, is_complete=not record)
        if not record:
            return considered.answer
        with self.knowledge.store.write() as db:
            return self.keep(db, considered)

    def ask_each(self, question: Question, *, record: bool = True) -> tuple[Answer, ...]:
        """Answer each error in a question, in their order; raises what ``ask`` raises."""
        considered = self.consider_each(question, is_complete=not record)
        return self.keep_each(considered) if record else tuple(each.answer for each in considered)

    def keep_each(self, considered: Sequence[Considered]) -> tuple[Answer, ...]:
        """Keep questions that were considered together; the answers carry their ids."""
        with self.knowledge.store.write() as db:
            return tuple(self.keep(db, each) for each in considered)

    def consider_each(self, question: Question, *, is_complete: bool = False) -> tuple[Considered, ...]:
        """Consider each error in a question by itself; at least one, raises what ``ask`` raises.

        Fewer than two errors are considered as a whole, and so are several of which none is known.
        """
        question, message = _read(question)
        errors = message.errors
        whole = asked_of(message, question.text)
        if len(errors) < 2:
            found = errors[0].text if errors and errors[0].text != question.text.strip() else ""
            return (self._marked(_recognising(self._consider(question, whole, is_complete=is_complete), found)),)
        first = errors[:MOST]
        parts = [
            _recognising(
                self._consider(replace(question, text=each.text), asked_in(each.text), is_complete=is_complete),
                each.text,
            )
            for each in first
        ]
        if all(each.answer.category is None for each in parts):
            together = self._consider(question, whole, is_complete=is_complete)
            if together.answer.category is not None:
                return (self._marked(together),)
        kept = [
            self._marked(parts[place])
            for place in telling([part.answer for part in parts], [part.form for part in parts], first)
        ]
        last = replace(kept[-1], answer=replace(kept[-1].answer, left_out=len(errors) - len(first)))
        return (*kept[:-1], last)

    def consider(self, question: Question, *, is_complete: bool = False) -> Considered:
        """Answer a question without keeping it; raises what ``ask`` raises.

        Unless ``is_complete``, what is known exactly is not compared with anything else.
        """
        question, message = _read(question)
        return self._consider(question, asked_of(message, question.text), is_complete=is_complete)

    def _consider(self, question: Question, asked: Asked, *, is_complete: bool) -> Considered:
        found = self.knowledge.matcher.match(
            question.project,
            asked.text,
            around=asked.around,
            verbatim=question.text,
            limit=CANDIDATES,
            is_complete=is_complete,
        )
        answer = self._answer(question.project, found.matches)
        return Considered(question, answer, found.matches, found.form, asked.text)

    def keep(self, db: Connection, considered: Considered) -> Answer:
        """Keep a question within the caller's write transaction; the answer carries its id."""
        new = _new_question(considered)
        kept = questions.record(db, considered.question.project, new, self.knowledge.clock())
        others = waiting = 0
        if considered.answer.solution is None:
            project, user = considered.question.project, considered.question.user
            others = demand.asked_by_others(db, project, considered.form, user=user, now=self.knowledge.clock())
            waiting = escalations.waiting(db, project, form=considered.form, category=new.category)
        return replace(considered.answer, question_id=kept, asked_by_others=others, handed_over=waiting)

    def _answer(self, project: str, matches: tuple[Match, ...]) -> Answer:
        with self.knowledge.store.read() as db:
            # Since they were matched, people may have merged some.
            standing = categories.standing(db, project, [each.category for each in matches])
            linked = {home: solution for home, solution in standing.values() if solution is not None}
            moved = [replace(each, category=standing.get(each.category, (each.category,))[0]) for each in matches]
            matches = tuple(one_for_each_solution(moved, linked))
            counted = [counted_evidence(db, project, each) for each in matches[:1]]
            evidence = [*counted, *(each.evidence for each in matches[1:])]
            candidates = tuple(
                _candidate(each, linked.get(each.category), why) for each, why in zip(matches, evidence, strict=True)
            )
            if not candidates:
                return Answer(Outcome.UNKNOWN, 0.0, None, None, (), None)
            best = candidates[0]
            limits = thresholds.of_project(db, project, self.knowledge.settings)
            outcome = outcome_of(best.score, solved=best.solution_id is not None, thresholds=limits)
            if outcome is Outcome.UNKNOWN:
                nearest = guess(db, project, matches[0].category, best.score)
                return Answer(outcome, best.score, None, None, candidates, best.evidence, nearest=nearest)
            category = categories.get(db, project, matches[0].category)
            solution = solutions.get(db, project, linked[matches[0].category]) if best.solution_id else None
            second = runner_up(db, project, matches)
        return Answer(outcome, best.score, category, solution, candidates, best.evidence, runner_up=second)

    def _marked(self, considered: Considered) -> Considered:
        """Mark what the question and what it was matched with have in common."""
        text = considered.answer.recognised or considered.question.text
        return replace(considered, answer=marked(considered.answer, text, self.knowledge.reader))

    def give_feedback(self, project: str, question_id: str, *, user: str, verdict: Verdict, comment: str = "") -> None:
        """Keep what a person says of an answer. Raises NotFound, InputError."""
        with self.knowledge.store.write() as db:
            give_feedback(
                db,
                project,
                question_id,
                user=user,
                verdict=verdict,
                comment=scrub(comment),
                now=self.knowledge.clock(),
            )


def _read(question: Question) -> tuple[Question, Message]:
    """Take out secrets before the text is cut into errors: half a private key would not be recognised."""
    _check(question)
    text, message = read_safely(question.text)
    return replace(question, text=text), message


def _check(question: Question) -> None:
    if not question.text.strip():
        raise InputError("there is nothing to look up: paste the error message")
    if len(question.text) > TEXT_LIMIT:
        size = f"{len(question.text):,} characters, {TEXT_LIMIT:,} are allowed"
        raise InputError(f"the text has {size}; paste the part with the error message")


def _recognising(considered: Considered, error: str) -> Considered:
    """Name what was taken for the error."""
    return replace(considered, answer=replace(considered.answer, recognised=error))


def guess(db: Connection, project: str, category: int, confidence: float) -> Guess | None:
    """Name what is nearest to an unknown question; None where that is too far for a guess."""
    found = briefs(db, project, [category]).get(category) if confidence >= GUESS_FLOOR else None
    return None if found is None else Guess(found.id, found.label or found.template, confidence)


def outcome_of(score: float, *, solved: bool, thresholds: Thresholds) -> Outcome:
    """Tell how a question ends whose best candidate has this confidence, and a solution or none."""
    if score < thresholds.suggest:
        return Outcome.UNKNOWN
    if not solved:
        # Without a solution there is only "we know this error", which must not be a guess.
        return Outcome.KNOWN_UNSOLVED if score >= thresholds.answer else Outcome.UNKNOWN
    return Outcome.ANSWERED if score >= thresholds.answer else Outcome.SUGGESTED


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
        asked="" if considered.asked == question.text else scrub(considered.asked),
        outcome=answer.outcome,
        confidence=answer.confidence,
        category=matches[0].category if known else None,
        template=matches[0].template if known else None,
        solution=number_of(Prefix.SOLUTION, solution.id) if solution else None,
        solution_version=solution.version if solution else None,
        detail={"candidates": [[each.category_id, round(each.score, 4)] for each in answer.candidates]},
    )


def _candidate(match: Match, solution: int | None, evidence: Evidence) -> Candidate:
    return Candidate(
        category_id=public_id(Prefix.CATEGORY, match.category),
        solution_id=None if solution is None else public_id(Prefix.SOLUTION, solution),
        score=match.score,
        evidence=evidence,
    )
