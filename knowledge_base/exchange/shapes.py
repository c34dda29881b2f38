"""The shapes of rows that can be imported; what else a row holds is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from knowledge_base.errors import InputError
from knowledge_base.signature.custom.user_rules import MOST_RULES
from knowledge_base.solution_details import MOST, Details
from knowledge_base.store.asking.learnt import LearntKind
from knowledge_base.types import FactKind, SolutionState


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is out of range") from None


class FingerprintShape(_Shape):
    """A fingerprint and the version of the signature that made it."""

    version: str = Field(pattern=r"^[!-~]{1,32}$")
    fingerprint: str = Field(pattern=r"^[!-~]{1,64}$")


class TemplateShape(_Shape):
    """A template as it is exported."""

    id: str
    text: str
    codes: list[str] = []
    service: str = ""
    level: str = ""
    first_seen: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = None
    fingerprints: list[FingerprintShape] = []


class CategoryShape(_Shape):
    """A category with its templates."""

    id: str
    aliases: list[str] = []
    label: str | None = None
    ignored: bool = False
    templates: list[TemplateShape] = []


class AppliesToShape(_Shape):
    """A service, and which versions of it."""

    service: str
    version: str = ""


class LinkShape(_Shape):
    """Where more is written."""

    url: str
    title: str = ""


class VariantShape(_Shape):
    """A solution in its other language."""

    language: str
    title: str
    cause: str = ""
    body: str = ""


class DetailsShape(_Shape):
    """What a solution says besides its words."""

    language: str = ""
    applies: list[AppliesToShape] = Field([], max_length=MOST)
    links: list[LinkShape] = Field([], max_length=MOST)
    variants: list[VariantShape] = Field([], max_length=MOST)

    def read(self) -> Details:
        """Give it as solutions hold it; raises InputError for what they cannot hold."""
        return Details.read(self.model_dump())


class SolutionShape(_Shape):
    """A solution and the categories that it helps with, or will once it is published."""

    id: str = Field(min_length=1, max_length=200)
    title: str
    cause: str = ""
    body: str
    author: str = ""
    category_ids: list[str] = []
    state: SolutionState = SolutionState.PUBLISHED
    details: DetailsShape | None = None


class RulesShape(_Shape):
    """The masking rules of a project's users, in their order."""

    rules: list[dict[str, object]] = Field(max_length=MOST_RULES)


class KeepRuleShape(_Shape):
    """What a rule that keeps a category asks for; an empty condition asks for nothing."""

    code: str = ""
    template: str | None = None
    pattern: str = ""
    service: str = ""
    category: str
    enabled: bool = True
    actor: str = ""
    at: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = None
    reason: str = ""


class KeepRulesShape(_Shape):
    """The rules of a project that keep templates in a category, in their order."""

    rules: list[KeepRuleShape] = Field(max_length=MOST_RULES)


class FactShape(_Shape):
    """What a person said of two templates."""

    kind: FactKind
    left: str
    right: str


class LearntShape(_Shape):
    """What was said of all questions with one form."""

    kind: LearntKind
    form: str = Field(pattern=r"^[0-9a-f]{32}$")
    version: str = Field(pattern=r"^[!-~]{1,32}$")
    template: str
    text: str
    people: int = Field(ge=0, lt=2**31)
    actor: str = Field(min_length=1, max_length=200)
    at: Annotated[AwareDatetime, AfterValidator(_in_utc)]


class ThresholdsShape(_Shape):
    """The confidences from which a project of its own thresholds answers and suggests."""

    answer: float = Field(ge=0, le=1)
    suggest: float = Field(ge=0, le=1)


AnyShape = CategoryShape | SolutionShape | FactShape | RulesShape | KeepRulesShape | LearntShape | ThresholdsShape

_SHAPES: dict[str, type[AnyShape]] = {
    "rules": RulesShape,
    "category": CategoryShape,
    "solution": SolutionShape,
    "fact": FactShape,
    "learnt": LearntShape,
    "keep_rules": KeepRulesShape,
    "thresholds": ThresholdsShape,
}


def read_shape(values: Mapping[str, object]) -> AnyShape | None:
    """Read a row; None for a kind that is derived anew. Raises InputError naming the field that is wrong."""
    shape = _SHAPES.get(str(values.get("type")))
    if shape is None:
        return None
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the row"
        raise InputError(f"{where}: {first['msg'].lower()}") from None
