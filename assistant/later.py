"""Later answers: who asked about an error that had no solution is told as soon as it has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from assistant.composing import Composer
from assistant.outbox import LATER
from assistant.phrases import language_of
from assistant.ports import Channel
from assistant.reply import reply_to_json
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import categories, inbox, outbox, projects, questions, solutions
from knowledge_base.store.inbox import Asker
from knowledge_base.store.outbox import NewDelivery

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

    def work(self) -> int:
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
            self._seen.pop(project)  # there may be more than one transaction takes
            with self._knowledge.store.write() as db:
                queued += self._queue(db, project)
        return queued

    def _askers(self, db: Connection, project: str) -> list[Asker]:
        return inbox.askers_to_answer(db, project, channels=list(self._channels))

    def _queue(self, db: Connection, project: str) -> int:
        told: set[tuple[object, ...]] = set()
        # The newest question of a person in a conversation stands for those before it.
        for asker in reversed(self._askers(db, project)):
            version = solutions.get(db, project, asker.solution).version
            if questions.answer_later(db, project, asker.question, solution=asker.solution, version=version):
                place = (asker.channel, asker.thread, asker.user, asker.solution)
                if place not in told:
                    told.add(place)
                    self._queue_for(db, project, asker)
        return len(told)

    def _queue_for(self, db: Connection, project: str, asker: Asker) -> None:
        now = self._knowledge.clock()
        language = str(asker.detail.get("language") or language_of(asker.text))
        question_id = public_id(Prefix.QUESTION, asker.question)
        reply = self._composer.later(
            project,
            categories.get(db, project, asker.category),
            solutions.get(db, project, asker.solution),
            question_id,
            language,
        )
        key = f"later:{question_id}:{public_id(Prefix.SOLUTION, asker.solution)}:{projects.last_change(db, project)}"
        delivery = NewDelivery(
            key=key,
            channel=asker.channel,
            kind=LATER,
            lane=self._channels[asker.channel].lane(asker.address),
            address=asker.address,
            payload=reply_to_json(reply),
            question=asker.question,
            solution=asker.solution,
        )
        outbox.queue(db, project, delivery, now, not_before=now + self._wait)
