"""Forgets questions and lines that are older than the settings allow, and what one person asked."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from knowledge_base.errors import InputError, NotFound
from knowledge_base.store import audit, projects
from knowledge_base.store.asking import forgetting
from knowledge_base.store.asking.forgetting import SOMEBODY, Step
from knowledge_base.store.store import Store

BATCH = 500
SALT_BYTES = 32
ACTION = "forget_person"


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days questions and lines keep their words; None for ever."""

    question_days: int | None
    line_days: int | None

    @property
    def is_limited(self) -> bool:
        """Whether anything is ever forgotten by it."""
        return self.question_days is not None or self.line_days is not None


def forget_by_age(store: Store, retention: Retention, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Forget all that is too old, in short transactions; tell how many rows that were."""
    forgotten, salt = 0, secrets.token_bytes(SALT_BYTES)
    with store.read() as db:
        names = projects.list_projects(db)
    for project in names:
        if retention.question_days is not None:
            before = _before(store, retention.question_days)
            forgotten += _walk(store, project, before, partial(forgetting.forget_old_questions, salt=salt), is_stopping)
        if retention.line_days is not None:
            before = _before(store, retention.line_days)
            forgotten += _walk(store, project, before, forgetting.forget_samples, is_stopping)
            forgotten += _walk(store, project, before, forgetting.forget_recent, is_stopping)
    return forgotten


def forget_person(store: Store, project: str, person: str, *, actor: str) -> int:
    """Forget what a person asked and said in a project, by the name that the channel gives them, in short transactions.

    Tells how many questions that were. What they wrote as an engineer (solutions, acts) stays. It cannot be undone;
    that it was done, and by whom, is kept, the name is not. Raises NotFound, InputError for a name that is none.
    """
    if not person.strip() or person.startswith(SOMEBODY):
        raise InputError("name the person as the questions do, such as the user id that the chat gives them")
    with store.read() as db:
        projects.require_project(db, project)
        if not forgetting.is_known(db, project, person):
            raise NotFound(f"nobody called {person[:80]!r} asked or said anything in project {project!r}")
    name, forgotten = forgetting.made_up_name(person, secrets.token_bytes(SALT_BYTES)), 0
    while True:
        with store.write() as db:
            projects.lock(db, project)
            done = forgetting.forget_person(db, project, person, name=name, limit=BATCH)
            if not done:
                audit.write(
                    db,
                    project,
                    actor=actor,
                    action=ACTION,
                    category=None,
                    detail={"questions": forgotten},
                    undo=None,
                    now=store.clock(),
                )
                return forgotten
            forgotten += done


def _before(store: Store, days: int) -> datetime:
    return store.clock() - timedelta(days=days)


def _walk(
    store: Store, project: str, before: datetime, step: Callable[..., Step], is_stopping: Callable[[], bool]
) -> int:
    after: int | None = -1
    forgotten = 0
    while after is not None and not is_stopping():
        with store.write() as db:
            projects.lock(db, project)
            done = step(db, project, before, after=after, limit=BATCH)
        after, forgotten = done.after, forgotten + done.forgotten
    return forgotten
