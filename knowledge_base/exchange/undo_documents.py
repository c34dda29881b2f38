"""What the column ``undo`` of an act may hold, by action: as much as taking the act back asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from knowledge_base.types import Why

MOST_ACTS = 1_000_000
"""Acts that one act of many categories is taken back with; far more than a project has categories."""


class Document(BaseModel):
    """A document whose members are looked at strictly; what nobody reads may be there too."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)


def _time(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time without a zone")
    return text


def _not_too_many(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if sum(last - first + 1 for first, last in runs) > MOST_ACTS or any(last < first for first, last in runs):
        raise ValueError("these are no acts")
    return runs


Number = Annotated[int, Field(ge=1, lt=2**53)]
Numbers = list[Number]
Runs = Annotated[list[Annotated[tuple[int, int], Field(strict=False)]], AfterValidator(_not_too_many)]
Before = list[Annotated[tuple[Number, Number | None], Field(strict=False)]]
Pair = Annotated[tuple[float, float], Field(strict=False)]
Time = Annotated[str, AfterValidator(_time)]


class _AppliesTo(Document):
    model_config = ConfigDict(extra="forbid")
    service: str
    version: str = ""


class _Link(Document):
    model_config = ConfigDict(extra="forbid")
    url: str
    title: str = ""


class _Variant(Document):
    model_config = ConfigDict(extra="forbid")
    language: str
    title: str
    cause: str = ""
    body: str = ""


class DetailsDocument(Document):
    """What a solution says beside its text; ``Details.read`` has its say too."""

    model_config = ConfigDict(extra="forbid")
    language: str = ""
    applies: list[_AppliesTo] = []
    links: list[_Link] = []
    variants: list[_Variant] = []


class WordsDocument(Document):
    """A text that waits."""

    title: str
    cause: str
    body: str
    details: DetailsDocument


class ReasonDocument(Document):
    """Why a template is where it is."""

    why: Literal[tuple(map(str, Why))] = str(Why.FIRST)  # type: ignore[valid-type]
    score: float = 1.0
    threshold: float = 0.0
    runner_up: str | None = None
    runner_up_score: float = 0.0
    words: list[str] = []
    actor: str = ""
    rule: str | None = None


class KeepRuleDocument(Document):
    """A rule that keeps a category, as it was."""

    model_config = ConfigDict(extra="forbid")
    code: str = ""
    template: int = Field(default=0, ge=0, lt=2**53)
    pattern: str = ""
    service: str = ""
    category: Number
    enabled: bool = True
    id: Number
    actor: str = ""
    at: Time | None
    reason: str = ""


class _Review(Document):
    words: WordsDocument
    based_on: int
    author: str
    at: Time


class _Merged(Document):
    source: Number
    target: Number
    templates: Numbers
    aliases: Numbers
    label: str | None
    solution: Number | None


class _Reasons(Document):
    reason: ReasonDocument
    templates: Numbers


class _Moved(Document):
    source: Number
    target: Number
    templates: Numbers
    reason: ReasonDocument


class _Asked(Document):
    template: Number | None
    category: Number | None


_REASONS: Any = (list[_Reasons], [])
_LABEL: Mapping[str, Any] = {"label": str | None, "before": str | None}
_IGNORE: Mapping[str, Any] = {"present": (bool | None, None), "before": bool}
_SNOOZE: Mapping[str, Any] = {"until": Time | None, "before": Time | None}
_LINK: Mapping[str, Any] = {"solution": Number | None, "before": Number | None}
_FACTS: Mapping[str, Any] = {"facts": Numbers}
_TAUGHT: Mapping[str, Any] = {"learnt": Number, "contrary": (Numbers, []), "asked": (_Asked | None, None)}
_KEEP: Mapping[str, Any] = {
    "rules": list[KeepRuleDocument],
    "behind": str,
    "merges": list[_Merged],
    "moved": list[_Moved],
}
_RULES: Mapping[str, Any] = {"number": int, "before": int}
_VIEW: Mapping[str, Any] = {"name": str, "address": str, "is_shared": bool}
_PUBLISHING: Mapping[str, Any] = {
    "solution": Number,
    "review": (_Review | None, None),
    "published_minute": (int | None, None),
}

_MEMBERS: Mapping[str, Mapping[str, Any]] = {
    "label": _LABEL,
    **dict.fromkeys(("ignore", "unignore"), _IGNORE),
    "assign": {"owner": str, "before": str},
    **dict.fromkeys(("snooze", "unsnooze"), _SNOOZE),
    **dict.fromkeys(("attach", "link", "detach"), _LINK),
    "revise": {"solution": Number, "version": int, "before": int},
    "adopt": {"label": str | None, "solution": Number | None},
    **dict.fromkeys(("dismiss", "apart"), _FACTS),
    "merge": {"merges": list[_Merged], **_FACTS, "withdrawn": Numbers, "anchor": Number, "reasons": _REASONS},
    "split": {"source": Number, "templates": Numbers, **_FACTS, "withdrawn": Numbers, "reasons": _REASONS},
    "move": {"source": Number, "template": Number, **_FACTS, "withdrawn": Numbers, "reasons": _REASONS},
    **dict.fromkeys(("confirm", "reject", "pick"), _TAUGHT),
    "draft": {"solution": Number},
    "discard": {"solution": Number, "links": Numbers},
    "publish": {**_PUBLISHING, "links": Numbers, "before": Before},
    "unpublish": {**_PUBLISHING, "rows": Numbers, "version": (int | None, None)},
    **{f"{step}_keep_rule": _KEEP for step in ("add", "edit", "switch", "remove", "move")},
    **dict.fromkeys(("add_rule", "edit_rule", "remove_rule", "move_rule", "set_rules"), _RULES),
    **dict.fromkeys(("delete_view", "replace_view"), _VIEW),
    "set_thresholds": dict.fromkeys(("before", "after"), Pair | None),
    "many": {"acts": Runs},
}


def _model(action: str, members: Mapping[str, Any]) -> type[Document]:
    fields: Any = {name: given if isinstance(given, tuple) else (given, ...) for name, given in members.items()}
    return create_model(f"{action}_undo", __base__=Document, **fields)


UNDO: Mapping[str, type[Document]] = {action: _model(action, members) for action, members in _MEMBERS.items()}
"""By action; nothing reads what other acts keep."""
