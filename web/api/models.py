"""The shapes of the API; apart from tables and from what passes between the floors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.evidence_line import evidence_line
from knowledge_base import types
from knowledge_base.solution_details import Details
from knowledge_base.store.asking import questions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Outcome, SolutionState, Verdict, Why


class Shape(BaseModel):
    """What all shapes have in common: unknown members are refused, so that a typing error is seen."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class PlaceOut(BaseModel):
    """What is wrong at one place of a request."""

    pointer: str = Field(examples=["/body/text"])
    detail: str = Field(examples=["Field required"])


class MeanwhileOut(BaseModel):
    """What somebody did since something was looked at."""

    actor: str = Field(examples=["Lin Wei"])
    action: str = Field(examples=["merge"])
    category_id: str | None = Field(examples=["KE-12"])
    at: datetime


class ProblemOut(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(examples=["urn:kea:problem:not-found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no category KE-12 in project 'default'"])
    instance: str = Field(examples=["/api/v1/categories/KE-12"])
    meanwhile: list[MeanwhileOut] = Field(
        default=[], description="Who did what since the `basis` of an act that is stale, newest first."
    )
    errors: list[PlaceOut] = Field(default=[], description="Where a request does not have the right shape.")


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
    rule: str | None = Field(description="The rule that keeps it here, where it is one.", examples=["R-3"])


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


class AppliesToShape(Shape):
    """A service, and which versions of it in words; an empty version means all."""

    service: str = Field(examples=["odps-sql"])
    version: str = Field(default="", examples=["≥ 3.2"])


class LinkShape(Shape):
    """Where more is written."""

    url: str = Field(examples=["https://wiki.example.com/disk"])
    title: str = ""


class VariantShape(Shape):
    """The same solution in another language; whoever asks in that language gets it."""

    language: Literal["en", "zh"]
    title: str = Field(examples=["表不存在"])
    cause: str = ""
    body: str = ""


class DetailsShape(Shape):
    """What a solution says beside its text; ``language`` is that of the text, empty where nobody said it."""

    language: Literal["", "en", "zh"] = ""
    applies: list[AppliesToShape] = Field(default_factory=list, max_length=50)
    links: list[LinkShape] = Field(default_factory=list, max_length=50)
    variants: list[VariantShape] = Field(default_factory=list, max_length=2)

    def read(self) -> Details:
        """Check it. Raises InputError."""
        return Details.read(self.model_dump())


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
    details: DetailsShape

    @classmethod
    def of(cls, solution: types.Solution) -> SolutionOut:
        """Show a solution."""
        return cls.model_validate(solution)


class ConceptOut(Shape):
    """A concept of the glossary."""

    name: str = Field(examples=["not-found"])
    english: str = Field(examples=["not found"])
    chinese: str = Field(examples=["不存在"])


class MarkOut(Shape):
    """Characters of a text that say what another text says too; ``end`` is not included."""

    start: int
    end: int
    kind: Literal["word", "code", "concept"]
    said: str = Field(description="The word, the code, or the name of the concept.")


class EvidenceOut(Shape):
    """Why a candidate was chosen. ``matched`` is what the question was compared with: a template, or a question."""

    kind: Literal["exact", "learnt", "code", "similarity"]
    line: str = Field(
        description="All of it in one line, in the language of the question; it may hold any characters.",
        examples=["Both are about: table, not found (there “does not exist”)"],
    )
    words: list[str]
    codes: list[str]
    concepts: list[ConceptOut]
    against: list[ConceptOut] = Field(
        description="What speaks against it, or nothing: a concept of the question and one of `matched`."
    )
    matched: str
    marks: list[MarkOut] = Field(
        description="Places in `recognised`, in the whole text where that is empty; only of the first candidate."
    )
    matched_marks: list[MarkOut] = Field(description="Places in `matched`; only of the first candidate.")

    @classmethod
    def of(cls, evidence: types.Evidence, category_id: str, language: str) -> EvidenceOut:
        """Show why a category was chosen."""
        return cls.model_validate(
            {
                "kind": evidence.kind,
                "line": evidence_line(evidence, category_id, language),
                "words": evidence.words,
                "codes": evidence.codes,
                "concepts": [ConceptOut.model_validate(each) for each in evidence.concepts],
                "against": [ConceptOut.model_validate(each) for each in evidence.against or ()],
                "matched": evidence.matched,
                "marks": [MarkOut.model_validate(each) for each in evidence.marks],
                "matched_marks": [MarkOut.model_validate(each) for each in evidence.matched_marks],
            }
        )


class CandidateOut(Shape):
    """A category that may be meant."""

    category_id: str
    solution_id: str | None
    score: float
    evidence: EvidenceOut

    @classmethod
    def of(cls, candidate: types.Candidate, language: str) -> CandidateOut:
        """Show a candidate."""
        return cls(
            category_id=candidate.category_id,
            solution_id=candidate.solution_id,
            score=candidate.score,
            evidence=EvidenceOut.of(candidate.evidence, candidate.category_id, language),
        )


class GuessOut(Shape):
    """A category by name: what is nearest to a question that Kea does not know, or the runner-up."""

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
    runner_up: GuessOut | None = Field(description="The second candidate, where it may be meant too.")
    recognised: str = Field(description="What was taken for the error; empty where that is all of the text.")
    left_out: int = Field(description="Further errors of the text that were not looked up; told with the last answer.")
    further: list[AnswerOut] = Field(default=[], description="The answers to further errors in the same text.")
    asked_by_others: int = Field(description="Other people who asked the same within 7 days, where nobody solved it.")
    handed_over: int = Field(description="Questions of the same error that wait for a person, where nobody solved it.")

    @classmethod
    def of(cls, answer: types.Answer, *further: types.Answer, language: str) -> AnswerOut:
        """Show an answer, and those to further errors in the same text."""
        candidates = [CandidateOut.of(each, language) for each in answer.candidates]
        return cls(
            outcome=answer.outcome,
            decision=answer.outcome.decision,
            confidence=round(answer.confidence, 4),
            question_id=answer.question_id,
            category=CategoryOut.of(answer.category) if answer.category else None,
            solution=SolutionOut.of(answer.solution) if answer.solution else None,
            candidates=candidates,
            evidence=candidates[0].evidence if candidates else None,
            nearest=GuessOut.model_validate(answer.nearest) if answer.nearest else None,
            runner_up=GuessOut.model_validate(answer.runner_up) if answer.runner_up else None,
            recognised=answer.recognised,
            left_out=answer.left_out,
            further=[cls.of(each, language=language) for each in further],
            asked_by_others=answer.asked_by_others,
            handed_over=answer.handed_over,
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
    details: Annotated[
        DetailsShape | None, Field(description="Left out, a new version keeps those that are there.")
    ] = None

    def text(self) -> SolutionText:
        """Check the words. Raises InputError."""
        return SolutionText(self.title, self.cause, self.body, self.details.read() if self.details else None)
