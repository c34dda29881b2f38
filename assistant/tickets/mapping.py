"""What a webhook's entry in the mapping file may say; ``docs/tickets.md`` describes it for its writers."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from assistant.tickets.mapping_note import PLACEHOLDER, SINCE, Note, strings_in
from assistant.tickets.parts import HeaderName, HeaderValue, Part, Ref, Secret, Variable

RESERVED = ("slack", "dingtalk")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


def _as_texts(value: object) -> object:
    """Let a condition be one value or several, written as YAML has them."""
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


Condition: TypeAlias = dict[Ref, Annotated[list[str], BeforeValidator(_as_texts)]]
"""What must stand where: one of the values at each of the places."""


class Signature(Secret):
    """How the platform signs its requests."""

    kind: Literal["hmac-hex", "hmac-base64", "token"]
    header: HeaderName
    prefix: HeaderValue = ""
    timestamp_header: HeaderName | None = None
    max_age_seconds: float = Field(default=300, gt=0, le=86_400)

    @model_validator(mode="after")
    def _only_what_is_signed(self) -> Signature:
        if self.kind == "token" and self.timestamp_header:
            raise ValueError("a token signs no timestamp; leave timestamp_header out")
        return self


class Auth(Secret):
    """How Kea shows the platform who it is."""

    kind: Literal["bearer", "basic", "header"] = "bearer"
    user: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    user_env: Variable | None = None
    header: HeaderName = "Authorization"
    prefix: HeaderValue = ""

    @model_validator(mode="after")
    def _user_for_basic(self) -> Auth:
        given = [each for each in (self.user, self.user_env) if each is not None]
        if len(given) != (1 if self.kind == "basic" else 0):
            raise ValueError("kind: basic, and only that, needs either user or user_env")
        return self


class Created(Part):
    """The event that a ticket was created; its text is asked."""

    when: Condition = Field(min_length=1)
    absent: list[Ref] = Field(default=[])
    text: list[Ref] = Field(min_length=1)
    author: Ref


class Comment(Created):
    """The event that somebody commented on a ticket; asked where the comment mentions Kea."""

    id: Ref
    mentions: list[Annotated[str, StringConstraints(min_length=2, max_length=100)]] = Field(default=["@kea"])


class Webhook(Part):
    """One ticket system: how its events come in, and how notes go out."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    project: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] = "default"
    signature: Signature
    ticket: Ref
    values: dict[Name, Ref]
    created: Created
    comment: Comment | None = None
    ignore: list[Condition] = Field(default=[])
    own: list[str] = Field(default=[])
    public: bool = False
    auth: Auth
    note: Note

    @model_validator(mode="after")
    def _fits_together(self) -> Webhook:
        if self.name in RESERVED:
            raise ValueError(f"the name {self.name} is taken; choose another")
        find = self.note.find
        queries = [] if find is None else [PLACEHOLDER.findall(value) for value in find.query.values()]
        paths = [self.note.path] + ([] if find is None else [find.path])
        used = {name for path in paths for name in PLACEHOLDER.findall(path)}
        used |= {name for query in queries for name in query if name != SINCE}
        unknown = sorted(used - set(self.values))
        if unknown:
            raise ValueError(f"{{{unknown[0]}}} is used in a path or query, but not among values")
        if self.public and not {"{public}", "{internal}"} & set(strings_in(self.note.body)):
            raise ValueError("the notes of this system know no public and internal; leave public out")
        return self
