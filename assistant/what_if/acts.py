"""The acts that can be tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.curation.keeping.keep_changes import KeepPlan
from knowledge_base.signature.custom.user_rules import UserRule


@dataclass(frozen=True, slots=True)
class Merge:
    """Putting categories into one, as ``curation.merge`` does."""

    into: str
    others: Sequence[str]


@dataclass(frozen=True, slots=True)
class Split:
    """Making a category of templates, as ``curation.split`` does."""

    category_id: str
    template_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Move:
    """Putting a template into another category, as ``curation.move`` does."""

    template_id: str
    into: str


@dataclass(frozen=True, slots=True)
class Adopt:
    """Taking label and solution of another category over, as accepting such a proposal does."""

    category_id: str
    other: str


@dataclass(frozen=True, slots=True)
class Label:
    """Giving categories a name, as ``curation.label_all`` does; an empty one takes the names away."""

    category_ids: Sequence[str]
    label: str


@dataclass(frozen=True, slots=True)
class Apart:
    """Keeping two categories apart, as ``curation.keep_apart`` does."""

    category_id: str
    other: str


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Saying that a proposal is wrong, as ``curation.dismiss`` does."""

    proposal_id: str


@dataclass(frozen=True, slots=True)
class Keep:
    """A change of the rules that keep templates, as ``keep_changes.plan_keep`` worked it out."""

    plan: KeepPlan


@dataclass(frozen=True, slots=True)
class Rules:
    """Other rules in place of all that hold, once the templates follow them.

    At most so many templates, the oldest ones, and recent lines are looked at.
    """

    rules: Sequence[UserRule]
    most_templates: int = 1_000
    most_recent: int = 5_000


Act = Merge | Split | Move | Adopt | Label | Apart | Dismiss | Keep | Rules
