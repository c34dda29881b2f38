"""Questions without a text that is looked up: what they say is their form, what they matched is given."""

from __future__ import annotations

import hashlib

from knowledge_base import curation
from knowledge_base.curation.learning.learning_people import give_feedback
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.asking import learnt, questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.grouping.templates import TemplateRef
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Outcome, Verdict
from tests.store.databases import MINE
from tests.store.filling import make


def form_named(name: str) -> str:
    """The form of questions that say something."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def solved(store: Store, *names: str) -> list[TemplateRef]:
    """Make templates, each in a category of its own with a solution of its own."""
    refs = make(store, *names)
    for name, ref in zip(names, refs, strict=True):
        category = public_id(Prefix.CATEGORY, ref.category)
        curation.attach(store, MINE, category, SolutionText(name, "", "do it"), actor="Mei")
    return refs


def ask(
    store: Store,
    says: str,
    ref: TemplateRef | None,
    *,
    user: str = "ann",
    text: str = "",
    outcome: Outcome = Outcome.ANSWERED,
    solution: int | None = 1,
    channel: str = "chat",
    thread: str = "",
) -> str:
    """Keep a question that was answered with a category, or with none; give its public id."""
    new = NewQuestion(
        channel=channel,
        thread=thread,
        user=user,
        text=text or f"it says {says}",
        form=form_named(says),
        outcome=outcome if ref else Outcome.UNKNOWN,
        confidence=0.9,
        category=ref.category if ref else None,
        template=ref.template if ref else None,
        solution=solution if ref else None,
        solution_version=1 if ref and solution else None,
        detail={},
    )
    with store.write() as db:
        return questions.record(db, MINE, new, store.clock())


def say(store: Store, user: str, question: str, verdict: Verdict = Verdict.HELPFUL) -> None:
    """Let somebody say whether an answer helped."""
    with store.write() as db:
        give_feedback(db, MINE, question, user=user, verdict=verdict, comment="", now=store.clock())


def known(store: Store, says: str) -> tuple[int | None, set[int]]:
    """The category that questions are learnt for, and those that they are kept from."""
    with store.read() as db:
        found = learnt.by_form(db, MINE, form_named(says))
        return None if found is None else found[0], set(learnt.refused(db, MINE, form_named(says)))


def category_id(ref: TemplateRef) -> str:
    """The public id of a template's category."""
    return public_id(Prefix.CATEGORY, ref.category)


def number(public: str) -> int:
    """The number of a category."""
    return number_of(Prefix.CATEGORY, public)
