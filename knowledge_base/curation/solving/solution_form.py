"""The fields of a solution's editor, between what is autosaved and the words that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge_base.solution_details import MOST, AppliesTo, Details, Link, Variant, language_of
from knowledge_base.store.solving.solutions import SolutionText

SINGLE = ("title", "cause", "body", "language", "other_title", "other_cause", "other_body")
PAIRED = ("service", "service_version", "link_url", "link_title", "category")
OTHER = {"en": "zh", "zh": "en"}


@dataclass(frozen=True, slots=True)
class SolutionForm:
    """What an editor holds. ``pairs`` are its fields by name; ``categories`` are asked for where it is a new one."""

    title: str = ""
    cause: str = ""
    body: str = ""
    language: str = "en"
    other_title: str = ""
    other_cause: str = ""
    other_body: str = ""
    applies: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def other_language(self) -> str:
        """The language of the variant."""
        return OTHER[self.language]

    def text(self) -> SolutionText:
        """Make the words of it. Raises InputError for what is empty, too long or no address."""
        variants: tuple[Variant, ...] = ()
        if self.other_title.strip() or self.other_cause.strip() or self.other_body.strip():
            words = (self.other_title.strip(), self.other_cause.strip(), self.other_body.strip())
            variants = (Variant(self.other_language, *words),)
        details = Details(
            language=self.language,
            applies=tuple(AppliesTo(name.strip(), version.strip()) for name, version in self.applies),
            links=tuple(Link(url.strip(), title.strip()) for url, title in self.links),
            variants=variants,
        )
        return SolutionText(self.title, self.cause, self.body, details)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give all fields with their names, as a browser would send them."""
        single = [(name, getattr(self, name)) for name in SINGLE]
        applies = [pair for name, version in self.applies for pair in (("service", name), ("service_version", version))]
        links = [pair for url, title in self.links for pair in (("link_url", url), ("link_title", title))]
        return (*single, *applies, *links, *(("category", each) for each in self.categories))

    @classmethod
    def of(cls, text: SolutionText) -> SolutionForm:
        """Fill the fields with words that were kept."""
        details = text.details or Details()
        language = details.language or language_of(f"{text.title} {text.cause} {text.body}")
        other = next((each for each in details.variants if each.language == OTHER[language]), None)
        return cls(
            title=text.title,
            cause=text.cause,
            body=text.body,
            language=language,
            other_title=other.title if other else "",
            other_cause=other.cause if other else "",
            other_body=other.body if other else "",
            applies=tuple((each.service, each.version) for each in details.applies),
            links=tuple((each.url, each.title) for each in details.links),
        )

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> SolutionForm:
        """Read fields by name; unknown ones are left out, and so are empty conditions and links."""
        single: dict[str, str] = {}
        listed: dict[str, list[str]] = {name: [] for name in PAIRED}
        for name, value in pairs:
            value = value.replace("\r\n", "\n")
            if name in SINGLE:
                single[name] = value
            elif name in PAIRED and len(listed[name]) <= MOST:
                listed[name].append(value)
        if single.get("language") not in OTHER:
            single["language"] = language_of(" ".join(single.values()))
        return cls(
            **single,
            applies=_filled(listed["service"], listed["service_version"]),
            links=_filled(listed["link_url"], listed["link_title"]),
            categories=tuple(dict.fromkeys(each.strip() for each in listed["category"] if each.strip())),
        )


def _filled(first: list[str], second: list[str]) -> tuple[tuple[str, str], ...]:
    second = [*second, *[""] * len(first)]
    return tuple(pair for pair in zip(first, second, strict=False) if pair[0].strip() or pair[1].strip())
