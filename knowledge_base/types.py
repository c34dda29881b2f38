"""What passes between the stages: frozen values, no behaviour beyond their own consistency.

Times are timezone-aware and in UTC. Ids are strings: ``KE-12`` names a category, ``T-34`` a
template; they are unique over all projects and never used again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from knowledge_base.solution_details import Details

DEFAULT_PROJECT = "default"


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    KNOWN_UNSOLVED = "known_unsolved"
    UNKNOWN = "unknown"

    @property
    def decision(self) -> str:
        """The word of the command line: answer, suggest or none."""
        return {Outcome.ANSWERED: "answer", Outcome.SUGGESTED: "suggest"}.get(self, "none")


class Verdict(StrEnum):
    """What the asker said of an answer."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


class Why(StrEnum):
    """What put a template into its category."""

    FIRST = "first"
    SIMILARITY = "similarity"
    CODE = "code"
    CARDINALITY = "cardinality"
    RULE = "rule"
    PERSON = "person"


class SolutionState(StrEnum):
    """Whether people get a solution; a draft is never sent to anybody."""

    DRAFT = "draft"
    PUBLISHED = "published"


class WindowBy(StrEnum):
    """What closes a window of the clusterer."""

    COUNT = "count"
    PROCESSING = "processing"
    EVENT = "event"


class FactKind(StrEnum):
    """What a person said about two templates."""

    MUST_LINK = "must_link"
    CANNOT_LINK = "cannot_link"


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One event of a source; ``text`` may span lines.

    ``offset`` is the position right behind the event in its source (bytes of a file, number of a
    message): a source that is opened there goes on with the next event.
    """

    project: str
    source: str
    offset: int
    text: str
    at: datetime
    service: str = ""
    level: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signature:
    """A text without its variables.

    ``template`` is for people (typed placeholders such as ``<n>``), ``fingerprint`` a hash of the
    key, in which types are erased and runs of placeholders are collapsed; it is a pure function of
    the text and of ``version``.
    """

    template: str
    fingerprint: str
    version: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a template is where it is: the rule, its score beside the threshold, and the runner-up."""

    why: Why
    score: float = 1.0
    threshold: float = 0.0
    runner_up: str | None = None
    runner_up_score: float = 0.0
    words: tuple[str, ...] = ()
    actor: str = ""
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """The template and category that a line belongs to at the moment when it is written."""

    fingerprint: str
    template_id: str
    category_id: str
    similarity: float
    is_new: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A stored template with what is known about it; of an evicted one the text is gone."""

    id: str
    category_id: str
    text: str
    reason: Reason
    count: int
    first_seen: datetime
    last_seen: datetime
    example: str = ""
    evicted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A set of templates that are one error; ``id`` never changes, ``aliases`` were merged into it.

    ``templates`` counts those that are alive, ``count`` the lines of all that ever were in it.
    """

    id: str
    label: str | None
    status: str
    keywords: tuple[str, ...]
    template: str
    systems: tuple[str, ...]
    templates: int
    count: int
    asked: int
    first_seen: datetime
    last_seen: datetime
    solution_id: str | None = None
    aliases: tuple[str, ...] = ()
    evicted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """One version of what helps; ``body`` is Markdown. A draft names the categories that it is meant for."""

    id: str
    version: int
    title: str
    cause: str
    body: str
    author: str
    at: datetime
    category_ids: tuple[str, ...] = ()
    state: SolutionState = SolutionState.PUBLISHED
    details: Details = field(default_factory=Details)

    def said_in(self, language: str) -> Solution:
        """Give it with the words of its variant in a language, where it has one."""
        for each in self.details.variants:
            if each.language == language:
                return replace(self, title=each.title, cause=each.cause, body=each.body)
        return self


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked, and where."""

    project: str
    channel: str
    user: str
    text: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A concept of the glossary, and what people call it; ``chinese`` is empty where it has no Chinese wording."""

    name: str
    english: str
    chinese: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` to ``end`` (not included) of a text, which say what another text says too.

    ``kind`` is ``word``, ``code`` or ``concept``; ``said`` that word or code, or the name of the concept.
    """

    start: int
    end: int
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a candidate was chosen, in a form that a person can be shown.

    ``kind`` is ``exact``, ``learnt``, ``code`` or ``similarity``; ``words`` stand in both texts. ``against`` is what
    speaks against it: a concept of the question beside one of ``matched``, which is a question itself where
    ``is_question``. ``seen`` counts the lines that are exactly the same. ``marks`` are places in what was recognised
    as the error, else in the whole question; ``matched_marks`` are places in ``matched``; ``wordings`` tell in which
    words ``matched`` says concepts that the question says in others. Only the first candidate has those.
    """

    kind: str
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    matched: str = ""
    concepts: tuple[Named, ...] = ()
    against: tuple[Named, Named] | None = None
    is_question: bool = False
    seen: int = 0
    last_seen: datetime | None = None
    marks: tuple[Mark, ...] = ()
    matched_marks: tuple[Mark, ...] = ()
    wordings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category that may be meant; ``score`` is in 0..1."""

    category_id: str
    solution_id: str | None
    score: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Guess:
    """A category that may be meant, by name: what is nearest to an unknown question, or the runner-up."""

    category_id: str
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What Kea says to a question; ``confidence`` that the first candidate is right, in 0..1.

    An unknown one may have a guess in ``nearest``, others a ``runner_up``; ``asked_by_others`` counts people who asked
    the same within 7 days, ``handed_over`` questions of the same error that wait for a person.
    ``recognised`` is what was taken for the error, empty where that is all of the text; ``left_out`` counts further
    errors of the same message that were not looked up.
    """

    outcome: Outcome
    confidence: float
    category: Category | None
    solution: Solution | None
    candidates: tuple[Candidate, ...]
    evidence: Evidence | None
    question_id: str | None = None
    nearest: Guess | None = None
    runner_up: Guess | None = None
    asked_by_others: int = 0
    handed_over: int = 0
    recognised: str = ""
    left_out: int = 0
