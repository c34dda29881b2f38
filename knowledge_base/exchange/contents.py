"""Which tables an export holds, in the order in which they are written, and which it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from knowledge_base.store.asking.learnt import LearntKind
from knowledge_base.store.grouping.proposal_values import ProposalKind
from knowledge_base.store.metadata import METADATA
from knowledge_base.types import FactKind, Outcome, SolutionState, Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """A table that is exported.

    ``derived`` are columns that another home fills by itself, with what they begin with there. ``scrubbed`` are texts
    that were scrubbed when they were kept, and are again when they are imported. ``numbered`` names the sequence that
    its ``id`` comes from. ``choices`` are the words that a column may hold. ``points`` says by column which table's
    ``id`` stands there; 0 and nothing stand for none. ``hashes`` are numbers that fill all of eight bytes. A table
    that ``is_alone`` may have a row in an empty project.
    """

    name: str
    derived: Mapping[str, object] = field(default_factory=dict)
    scrubbed: tuple[str, ...] = ()
    numbered: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    points: Mapping[str, str] = field(default_factory=dict)
    hashes: tuple[str, ...] = ()
    is_alone: bool = False

    @property
    def table(self) -> Table:
        """The table itself."""
        return METADATA.tables[self.name]


_OF_TEMPLATE = {"template": "template"}

KEPT = (
    Kept("rule_set"),
    Kept("category", numbered="category", points={"merged_into": "category", "solution": "solution"}),
    Kept(
        "template",
        scrubbed=("text",),
        numbered="template",
        points={"category": "category"},
    ),
    Kept("fingerprint", points=_OF_TEMPLATE),
    Kept("term_state", is_alone=True),
    Kept("term"),
    Kept("category_terms", points={"category": "category"}),
    Kept("wildcard", points=_OF_TEMPLATE, hashes=("place",)),
    Kept("wildcard_sighting", hashes=("place", "word")),
    Kept("solution", derived={"generation": 0}, numbered="solution", choices={"state": tuple(SolutionState)}),
    Kept("solution_version", points={"solution": "solution"}),
    Kept("solution_service", points={"solution": "solution"}),
    Kept("solution_review", points={"solution": "solution"}),
    Kept("solution_autosave"),
    Kept("draft", points={"solution": "solution", "category": "category"}),
    Kept(
        "fact",
        numbered="fact",
        choices={"kind": tuple(FactKind)},
        points={"left": "template", "right": "template"},
    ),
    Kept("proposal", numbered="proposal", choices={"kind": tuple(ProposalKind)}),
    Kept(
        "question",
        scrubbed=("text", "asked"),
        numbered="question",
        choices={"outcome": tuple(Outcome)},
    ),
    Kept(
        "feedback",
        scrubbed=("comment",),
        choices={"verdict": tuple(Verdict)},
        points={"question": "question"},
    ),
    Kept(
        "learnt",
        scrubbed=("text",),
        numbered="learnt",
        choices={"kind": tuple(LearntKind)},
        points=_OF_TEMPLATE,
    ),
    Kept("project_backend", derived={"untidy": False}, is_alone=True),
    Kept(
        "representative",
        derived={"generation": 0, "removed": False},
        scrubbed=("text",),
        numbered="representative",
        points={"category": "category"},
    ),
    Kept("care", points={"category": "category"}),
    Kept("keep_rule", numbered="keep_rule", points={"category": "category", "template": "template"}),
    Kept("queue_view", numbered="queue_view"),
    Kept("audit", derived={"imported_by": ""}, numbered="audit", points={"category": "category"}),
    Kept("recluster_move"),
    Kept("recluster_alias"),
    Kept("count_minute", points=_OF_TEMPLATE),
    Kept("count_hour", points=_OF_TEMPLATE),
    Kept("count_day", points=_OF_TEMPLATE),
    Kept("sample", scrubbed=("text",), points=_OF_TEMPLATE),
    Kept("recent", scrubbed=("text",)),
)

LEFT_OUT: Mapping[str, str] = {
    "account": "tokens of programs: who may come in is a matter of each home",
    "category_sum": "computed anew",
    "change": "numbers the changes of one home for those that follow it",
    "demand": "computed anew",
    "demand_service": "computed anew",
    "demand_state": "computed anew",
    "event_source": "belongs to the sources that this home reads",
    "event_time": "belongs to the sources that this home reads",
    "inbox": "messages of the chats that this home is connected to",
    "lease": "says which process works now",
    "outbox": "a delivery must not be sent from two homes",
    "person": "accounts: who may come in is a matter of each home",
    "person_role": "accounts: who may come in is a matter of each home",
    "position": "how far this home has read its sources; it may hold lines that are not complete yet",
    "project": "written in the line that begins a project",
    "queue_text": "computed anew",
    "refused": "rows of the sources that this home reads",
    "representative_reading": "read anew",
    "representative_vector": "embedded anew; the vectors in use are with the representatives",
    "session": "accounts: who may come in is a matter of each home",
    "sequence": "follows the highest number",
    "solution_health": "computed anew",
    "solution_reading": "read anew",
    "solution_vector": "embedded anew",
    "source_minute": "belongs to the sources that this home reads",
    "trial": "attempts to sign in to this home",
    "watch_hour": "computed anew",
    "watch_state": "computed anew",
}

BY_NAME: Mapping[str, Kept] = {each.name: each for each in KEPT}
