"""The inbox: what is said to Kea is kept before it is acknowledged, then worked on, once.

An event, its question and the reply to it change state in one transaction: whoever dies before it
leaves the event waiting, whoever comes second finds it done and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog
from sqlalchemy import Connection

from assistant.answering import TEXT_LIMIT, Assistant
from assistant.composing import Composer, say
from assistant.handing_over import HandingOver
from assistant.phrases import language_of, phrases
from assistant.ports import Accept, Channel, Inbound
from assistant.reading import without_secrets
from assistant.reply import Reply, reply_to_json
from assistant.words import Feedback, HandOver, read_feedback, read_hand_over
from assistant.working import Stopping, never, pause
from knowledge_base.curation.learning.learning_people import give_feedback
from knowledge_base.errors import Conflict, InputError, NotFound, Unavailable
from knowledge_base.ids import Prefix, number_of
from knowledge_base.scrub import scrub
from knowledge_base.store import projects
from knowledge_base.store.asking import escalations
from knowledge_base.store.messages import inbox, outbox
from knowledge_base.store.messages.inbox import Event, NewEvent
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.types import Question, Verdict

log = structlog.get_logger(__name__)

ATTEMPTS = 6


class Inbox:
    """Takes events of all channels and works on them; ``notify`` is called when there is something to do."""

    def __init__(self, assistant: Assistant, composer: Composer, *, notify: Callable[[], None] = lambda: None) -> None:
        self._assistant = assistant
        self._composer = composer
        self._notify = notify
        self._handing_over = HandingOver(assistant.knowledge, composer)
        self._knowledge = assistant.knowledge
        self._channels: dict[str, Channel] = {}

    def serve(self, channel: Channel) -> None:
        """Learn of a channel: replies are put into its lanes."""
        self._channels[channel.name] = channel

    def accept_for(self, project: str) -> Accept:
        """Give what a channel hands its events to."""

        def accept(inbound: Inbound) -> bool:
            kept = NewEvent(
                channel=inbound.channel,
                event=inbound.event,
                user=inbound.user,
                thread=inbound.thread,
                text=without_secrets(inbound.text[: TEXT_LIMIT + 1]),
                address=inbound.address,
                detail=_detail(inbound),
            )
            now = self._knowledge.clock()
            with self._knowledge.store.write() as db:
                projects.ensure_project(db, project, now)
                is_new = inbox.keep(db, project, kept, now)
            if is_new:
                self._notify()
            return is_new

        return accept

    def work(self, stopping: Stopping = never) -> int:
        """Work on what waits; tell how many events were taken up.

        Events of other channels are left to the process that has those.
        """
        with self._knowledge.store.read() as db:
            events = inbox.due(db, self._knowledge.clock(), channels=list(self._channels))
        for event in events:
            if stopping():
                break
            try:
                self._work_on(event)
            except Conflict:
                continue  # another worker was faster
            except Exception as error:
                self._fail(event, error)
        return len(events)

    def _work_on(self, event: Event) -> None:
        feedback = _feedback(event)
        if feedback is not None:
            self._take_feedback(event, feedback)
            return
        wish = _hand_over(event)
        if wish is not None:
            self._hand_over(event, wish)
            return
        said = phrases(_language(event))
        if not event.text.strip():
            self._settle(event, say(_language(event), said.empty))
            return
        if event.detail["length"] > TEXT_LIMIT:
            self._settle(event, say(_language(event), said.too_long.format(event.detail["length"])))
            return
        question = Question(event.project, event.channel, event.user, event.text, event.thread)
        considered = self._assistant.consider_each(question)
        with self._knowledge.store.write() as db:
            for part, each in enumerate(considered, 1):
                answer = self._assistant.keep(db, each)
                reply = self._composer.answer(event.project, answer, _language(event))
                wanted = answer.solution is not None or not event.detail.get("quiet")
                self._finish(db, event, reply if wanted else None, question_id=answer.question_id, part=part)
        self._notify()

    def _take_feedback(self, event: Event, feedback: Feedback) -> None:
        said = phrases(_language(event))
        helped = feedback.verdict is Verdict.HELPFUL
        reply = say(_language(event), said.thanks_helpful if helped else said.thanks_not_helpful)
        try:
            with self._knowledge.store.write() as db:
                named = feedback.question_id or inbox.last_question(
                    db, event.project, event.channel, user=event.user, thread=event.thread
                )
                if named is None:
                    raise NotFound("no answer was given in this conversation")
                give_feedback(
                    db,
                    event.project,
                    named,
                    user=event.user,
                    verdict=feedback.verdict,
                    comment="",
                    now=self._knowledge.clock(),
                )
                if not helped:
                    reply = replace(reply, question_id=named, hand_over=True)
                self._finish(db, event, None if event.detail.get("quiet") else reply)
        except (NotFound, InputError):
            self._settle(event, say(_language(event), said.nothing_to_judge))
        self._notify()

    def _hand_over(self, event: Event, wish: HandOver) -> None:
        try:
            with self._knowledge.store.write() as db:
                named = wish.question_id or escalations.last_of_person(
                    db, event.project, event.channel, user=event.user, thread=event.thread
                )
                if named is None:
                    raise NotFound("nothing was asked in this conversation")
                self._handing_over.hand_over(db, event.project, named, by=event.user)
                said = phrases(_language(event))
                reply = Reply(_language(event), said.handed_over.format(named), said.handed_over_body)
                self._finish(db, event, None if event.detail.get("quiet") else reply)
        except NotFound:
            self._settle(event, say(_language(event), phrases(_language(event)).nothing_to_hand_over))
        self._notify()

    def _settle(self, event: Event, reply: Reply | None, *, state: str = inbox.DONE) -> None:
        with self._knowledge.store.write() as db:
            self._finish(db, event, None if event.detail.get("quiet") else reply, state=state)
        self._notify()

    def _finish(
        self,
        db: Connection,
        event: Event,
        reply: Reply | None,
        *,
        question_id: str | None = None,
        state: str = inbox.DONE,
        part: int = 1,
    ) -> None:
        if part > 1 and question_id is not None:
            inbox.keep_further(db, event, part, question_id=question_id)
        elif not inbox.finish(db, event, question_id=question_id, state=state):
            raise Conflict("another worker has answered this event")
        channel = self._channels.get(event.channel)
        if channel is None:
            raise Unavailable(f"the channel {event.channel!r} is not configured here; the event waits for it")
        if reply is None:
            return
        delivery = NewDelivery(
            key=f"reply:{event.channel}:{event.event}" + (f":{part}" if part > 1 else ""),
            channel=event.channel,
            kind="reply",
            lane=channel.lane(event.address),
            address=event.address,
            payload=reply_to_json(reply),
            question=None if question_id is None else number_of(Prefix.QUESTION, question_id),
        )
        outbox.queue(db, event.project, delivery, self._knowledge.clock(), doubt=inbox.doubt_of(event))

    def _fail(self, event: Event, error: Exception) -> None:
        """Try again later; where that has not helped and it is not the surroundings' fault, say so."""
        expected = isinstance(error, Unavailable)
        log.warning(
            "an event could not be answered",
            channel=event.channel,
            error=type(error).__name__,
            exc_info=None if expected else error,
        )
        try:
            if event.attempts + 1 >= ATTEMPTS and not expected:
                self._give_up(event)
                return
            with self._knowledge.store.write() as db:
                at = self._knowledge.clock() + pause(event.attempts)
                inbox.try_later(db, event, error=f"{type(error).__name__}: {scrub(str(error))}", at=at)
        except Exception as again:
            # The next event has its turn, whatever this one does.
            known = isinstance(again, (Unavailable, Conflict))
            log.warning("the event stays as it is", error=type(again).__name__, exc_info=None if known else again)

    def _give_up(self, event: Event) -> None:
        """Say that something went wrong; without a word where even that cannot be said."""
        try:
            self._settle(event, say(_language(event), phrases(_language(event)).failed), state=inbox.FAILED)
        except (Unavailable, Conflict):
            raise
        except Exception:
            log.exception("an event cannot be replied to", channel=event.channel)
            self._settle(event, None, state=inbox.FAILED)


def _detail(inbound: Inbound) -> Mapping[str, object]:
    detail: dict[str, object] = {"length": len(inbound.text), "language": inbound.language}
    if inbound.quiet:
        detail["quiet"] = True
    if inbound.verdict is not None:
        detail |= {"verdict": inbound.verdict.value, "question": inbound.question_id}
    if inbound.hand_over:
        detail |= {"hand_over": True, "question": inbound.question_id}
    return detail


def _feedback(event: Event) -> Feedback | None:
    verdict = event.detail.get("verdict")
    if verdict:
        return Feedback(Verdict(verdict), str(event.detail.get("question", "")))
    return read_feedback(event.text)


def _hand_over(event: Event) -> HandOver | None:
    if event.detail.get("hand_over"):
        return HandOver(str(event.detail.get("question", "")))
    return read_hand_over(event.text)


def _language(event: Event) -> str:
    return str(event.detail.get("language") or language_of(event.text))
