"""What is asked and told of acts that were not done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from knowledge_base.errors import InputError
from knowledge_base.types import FactKind, Outcome, Verdict
from web.api.models import Shape
from web.api.rules import RuleShape

Id = Annotated[str, Field(max_length=40)]


class WhatIfIn(Shape):
    """The act, with the members that the act itself takes; the others are left out.

    ``merge``: category_id, others. ``split``: category_id, template_ids. ``move``: template_id, category_id (where it
    goes). ``label``: category_id, label, others that would be named alike. ``apart``: category_id, others (one).
    ``accept``: proposal_id, category_id where a merge shall keep it. ``dismiss``: proposal_id. ``rules``: rules, all of
    them as they would be.
    """

    act: Annotated[
        Literal["merge", "split", "move", "label", "apart", "accept", "dismiss", "rules"], Field(examples=["merge"])
    ]
    category_id: Annotated[Id | None, Field(examples=["KE-34"])] = None
    others: Annotated[list[Id], Field(max_length=200, default_factory=list, examples=[["KE-12"]])]
    template_ids: Annotated[list[Id], Field(max_length=1000, default_factory=list)]
    template_id: Id | None = None
    label: Annotated[str | None, Field(max_length=200, description="Empty takes the label off.")] = None
    proposal_id: Id | None = None
    rules: Annotated[list[RuleShape] | None, Field(max_length=100)] = None
    budget_seconds: Annotated[
        float, Field(gt=0, le=30, strict=True, description="When to stop asking questions again.")
    ] = 5.0

    def given(self, name: str) -> str:
        """Give a member that the act needs. Raises InputError."""
        value = getattr(self, name)
        if not isinstance(value, str):
            raise InputError(f"{self.act} needs {name}")
        return value


class MovedLineOut(Shape):
    """A line that would belong to another category; ``new`` stands for one that a split would make."""

    text: str
    template_id: str
    before: str = Field(examples=["KE-12"])
    after: str = Field(examples=["KE-34"])


class MovedLinesOut(Shape):
    """Lines that would move, of those that are stored: recent ones, and samples of the categories concerned."""

    moved: int
    of: int
    templates: int = Field(description="Templates that would move.")
    seen: int = Field(description="Lines that were ever seen of them.")
    examples: list[MovedLineOut]


class ReplyOut(Shape):
    """What a question gets."""

    outcome: Outcome
    confidence: float
    category_id: str | None
    solution_id: str | None


class ChangedAnswerOut(Shape):
    """A question that would get another answer."""

    question_id: str
    text: str
    verdict: Verdict | None = Field(description="What the asker said of the answer that was given.")
    before: ReplyOut
    after: ReplyOut


class ChangedAnswersOut(Shape):
    """Answers that would change, of the recent questions that were asked again."""

    changed: int
    of: int
    gained: int = Field(description="Questions that would get an answer and get none now.")
    lost: int = Field(description="Questions that get an answer now and would get none.")
    confirmed: int = Field(description="Changed ones whose answer was said to be helpful.")
    examples: list[ChangedAnswerOut]


class NamedOut(Shape):
    """A question that was answered under the name of a category which would be called otherwise."""

    id: str = Field(examples=["Q-7"])
    text: str
    category_id: str | None


class SayingOut(Shape):
    """What would be said of categories where nothing moves: a name, or that they are kept apart or together."""

    questions: int = Field(description="Questions that were answered under the present names.")
    examples: list[NamedOut]
    kind: FactKind | None = Field(description="What would be kept about templates.")
    links: int = Field(description="How many of these.")
    proposals: list[str] = Field(description="Proposals that would be closed.", examples=[["P-7"]])


class WhatIfOut(Shape):
    """What would change. Of each list the first 10 are shown; the numbers count all that was looked at."""

    basis: str = Field(description="Give it to the act: it is refused where somebody changed the same meanwhile.")
    lines: MovedLinesOut
    answers: ChangedAnswersOut
    seconds: float
    is_complete: bool = Field(description="Whether all recent questions and, for rules, all lines were looked at.")
    saying: SayingOut | None = Field(description="Of `label`, `apart` and `dismiss`.")
