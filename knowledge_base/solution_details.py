"""What a solution says beside its text: where it applies, where more is written, how it reads in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from knowledge_base.errors import InputError

LANGUAGES = ("en", "zh")
MOST = 50
NAME_LIMIT, URL_LIMIT = 200, 2_000
TITLE_LIMIT, CAUSE_LIMIT, BODY_LIMIT = 300, 10_000, 100_000


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """A service, and which versions of it in words; an empty version means all. Raises InputError without a service."""

    service: str
    version: str = ""

    def __post_init__(self) -> None:
        if not self.service.strip():
            raise InputError(f"name the service that {self.version[:80]!r} is a version of")
        _require_short("service", self.service, NAME_LIMIT)
        _require_short("version", self.version, NAME_LIMIT)


@dataclass(frozen=True, slots=True)
class Link:
    """Where more is written. Raises InputError unless the address begins with http:// or https://."""

    url: str
    title: str = ""

    def __post_init__(self) -> None:
        _require_short("address", self.url, URL_LIMIT)
        _require_short("name of a link", self.title, NAME_LIMIT)
        try:
            parts = urlsplit(self.url)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address or any(each.isspace() for each in self.url):
            raise InputError(f"{self.url[:80]!r} is no address; begin it with https:// or http://")

    @property
    def name(self) -> str:
        """What the link is shown as."""
        return self.title or self.url


@dataclass(frozen=True, slots=True)
class Variant:
    """The same solution in another language. Raises InputError for an unknown language or without a title."""

    language: str
    title: str
    cause: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise InputError(f"{self.language[:80]!r} is no language of variants: use {' or '.join(LANGUAGES)}")
        if not self.title.strip():
            raise InputError(f"the variant in {self.language!r} needs a title")
        _require_short("title", self.title, TITLE_LIMIT)
        _require_short("cause", self.cause, CAUSE_LIMIT)
        _require_short("body", self.body, BODY_LIMIT)


@dataclass(frozen=True, slots=True)
class Details:
    """All of that; ``language`` is that of the text itself, empty where nobody said it.

    Raises InputError for a language that is there twice, and for far too many of anything.
    """

    language: str = ""
    applies: tuple[AppliesTo, ...] = ()
    links: tuple[Link, ...] = ()
    variants: tuple[Variant, ...] = ()

    def __post_init__(self) -> None:
        if self.language and self.language not in LANGUAGES:
            raise InputError(f"{self.language[:80]!r} is no language of solutions: use {' or '.join(LANGUAGES)}")
        if max(len(self.applies), len(self.links)) > MOST:
            raise InputError(f"a solution has {MOST} conditions and {MOST} links at most")
        spoken = [*filter(None, [self.language]), *(each.language for each in self.variants)]
        if len(spoken) != len(set(spoken)):
            raise InputError("each language may be there once; put both texts together")

    def document(self) -> dict[str, Any]:
        """Write it as it is kept; what is empty is left out.

        >>> Details(applies=(AppliesTo("spark", "3.5"),)).document()
        {'applies': [{'service': 'spark', 'version': '3.5'}]}
        """
        found = {
            "language": self.language,
            "applies": [{"service": each.service, "version": each.version} for each in self.applies],
            "links": [{"url": each.url, "title": each.title} for each in self.links],
            "variants": [
                {"language": each.language, "title": each.title, "cause": each.cause, "body": each.body}
                for each in self.variants
            ],
        }
        return {name: value for name, value in found.items() if value}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Details:
        """Read what ``document`` wrote."""
        return cls(
            language=document.get("language", ""),
            applies=tuple(AppliesTo(**each) for each in document.get("applies", ())),
            links=tuple(Link(**each) for each in document.get("links", ())),
            variants=tuple(Variant(**each) for each in document.get("variants", ())),
        )


def language_of(text: str) -> str:
    """Tell which of the two languages a text is in: Chinese where a tenth of its letters is.

    >>> language_of("The disk is full"), language_of("磁盘已满：No space left")
    ('en', 'zh')
    """
    letters = sum(each.isalpha() for each in text)
    chinese = sum("\u4e00" <= each <= "\u9fff" for each in text)
    return "zh" if chinese and chinese * 10 >= letters else "en"


def _require_short(name: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise InputError(f"the {name} has {len(text)} characters, {limit} are allowed")
