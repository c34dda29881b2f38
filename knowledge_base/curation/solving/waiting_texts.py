"""Texts that wait for review when something else is published, asked for or turned back: no words are lost."""

from __future__ import annotations

from typing import Any

from knowledge_base.curation.acts import Act
from knowledge_base.curation.solving.solution_form import SolutionForm
from knowledge_base.store.solving import solution_reviews, solutions
from knowledge_base.store.solving.solution_reviews import Review
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import SolutionState


def give_back(this: Act, number: int, review: Review) -> None:
    """Let whoever wrote a text find it in the editor, unless they typed on or a version says the same already."""
    db, project = this.db, this.project
    newest = solutions.get(db, project, number)
    known = [newest]
    if 1 <= review.based_on < newest.version:
        known.append(solutions.get(db, project, number, review.based_on))
    if any(map(review.text.says_the_same_as, known)):
        return
    if solution_reviews.autosaved(db, project, number, review.author) is None:
        fields = SolutionForm.of(review.text).pairs()
        solution_reviews.autosave(db, project, number, review.author, fields, based_on=review.based_on, now=this.now)


def settle(this: Act, number: int) -> None:
    """Let nothing wait any longer; what another person wrote goes back to them."""
    review = solution_reviews.waiting(this.db, this.project, number)
    if review is not None and review.author != this.actor:
        give_back(this, number, review)
    solution_reviews.settle(this.db, this.project, number)


def ask(this: Act, number: int, text: SolutionText, *, based_on: int) -> None:
    """Let a text wait; what another person wrote and waited goes back to them unless it says the same."""
    review = solution_reviews.waiting(this.db, this.project, number)
    if review is not None and review.author != this.actor and not review.text.is_same_as(text):
        give_back(this, number, review)
    solution_reviews.ask(this.db, this.project, number, text, based_on=based_on, author=this.actor, now=this.now)


def change_state(this: Act, number: int, state: SolutionState, *, minute: int | None = None) -> dict[str, Any]:
    """Set a solution's state, and give back what waited; tell what ``restore`` and ``minute`` take back.

    ``minute`` is when people first got the newest version, where that is not now.
    """
    review = solution_reviews.waiting(this.db, this.project, number)
    if review is not None:
        give_back(this, number, review)
    before = solutions.set_state(this.db, this.project, number, state, now=this.now, minute=minute)
    return {"review": None if review is None else solution_reviews.document(review), "published_minute": before}


def restore(this: Act, number: int, document: dict[str, Any] | None) -> None:
    """Let a text wait again that an act took away; nothing else may wait."""
    if document is None:
        return
    review = solution_reviews.of_document(document)
    solution_reviews.ask(
        this.db, this.project, number, review.text, based_on=review.based_on, author=review.author, now=review.at
    )
    kept = solution_reviews.autosaved(this.db, this.project, number, review.author)
    if kept is not None and kept.fields == SolutionForm.of(review.text).pairs():
        solution_reviews.forget_autosave(this.db, this.project, number, review.author)
