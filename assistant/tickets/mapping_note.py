"""What the mapping file may say about posting a note and about finding it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator

from assistant.tickets.parts import HeaderName, HeaderValue, Part, Ref

PLACEHOLDER = re.compile(r"\{(\w*)\}")
SINCE = "since"
BODY_PLACEHOLDERS = ("{text}", "{public}", "{internal}")

Format: TypeAlias = Literal["markdown", "adf", "html", "text"]
Template = Annotated[str, StringConstraints(pattern=r"^/[^?#\\\s]*$", max_length=1000)]


class Paging(Part):
    """How pages of a list are asked for: a query parameter that counts up until a page is empty."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    first: int = Field(default=1, ge=0)
    step: int = Field(default=1, ge=1)


class Find(Part):
    """How the notes of a ticket are listed, to look for one that may or may not have been posted."""

    path: Template
    query: dict[str, str] = Field(default={})
    page: Paging | None = None
    items: Ref | None = None
    text: Ref


class Note(Part):
    """How a note is posted on a ticket."""

    base_url: Annotated[str, StringConstraints(max_length=500)]
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    path: Template
    headers: dict[HeaderName, HeaderValue] = Field(default={})
    body: dict[str, object]
    format: Format
    limit: int = Field(ge=4_000, le=1_000_000)
    receipt: Ref | None = None
    timeout_seconds: float = Field(default=10, gt=0, le=20)
    find: Find | None = None

    @field_validator("base_url")
    @classmethod
    def _is_a_base(cls, value: str) -> str:
        parts = urlsplit(value)
        bare = not (parts.query or parts.fragment or parts.username or parts.password)
        if parts.scheme not in ("https", "http") or not parts.hostname or not bare:
            raise ValueError("give an address such as https://api.github.com, without user, query or fragment")
        return value.rstrip("/")

    @field_validator("body")
    @classmethod
    def _has_the_text(cls, value: dict[str, object]) -> dict[str, object]:
        texts = list(strings_in(value))
        if "{text}" not in texts:
            raise ValueError('nowhere "{text}": that is where the note goes')
        for text in texts:
            if PLACEHOLDER.search(text) and text not in BODY_PLACEHOLDERS:
                raise ValueError(f"a placeholder stands alone and is one of {', '.join(BODY_PLACEHOLDERS)}")
        return value


def strings_in(value: object) -> Iterator[str]:
    """Give all texts within a template."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)
