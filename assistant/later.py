"""Later answers: who asked about an error that had no solution is told as soon as it has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from assistant.composing import Composer
from assistant.phrases import language_of
from assistant.ports import Channel
from assistant.reply import reply_to_json
from assistant.withdrawing import LATER
from assistant.working import Stopping, never
from knowledge_base.errors import Conflict, Unavailable
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.scrub import scrub
from knowledge_base.store import projects
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.askers import Asker, askers_to_answer, give_up
from knowledge_base.store.grouping import categories
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.solving import solutions

log = structlog.get_logger(__name__)

EVERYTHING = timedelta(seconds=15)


class LaterAnswers:
    """Follows the change feed and queues later answers, ``wait`` after a solution was attached: time to undo."""

    def __init__(self, knowledge: KnowledgeBase, composer: Composer, *, wait: timedelta) -> None:
        self._knowledge = knowledge
        self._composer = composer
        self._wait = wait
        self._channels: dict[str, Channel] = {}
        self._seen: dict[str, int] = {}
        self._look_at_all = datetime.min.replace(tzinfo=UTC)

    def serve(self, channel: Channel) -> None:
        """Learn of a channel that askers can be reached by."""
        self._channels[channel.name] = channel

    def work(self, stopping: Stopping = never) -> int:
        """Look at the projects that have changed; tell how many answers were queued."""
        now = self._knowledge.clock()
        if now >= self._look_at_all:
            # A question may be kept just after the solution was attached that it missed.
            self._seen.clear()
            self._look_at_all = now + EVERYTHING
        with self._knowledge.store.read() as db:
            changed = {
                name: last
                for name in projects.list_projects(db)
                if (last := projects.last_change(db, name)) != self._seen.get(name)
            }
            waiting = [name for name in changed if self._askers(db, name)]
        self._seen |= changed
        queued = 0
        for project in waiting:
            if stopping():
                self._seen.pop(project)
                continue
            with self._knowledge.store.write() as db:
                settled = self._queue(db, project, stopping)
            if settled:
                self._seen.pop(project)  # there may be more than one transaction takes
            queued += settled
        return queued

    def _askers(self, db: Connection, project: str) -> list[tuple[Asker, ...]]:
        return askers_to_answer(db, project, channels=list(self._channels))

    def _queue(self, db: Connection, project: str, stopping: Stopping) -> int:
        """Tell each place once, or give it up; tell how many places that were."""
        settled = 0
        projects.lock(db, project)
        for place in self._askers(db, project):
            if stopping():
                break
            try:
                with db.begin_nested():
                    self._tell(db, project, place)
                settled += 1
            except (Unavailable, OperationalError, OSError):
                raise  # nobody can be told now
            except Conflict as error:
                log.warning("a later answer has to wait", project=project, reason=str(error))
            except Exception as error:
                # Whoever cannot be told keeps nobody else waiting.
                log.exception("an asker cannot be told", project=project, question=place[-1].question)
                give_up(db, project, place[-1], error=f"{type(error).__name__}: {scrub(str(error))}")
                settled += 1
        return settled

    def _tell(self, db: Connection, project: str, place: tuple[Asker, ...]) -> None:
        """Queue the answer to the newest question of a place; it stands for those before it.

        Raises Conflict where nothing could be queued: then no question may count as answered.
        """
        newest = place[-1]
        solution = solutions.get(db, project, newest.solution)
        for each in place:
            questions.answer_later(db, project, each.question, solution=newest.solution, version=solution.version)
        question_id = public_id(Prefix.QUESTION, newest.question)
        language = str(newest.detail.get("language") or language_of(newest.text))
        category = categories.get(db, project, newest.category)
        reply = self._composer.later(project, category, solution, question_id, language)
        delivery = NewDelivery(
            key=f"later:{question_id}:{solution.id}:{projects.last_change(db, project)}",
            channel=newest.channel,
            kind=LATER,
            lane=self._channels[newest.channel].lane(newest.address),
            address=newest.address,
            payload=reply_to_json(reply),
            question=newest.question,
            solution=newest.solution,
            stands_for=[each.question for each in place[:-1]],
        )
        now = self._knowledge.clock()
        if not outbox.queue(db, project, delivery, now, not_before=now + self._wait):
            raise Conflict(f"{question_id} was told of {solution.id} before and is open again")
