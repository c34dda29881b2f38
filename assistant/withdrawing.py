"""Later answers that are no longer true when their time comes are not told."""

from __future__ import annotations

from sqlalchemy import Connection

from knowledge_base.store.asking import questions
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import OutgoingDelivery

LATER = "later"


def is_withdrawn(db: Connection, delivery: OutgoingDelivery) -> bool:
    """Withdraw a later answer whose solution is no longer that of every question that it stands for.

    All its questions are open again then: those that still have a solution get an answer of their own.
    Nothing changes where somebody else has taken the delivery up.
    """
    if delivery.kind != LATER or delivery.question is None or delivery.solution is None:
        return False
    answered = (delivery.question, *delivery.stands_for)
    if all(_solution_now(db, delivery.project, each) == delivery.solution for each in answered):
        return False
    if outbox.move(db, delivery, outbox.WITHDRAWN, error="the solution was taken away before it was told"):
        for each in answered:
            questions.take_later_answer_back(db, delivery.project, each, solution=delivery.solution)
    return True


def _solution_now(db: Connection, project: str, question: int) -> int | None:
    found = questions.category_now(db, project, question)
    return None if found is None else found[1]
