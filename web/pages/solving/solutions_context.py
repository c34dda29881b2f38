"""What a solution's editor shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from knowledge_base.curation.solving.solution_form import SolutionForm
from knowledge_base.types import Solution, SolutionState
from web.pages.solving.solutions_compare import Part


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The version that somebody else saved, and how the text in the editor differs from it."""

    version: int
    author: str
    at: datetime
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorPage:
    """The editor. ``based_on`` is the version that a save will follow; ``restored`` says when it was autosaved.

    ``about`` is the category that a new one was begun for, or empty.
    """

    solution: Solution | None
    form: SolutionForm
    based_on: int
    about: str
    meanwhile: Meanwhile | None
    refused: str
    restored: datetime | None
    in_review: bool
    services: tuple[str, ...]
    may_publish: bool

    @property
    def path(self) -> str:
        """Where the editor sends what it holds."""
        return f"/solutions/{self.solution.id if self.solution else 'new'}"

    @property
    def is_draft(self) -> bool:
        """Whether nobody gets it yet."""
        return self.solution is None or self.solution.state is SolutionState.DRAFT


@dataclass(frozen=True, slots=True)
class Autosaved:
    """What happened to unsaved text; ``newest`` is there where somebody else saved a version meanwhile."""

    at: datetime | None
    newest: Solution | None
    path: str
