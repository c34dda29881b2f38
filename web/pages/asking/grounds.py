"""Why a category was chosen, as a card shows it: one line, what both texts say, the runner-up."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.composing import shortened
from assistant.evidence_line import evidence_line
from assistant.phrases import confidence_in_words
from knowledge_base.types import Answer, Evidence, Guess
from web.showing.segments import Segment, marked_template, with_marks

TEXT_SHOWN, NAME_SHOWN = 600, 90


@dataclass(frozen=True, slots=True)
class Ranked:
    """A category that comes into question; ``line`` says why."""

    id: str
    name: str
    confidence: str
    line: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """``why`` says it in one line, ``matched`` what the known error says, ``asked`` what the question does."""

    why: str = ""
    matched: tuple[Segment, ...] = ()
    matched_question: bool = False
    asked: tuple[Segment, ...] = ()
    nearest: Ranked | None = None
    runner_up: Ranked | None = None


def grounds_of(answer: Answer, text: str, language: str) -> Grounds:
    """Tell why an answer to a text is what it is; of an unknown one, what is nearest."""
    if answer.category is not None:
        return grounds_for(answer, answer.category.id, text, language)
    if answer.nearest is not None:
        return grounds_for(answer, answer.nearest.category_id, text, language)
    return Grounds()


def grounds_for(answer: Answer, category_id: str, text: str, language: str) -> Grounds:
    """Tell what speaks for a category that an answer has among its candidates; nothing where it has not."""
    place = next((place for place, each in enumerate(answer.candidates) if each.category_id == category_id), None)
    if place is None:
        return Grounds()
    why = answer.candidates[place].evidence
    # Of what is exactly the same next to everything would be marked.
    marked = why if why.kind != "exact" else None
    return Grounds(
        why=evidence_line(why, category_id, language),
        matched=_matched(why, marked),
        matched_question=why.is_question,
        asked=with_marks(text[:TEXT_SHOWN], marked.marks) if marked and marked.marks else (),
        nearest=_ranked(answer.nearest, answer, language),
        runner_up=_ranked(answer.runner_up, answer, language) if place == 0 else None,
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
