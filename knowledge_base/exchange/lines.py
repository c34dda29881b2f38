"""The lines of an export: each is checked against its table's columns when it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, create_model
from sqlmodel import SQLModel

from knowledge_base.errors import InputError
from knowledge_base.exchange.contents import BY_NAME, Kept
from knowledge_base.exchange.documents import check_documents
from knowledge_base.scrub import scrub
from knowledge_base.store.projects import NAME
from knowledge_base.store.text import storable

FORMAT = 2
LONGEST = 16_000_000
"""Characters of a line at most; the longest text that Kea keeps has 1,000,000 bytes."""

_CONFIG = ConfigDict(
    frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64", allow_inf_nan=False, strict=True
)
_LARGEST = 2**53
"""Beyond all ids and counts, far below what eight bytes hold: sequences go on behind ids, and counts are summed."""
Model = TypeVar("Model", bound=BaseModel)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is out of range") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Head(BaseModel):
    """The first line: what the file is, and the projects in it."""

    model_config = _CONFIG

    type: Literal["kea-export"] = "kea-export"
    format: int = Field(default=FORMAT, ge=1)
    schema_: str = Field(alias="schema", pattern=r"^[0-9]{4}$")
    projects: list[Annotated[str, Field(pattern=f"^{NAME.pattern}$")]] = Field(max_length=100_000)


class ProjectLine(BaseModel):
    """The line that begins a project."""

    model_config = _CONFIG

    type: Literal["project"] = "project"
    id: Annotated[str, Field(pattern=f"^{NAME.pattern}$")]
    created_at: Moment
    answer_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    suggest_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    ring: int = Field(default=0, ge=0, lt=_LARGEST)


class End(BaseModel):
    """The last line, by which a file is known to be whole; it tells how many lines stand before it."""

    model_config = _CONFIG

    type: Literal["end"] = "end"
    lines: int = Field(ge=0)


class _Line(BaseModel):
    model_config = _CONFIG


class _Kind(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    type: str = Field(max_length=64)


def kind_of(line: bytes) -> str:
    """Tell the type of a line. Raises InputError where it is no JSON object with one."""
    return _checked(_Kind, line).type


def read_head(line: bytes) -> Head:
    """Read the first line. Raises InputError."""
    return _checked(Head, line)


def read_project(line: bytes) -> ProjectLine:
    """Read the line that begins a project. Raises InputError."""
    return _checked(ProjectLine, line)


def read_end(line: bytes) -> End:
    """Read the last line. Raises InputError."""
    return _checked(End, line)


def read_row(kept: Kept, line: bytes) -> dict[str, Any]:
    """Read a row of a table, without its project. Raises InputError naming the column that is wrong."""
    values = {name: value for name, value in _checked(_model_of(kept.name), line) if name != "type"}
    check_documents(kept.name, values)
    return values


def write_row(kept: Kept, values: Mapping[str, Any]) -> str:
    """Write a row of a table."""
    return _model_of(kept.name).model_construct(type=kept.name, **values).model_dump_json() + "\n"


def columns_of(kept: Kept) -> tuple[str, ...]:
    """Name the columns that are written."""
    return tuple(each.name for each in kept.table.columns if each.name != "project" and each.name not in kept.derived)


@cache
def _model_of(name: str) -> type[BaseModel]:
    """Make the shape of a table's rows; a column that a former version did not have is what new rows begin with."""
    kept = BY_NAME[name]
    row = next(each.class_ for each in _mappers() if each.local_table is kept.table)
    fields: dict[str, Any] = {"type": (Literal[name], name)}
    for column in columns_of(kept):
        given = row.model_fields[column]
        begins: Any = (
            {"default": given.default} if given.default_factory is None else {"default_factory": given.default_factory}
        )
        fields[column] = (_type_of(kept, column, given.annotation), Field(**begins))
    return create_model(f"{name}_line", __base__=_Line, **fields)


def _type_of(kept: Kept, column: str, annotation: Any) -> Any:
    """Narrow what a column may hold to what both databases can keep."""
    if column in kept.choices:
        return Literal[tuple(map(str, kept.choices[column]))]
    optional = kept.table.c[column].nullable
    length = getattr(kept.table.c[column].type, "length", None)
    plain = get_args(annotation)[0] if optional and get_origin(annotation) is UnionType else annotation
    beyond = 2**63 if column in kept.hashes else _LARGEST
    least = 1 if column == "id" else -beyond
    cleaned = _scrubbed if column in kept.scrubbed else storable
    narrowed: Any = {
        int: Annotated[int, Field(ge=least, lt=beyond)],
        str: Annotated[str, Field(max_length=length), AfterValidator(cleaned)],
        datetime: Moment,
    }.get(plain, plain)
    return narrowed | None if optional else narrowed


def _scrubbed(text: str) -> str:
    return scrub(storable(text))


def _mappers() -> Iterable[Any]:
    return SQLModel._sa_registry.mappers  # the only list of all tables' classes


def _checked(model: type[Model], line: bytes) -> Model:
    try:
        return model.model_validate_json(line, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))[:80] or "the line"
        raise InputError(f"{where}: {first['msg'].lower()[:300]}") from None
