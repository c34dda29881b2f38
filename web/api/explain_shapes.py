"""The shapes of an explanation; the command line prints the same."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from assistant.phrases import language_of
from knowledge_base.recognised import Candidate, How, Recognised
from knowledge_base.signature import Explanation, Stage
from knowledge_base.signature.kinds import Family
from web.api.models import EvidenceOut, Shape


class HeaderOut(Shape):
    """What stood before the message; empty where nothing told."""

    at: datetime | None
    level: str
    service: str
    host: str


class StepOut(Shape):
    """One thing that was done to the text. ``start`` and ``end`` are places in ``text``, null where not certain."""

    stage: Stage
    rule: str = Field(examples=["host with port"])
    matched: str = Field(description="The text itself; empty for a secret.", examples=["hadoop-master:8020"])
    placeholder: str = Field(examples=["<host>"])
    start: int | None
    end: int | None
    family: Family | None
    meaning: str = Field(examples=["host name, with its port"])
    example: str = Field(description="What the rule is for.", examples=["localhost:8080 → <host>"])
    inside: bool = Field(description="Whether a later step put something else over it.")


class RecognisedCandidateOut(Shape):
    """A category that may be meant."""

    category_id: str = Field(examples=["KE-12"])
    label: str | None
    lines: int = Field(description="Lines seen.")
    template_id: str | None
    template: str
    solution_id: str | None
    solution_title: str | None
    confidence: float
    evidence: EvidenceOut

    @classmethod
    def of(cls, candidate: Candidate, language: str) -> RecognisedCandidateOut:
        """Show a candidate."""
        return cls(
            category_id=candidate.category.id,
            label=candidate.category.label,
            lines=candidate.category.count,
            template_id=candidate.template.id if candidate.template else None,
            template=candidate.template.text if candidate.template else candidate.category.template,
            solution_id=candidate.solution.id if candidate.solution else None,
            solution_title=candidate.solution.title if candidate.solution else None,
            confidence=round(candidate.confidence, 4),
            evidence=EvidenceOut.of(candidate.evidence, candidate.category.id, language),
        )


class RecognisedOut(Shape):
    """What the text is recognised as. Where ``how`` is nothing, ``best`` is a guess."""

    how: How
    best: RecognisedCandidateOut | None
    runner_up: RecognisedCandidateOut | None
    threshold: float = Field(description="Confidence from which a similar one is more than a guess.")
    not_searched: str = Field(description="Why nothing similar was looked for; empty if it was or had not to be.")

    @classmethod
    def of(cls, recognised: Recognised, language: str) -> RecognisedOut:
        """Show what a text is recognised as."""
        best, second = recognised.best, recognised.runner_up
        return cls(
            how=recognised.how,
            best=RecognisedCandidateOut.of(best, language) if best else None,
            runner_up=RecognisedCandidateOut.of(second, language) if second else None,
            threshold=recognised.threshold,
            not_searched=recognised.not_searched,
        )


class ExplanationOut(Shape):
    """The way from a line to its fingerprint, and what it is recognised as."""

    text: str = Field(description="The line without secrets, as far as a signature looks at it.")
    header: HeaderOut
    json_line: bool
    steps: list[StepOut]
    more: int = Field(description="Further steps that are not listed.")
    followed: bool = Field(description="False where places could not be told to the end.")
    template: str
    key: str
    fingerprint: str
    version: str
    error_codes: list[str]
    exception_classes: list[str]
    recognised: Annotated[RecognisedOut | None, Field(description="Null where no knowledge base was asked.")]

    @classmethod
    def of(cls, explanation: Explanation, recognised: Recognised | None) -> ExplanationOut:
        """Show an explanation."""
        return cls(
            text=explanation.text,
            header=HeaderOut.model_validate(explanation.header),
            json_line=explanation.json_line,
            steps=[StepOut.model_validate(step) for step in explanation.steps],
            more=explanation.more,
            followed=explanation.followed,
            template=explanation.template,
            key=explanation.key,
            fingerprint=explanation.fingerprint,
            version=explanation.version,
            error_codes=list(explanation.error_codes),
            exception_classes=list(explanation.exception_classes),
            recognised=RecognisedOut.of(recognised, language_of(explanation.text)) if recognised else None,
        )
