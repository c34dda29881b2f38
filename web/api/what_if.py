"""What one correction or other rules would change, before it is done; nothing is written."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from assistant.what_if import Act, Merge, Move, Rules, Split, what_if
from knowledge_base.errors import InputError
from knowledge_base.types import Outcome, Verdict
from web.api.models import Shape
from web.api.rules import RuleShape
from web.project import PartsOf, ProjectOf

router = APIRouter(tags=["curation"])

Id = Annotated[str, Field(max_length=40)]


class WhatIfIn(Shape):
    """The act, with the members that the act itself takes; the others are left out.

    ``merge``: category_id, others. ``split``: category_id, template_ids. ``move``: template_id, category_id (where it
    goes). ``rules``: rules, all of them as they would be.
    """

    act: Literal["merge", "split", "move", "rules"]
    category_id: Annotated[Id | None, Field(examples=["KE-34"])] = None
    others: Annotated[list[Id], Field(max_length=200, default_factory=list)]
    template_ids: Annotated[list[Id], Field(max_length=1000, default_factory=list)]
    template_id: Annotated[Id | None, Field(examples=["T-34"])] = None
    rules: Annotated[list[RuleShape] | None, Field(max_length=100)] = None
    budget_seconds: Annotated[float, Field(gt=0, le=30, description="When to stop asking questions again.")] = 5.0

    def wanted(self) -> Act:
        """Tell what is meant; raises InputError naming what is missing."""
        match self.act:
            case "merge":
                return Merge(self._given("category_id", self.category_id), self.others)
            case "split":
                return Split(self._given("category_id", self.category_id), self.template_ids)
            case "move":
                target = self._given("category_id", self.category_id)
                return Move(self._given("template_id", self.template_id), target)
            case "rules":
                if self.rules is None:
                    raise InputError("rules: give all rules as they would be")
                return Rules([each.rule for each in self.rules])

    def _given(self, name: str, value: str | None) -> str:
        if value is None:
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


class WhatIfOut(Shape):
    """What would change. Of each list the first 10 are shown; the numbers count all that was looked at."""

    lines: MovedLinesOut
    answers: ChangedAnswersOut
    seconds: float
    is_complete: bool = Field(description="Whether all recent questions and, for rules, all lines were looked at.")


@router.post("/what-if", summary="Show what an act would change")
def try_act(parts: PartsOf, project: ProjectOf, wanted: WhatIfIn) -> WhatIfOut:
    """Replay stored lines and recent questions under a merge, split, move or other rules; nothing is kept.

    Refused with what the act itself would be refused with.
    """
    found = what_if(parts.knowledge, project, wanted.wanted(), budget=wanted.budget_seconds)
    return WhatIfOut.model_validate(found)
