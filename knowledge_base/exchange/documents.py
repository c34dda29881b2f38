"""What may stand in columns that hold JSON: whoever reads a document later finds it as Kea writes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from knowledge_base.errors import InputError
from knowledge_base.exchange.undo_documents import (
    UNDO,
    DetailsDocument,
    Document,
    Number,
    ReasonDocument,
    WordsDocument,
)
from knowledge_base.solution_details import Details
from knowledge_base.store.rules.rule_documents import read_document


class _Grounds(Document):
    threshold: float = 0.0
    runner_up: Number | None = None
    runner_up_score: float = 0.0
    words: list[str] = Field(default=[])
    codes: list[str] = Field(default=[])
    concepts: list[str] = Field(default=[])
    against: list[str] = Field(default=[])
    inside: float = 0.0
    going: list[Annotated[tuple[Number, float], Field(strict=False)]] = Field(default=[])
    version: str = ""


class _Autosaved(Document):
    model_config = ConfigDict(extra="forbid")
    fields: list[Annotated[tuple[str, str], Field(strict=False)]]


class _Conflict(Document):
    keeps: str
    template: str
    reason: str


class _Told(Document):
    """What is shown of an act, whichever it is."""

    categories: list[str] = Field(default=[])
    from_: str = Field(default="", alias="from")
    reason: str = ""
    undone: str = ""
    proposal: str | None = None
    rule: str | None = None


class _ToldMerge(_Told):
    merged: list[str] = Field(default=[])


_SHAPES: Mapping[tuple[str, str], Any] = {
    ("rule_set", "conflicts"): list[_Conflict],
    ("template", "reason"): ReasonDocument,
    ("recluster_move", "reason"): ReasonDocument,
    ("category_terms", "terms"): dict[str, int | Annotated[tuple[int, str], Field(strict=False)]],
    ("solution_version", "details"): DetailsDocument,
    ("solution_review", "words"): WordsDocument,
    ("solution_autosave", "words"): _Autosaved,
    ("proposal", "detail"): _Grounds,
}


def check_documents(table: str, values: Mapping[str, Any]) -> None:
    """Look at the documents of a row. Raises InputError naming the column and the member that is wrong."""
    for (of, column), shape in _SHAPES.items():
        if of == table:
            _check(column, shape, values[column])
    if table == "audit":
        _check("detail", _ToldMerge if values["action"] == "merge" else _Told, values["detail"])
    if table == "audit" and values["undo"] is not None:
        _check("undo", UNDO.get(values["action"], dict[str, Any]), values["undo"])
    try:
        for details in _details_in(table, values):
            Details.read(details)
        for rule in values["rules"] if table == "rule_set" else ():
            read_document(rule)
    except InputError as error:
        raise InputError(f"{'rules' if table == 'rule_set' else 'the solution'}: {error}") from None


def _details_in(table: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if table == "solution_version":
        return [values["details"]]
    if table == "solution_review":
        return [values["words"]["details"]]
    review = (values["undo"] or {}).get("review") if table == "audit" else None
    return [review["words"]["details"]] if review and values["action"] in ("publish", "unpublish") else []


def _check(column: str, shape: Any, document: object) -> None:
    try:
        _adapter(shape).validate_python(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, (column, *first["loc"])))[:80]
        raise InputError(f"{where}: {first['msg'].lower()[:300]}") from None


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    is_model = isinstance(shape, type) and issubclass(shape, Document)
    return TypeAdapter(shape, config=None if is_model else ConfigDict(strict=True))
