"""What people say of categories that moves nothing: a name, or that errors differ; foreseen, and not done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.curation.foreseeing.foreseeing import looking
from knowledge_base.curation.grouping.apart import two_apart
from knowledge_base.curation.grouping.proposals import all_pairs, contrary, require_open
from knowledge_base.curation.labels import name_of
from knowledge_base.errors import InputError
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import AskedQuestion
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.grouping.proposal_values import ProposalKind
from knowledge_base.store.grouping.proposals import Chosen
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind

MOST_SHOWN = 10
MOST_CLOSED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What would be said of categories, which are named by their numbers.

    ``questions`` so many were answered under their names, ``examples`` has the newest. ``links`` facts of a ``kind``
    would be kept, and the ``proposals`` closed.
    """

    categories: tuple[int, ...]
    questions: int = 0
    examples: tuple[AskedQuestion, ...] = ()
    kind: FactKind | None = None
    links: int = 0
    proposals: tuple[str, ...] = ()


def foresee_label(store: Store, db: Connection, project: str, category_ids: Sequence[str], text: str) -> Saying:
    """Foresee ``curation.label_all``; raises what it raises, and InputError where all are called so already."""
    this = looking(store, db, project)
    name = name_of(text)
    numbers = tuple(dict.fromkeys(map(this.category, category_ids)))
    if not numbers:
        raise InputError("choose at least one category first")
    changing = [each for each in numbers if (this.state(each).label or "") != name]
    if not changing:
        raise InputError("that changes nothing; it is called so already" if name else "that changes nothing")
    total, newest = questions.about_categories(db, project, changing, limit=MOST_SHOWN)
    return Saying(categories=numbers, questions=total, examples=tuple(newest))


def foresee_apart(store: Store, db: Connection, project: str, category_id: str, other: str) -> Saying:
    """Foresee ``curation.keep_apart``; raises what it raises."""
    this = looking(store, db, project)
    pair = two_apart(this, category_id, other)
    left, right = (categories.living_templates_of(db, project, each) for each in pair)
    about = proposals.list_proposals(db, project, Chosen(category=pair[0]), limit=MOST_CLOSED)
    closed = tuple(each.public_id for each in about if {each.left, each.right} == set(pair))
    links = len(all_pairs(left, right))
    return Saying(categories=pair, kind=FactKind.CANNOT_LINK, links=links, proposals=closed)


def foresee_dismiss(store: Store, db: Connection, project: str, proposal_id: str) -> Saying:
    """Foresee ``curation.dismiss``; raises NotFound, Conflict."""
    this = looking(store, db, project)
    found = proposals.get(db, project, proposal_id)
    require_open(found)
    kind, pairs = contrary(this, found)
    concerned = (found.left,) if found.kind is ProposalKind.SPLIT else (found.left, found.right)
    return Saying(categories=concerned, kind=kind, links=len(pairs), proposals=(found.public_id,))
