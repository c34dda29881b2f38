"""Work on a solution from its own page: a draft, sent to review, published; given to categories and taken off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge_base.curation.acts import Act, act
from knowledge_base.curation.solving.attached import named_in, require_attached
from knowledge_base.curation.solving.publishing import draft_within, publish_within
from knowledge_base.curation.solving.remedies import link_within
from knowledge_base.curation.solving.waiting_texts import ask, give_back, settle
from knowledge_base.errors import Conflict, NotFound, StaleVersion
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import drafts, solution_reviews, solutions
from knowledge_base.store.solving.solution_reviews import Review
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Solution, SolutionState


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of the solution; ``audit_id`` is what ``undo`` takes, None where nothing is to be taken back."""

    solution: Solution
    audit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody looked at who publishes: the newest version, and when the text that waits was sent, if one does."""

    version: int
    review: datetime | None


def create_draft(store: Store, project: str, text: SolutionText, category_ids: Sequence[str], *, actor: str) -> Worked:
    """Write a draft for any number of categories. Raises NotFound."""
    with act(store, project, actor) as this:
        homes = list(dict.fromkeys(map(this.category, category_ids)))
        made = solutions.create(this.db, project, text, author=this.actor, now=this.now, state=SolutionState.DRAFT)
        draft_within(this, made, text.title, homes)
        return Worked(solutions.get(this.db, project, made))


def save(
    store: Store, project: str, solution_id: str, text: SolutionText, *, based_on: int, publish: bool, actor: str
) -> Worked:
    """Add a version, unless it would say the same; with ``publish`` a draft becomes the answer of its categories.

    Raises NotFound, StaleVersion, and Conflict for a draft that cannot be published.
    """
    with act(store, project, actor) as this:
        present = _require(this, solution_id, based_on)
        entry = _revise(this, present, text)
        present = solutions.get(this.db, project, number_of(Prefix.SOLUTION, solution_id))
        if publish and present.state is SolutionState.DRAFT:
            entry = _publish(this, present, replaces=())
        if publish:
            settle(this, number_of(Prefix.SOLUTION, solution_id))
        return _worked(this, solution_id, entry)


def ask_review(
    store: Store, project: str, solution_id: str, text: SolutionText, *, based_on: int, actor: str
) -> Worked:
    """Let somebody look at a text before it is published: a draft gets it as a version, what is published stays.

    Raises NotFound, and StaleVersion where ``based_on`` is not the newest.
    """
    with act(store, project, actor) as this:
        present = _require(this, solution_id, based_on)
        entry = _revise(this, present, text) if present.state is SolutionState.DRAFT else None
        number = number_of(Prefix.SOLUTION, solution_id)
        present = solutions.get(this.db, project, number)
        ask(this, number, text, based_on=present.version)
        return Worked(present, entry)


def publish_review(
    store: Store,
    project: str,
    solution_id: str,
    *,
    seen: Seen | None = None,
    replaces: Collection[str] = (),
    actor: str,
) -> Worked:
    """Publish the text that waits, where it is what was ``seen``; ``replaces`` names what it comes in the place of.

    Raises NotFound, StaleVersion, and Conflict where none waits or it is for no category.
    """
    with act(store, project, actor) as this:
        review = _waiting(this, solution_id)
        if seen is not None:
            _require(this, solution_id, seen.version)
            if seen.review != review.at:
                raise StaleVersion(f"{review.author} sent another text to review meanwhile; read it, then publish")
        present = _require(this, solution_id, review.based_on)
        entry = _revise(this, present, review.text, author=review.author)
        present = solutions.get(this.db, project, number_of(Prefix.SOLUTION, solution_id))
        if present.state is SolutionState.DRAFT:
            entry = _publish(this, present, replaces=replaces)
        solution_reviews.settle(this.db, project, number_of(Prefix.SOLUTION, solution_id))
        return _worked(this, solution_id, entry)


def send_back(store: Store, project: str, solution_id: str, *, actor: str, seen: datetime | None = None) -> Review:
    """Say that a text shall not be published as it is: whoever wrote it finds it in the editor.

    ``seen`` is when the text that was read was sent. Raises NotFound, StaleVersion where another one waits by now, and
    Conflict where none waits.
    """
    with act(store, project, actor) as this:
        review = _waiting(this, solution_id)
        if seen is not None and seen != review.at:
            raise StaleVersion(f"{review.author} sent another text to review meanwhile; read it, then send it back")
        give_back(this, number_of(Prefix.SOLUTION, solution_id), review)
        solution_reviews.settle(this.db, project, number_of(Prefix.SOLUTION, solution_id))
        return review


def give(store: Store, project: str, solution_id: str, category_id: str, *, actor: str, replaces: str = "") -> Worked:
    """Give a solution to a category: a published one answers for it from now on, a draft will.

    ``replaces`` is the solution in whose place it comes. Raises NotFound, Conflict where the category has another one
    and none is to be replaced, and StaleVersion where it does not have that one.
    """
    with act(store, project, actor) as this:
        home = this.category(category_id)
        number = number_of(Prefix.SOLUTION, solution_id)
        present = solutions.get(this.db, project, number)
        if public_id(Prefix.CATEGORY, home) in present.category_ids:
            return Worked(present)
        if present.state is SolutionState.DRAFT:
            drafts.link(this.db, project, number, [home])
            detail = {"solution": present.id, "title": present.title}
            return _worked(this, solution_id, this.keep("draft", home, detail=detail, undo={"solution": number}))
        other = this.state(home).solution
        if replaces:
            require_attached(this, home, replaces)
        elif other is not None:
            raise Conflict(
                f"{public_id(Prefix.CATEGORY, home)} has {public_id(Prefix.SOLUTION, other)};"
                " say that it shall be replaced"
            )
        return _worked(this, solution_id, link_within(this, home, present))


def take_off(store: Store, project: str, solution_id: str, category_id: str, *, actor: str) -> Worked:
    """Take a solution off a category; its words stay. Raises NotFound where it is not there."""
    with act(store, project, actor) as this:
        home = this.category(category_id)
        number = number_of(Prefix.SOLUTION, solution_id)
        present = solutions.get(this.db, project, number)
        if public_id(Prefix.CATEGORY, home) not in present.category_ids:
            raise NotFound(f"{present.id} was taken off {category_id} already")
        detail: dict[str, object] = {"solution": present.id, "title": present.title}
        if present.state is SolutionState.DRAFT:
            given = {home, *categories.aliases_of(this.db, project, home)}
            links = sorted(given.intersection(drafts.links_of(this.db, project, number)))
            drafts.unlink(this.db, project, number, links)
            entry = this.keep("discard", home, detail=detail, undo={"solution": number, "links": links})
        else:
            categories.set_fields(this.db, project, home, solution=None)
            entry = this.keep("detach", home, detail=detail, undo={"solution": None, "before": number})
        return _worked(this, solution_id, entry)


def _require(this: Act, solution_id: str, based_on: int) -> Solution:
    present = solutions.get(this.db, this.project, number_of(Prefix.SOLUTION, solution_id))
    if present.version != based_on:
        raise StaleVersion(
            f"{present.author} saved version {present.version} meanwhile, yours is based on version {based_on};"
            " compare both and save again"
        )
    return present


def _waiting(this: Act, solution_id: str) -> Review:
    review = solution_reviews.waiting(this.db, this.project, number_of(Prefix.SOLUTION, solution_id))
    if review is None:
        raise Conflict(f"nothing of {solution_id} waits for review any longer; reload the page")
    return review


def _revise(this: Act, present: Solution, text: SolutionText, *, author: str = "") -> int | None:
    if text.says_the_same_as(present):
        return None
    number = number_of(Prefix.SOLUTION, present.id)
    version = solutions.revise(
        this.db, this.project, number, text, author=author or this.actor, now=this.now, based_on=present.version
    )
    if not present.category_ids:
        return None
    first, *others = (number_of(Prefix.CATEGORY, each) for each in present.category_ids)
    this.touched |= set(others)
    is_draft = {"draft": True} if present.state is SolutionState.DRAFT else {}
    return this.keep(
        "revise",
        first,
        detail={"solution": present.id, "version": version, "title": text.title, **is_draft},
        undo={"solution": number, "version": version, "before": present.version},
    )


def _publish(this: Act, present: Solution, *, replaces: Collection[str]) -> int:
    if not present.category_ids:
        raise Conflict(f"{present.id} is for no category; attach it to one first")
    return publish_within(this, present, replaces={named_in(this, each) for each in replaces})[0]


def _worked(this: Act, solution_id: str, entry: int | None) -> Worked:
    return Worked(solutions.get(this.db, this.project, number_of(Prefix.SOLUTION, solution_id)), entry)
