"""The shapes of the API; apart from tables and from what passes between the floors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge_base import types
from knowledge_base.store import questions
from knowledge_base.types import Outcome, SolutionState, Verdict, Why


class Shape(BaseModel):
    """What all shapes have in common: unknown members are refused, so that a typing error is seen."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class ProblemOut(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(examples=["urn:kea:problem:not-found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no category KE-12 in project 'default'"])
    instance: str = Field(examples=["/api/v1/categories/KE-12"])


class CategoryOut(Shape):
    """A category. ``id`` is the one that counts now, also where an alias was asked for."""

    id: str = Field(examples=["KE-12"])
    label: str | None = Field(examples=["Table not found"])
    status: Literal["unlabelled", "labelled", "answered", "ignored", "evicted"]
    keywords: list[str]
    template: str = Field(examples=["Table not found - table <table> cannot be resolved"])
    systems: list[str] = Field(description="Services that its lines came from.")
    templates: int = Field(description="Templates that are alive.")
    count: int = Field(description="Lines seen.")
    asked: int = Field(description="Questions asked.")
    first_seen: datetime
    last_seen: datetime
    solution_id: str | None = Field(examples=["S-3"])
    aliases: list[str] = Field(description="Ids that were merged into this one; they resolve for ever.")
    evicted_at: datetime | None = Field(description="When it made room for newer ones; then its texts are gone.")

    @classmethod
    def of(cls, category: types.Category) -> CategoryOut:
        """Show a category."""
        return cls.model_validate(category)


class ReasonOut(Shape):
    """Why a template is in its category."""

    why: Why
    score: float
    threshold: float
    runner_up: str | None
    runner_up_score: float
    words: list[str]
    actor: str


class TemplateOut(Shape):
    """A template and why it is where it is."""

    id: str = Field(examples=["T-34"])
    category_id: str = Field(examples=["KE-12"])
    text: str
    reason: ReasonOut
    count: int
    first_seen: datetime
    last_seen: datetime
    evicted_at: datetime | None = Field(description="When it made room for newer ones; then its text is gone.")


class SampleOut(Shape):
    """A scrubbed line."""

    template_id: str
    at: datetime
    service: str
    text: str


class SolutionOut(Shape):
    """One version of a solution; ``body`` is Markdown. A draft is sent to nobody and names what it is meant for."""

    id: str = Field(examples=["S-3"])
    version: int
    title: str
    cause: str
    body: str
    author: str
    at: datetime
    category_ids: list[str]
    state: SolutionState

    @classmethod
    def of(cls, solution: types.Solution) -> SolutionOut:
        """Show a solution."""
        return cls.model_validate(solution)


class EvidenceOut(Shape):
    """Why a candidate was chosen."""

    kind: Literal["exact", "code", "similarity"]
    words: list[str]
    codes: list[str]
    matched: str


class CandidateOut(Shape):
    """A category that may be meant."""

    category_id: str
    solution_id: str | None
    score: float
    evidence: EvidenceOut


class GuessOut(Shape):
    """What is nearest to a question that Kea does not know."""

    category_id: str = Field(examples=["KE-12"])
    name: str = Field(examples=["Table not found"])
    confidence: float = Field(examples=[0.41])


class AskIn(Shape):
    """A question: the error as it was pasted."""

    text: Annotated[str, Field(examples=["FAILED: ODPS-0130131:[1,15] Table not found - table dw.orders"])]
    thread: Annotated[str, Field(max_length=400)] = ""


class AnswerOut(Shape):
    """What Kea says. ``outcome`` is unknown where it would be a guess; candidates are always there."""

    outcome: Outcome
    decision: Literal["answer", "suggest", "none"]
    confidence: float
    question_id: str | None
    category: CategoryOut | None
    solution: SolutionOut | None
    candidates: list[CandidateOut]
    evidence: EvidenceOut | None
    nearest: GuessOut | None = Field(description="Of an unknown question: what is nearest, only a guess.")
    recognised: str = Field(description="What was taken for the error; empty where that is all of the text.")
    left_out: int = Field(description="Further errors of the text that were not looked up; told with the last answer.")
    further: list[AnswerOut] = Field(default=[], description="The answers to further errors in the same text.")
    asked_by_others: int = Field(description="Other people who asked the same within 7 days, where nobody solved it.")

    @classmethod
    def of(cls, answer: types.Answer, *further: types.Answer) -> AnswerOut:
        """Show an answer, and those to further errors in the same text."""
        return cls(
            outcome=answer.outcome,
            decision=answer.outcome.decision,
            confidence=round(answer.confidence, 4),
            question_id=answer.question_id,
            category=CategoryOut.of(answer.category) if answer.category else None,
            solution=SolutionOut.of(answer.solution) if answer.solution else None,
            candidates=[CandidateOut.model_validate(each) for each in answer.candidates],
            evidence=EvidenceOut.model_validate(answer.evidence) if answer.evidence else None,
            nearest=GuessOut.model_validate(answer.nearest) if answer.nearest else None,
            recognised=answer.recognised,
            left_out=answer.left_out,
            further=[cls.of(each) for each in further],
            asked_by_others=answer.asked_by_others,
        )


class QuestionOut(Shape):
    """A question that was asked, scrubbed."""

    id: str = Field(examples=["Q-5"])
    channel: str
    user: str
    text: str
    outcome: Outcome
    confidence: float
    category_id: str | None
    solution_id: str | None
    verdict: Verdict | None
    at: datetime
    escalated_at: datetime | None = Field(description="When it was handed over to a person.")
    escalated_by: str
    closed_at: datetime | None = Field(description="When somebody was done with it.")

    @classmethod
    def of(cls, question: questions.AskedQuestion) -> QuestionOut:
        """Show a question."""
        return cls.model_validate(question)


class SolutionIn(Shape):
    """The words of a solution; ``body`` is Markdown."""

    title: Annotated[str, Field(examples=["The table is missing, or its partition was dropped"])]
    cause: str = ""
    body: Annotated[str, Field(examples=["1. Check it: `SHOW TABLES LIKE 'ods_trade*';`"])] = ""
