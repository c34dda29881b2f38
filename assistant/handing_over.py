"""Handing a question over to a person, and telling engineers where they want to be told.

There is one message an incident: while a question of the same category, or that says the same, is open, further
ones are only counted in the queue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from assistant.composing import Composer
from assistant.phrases import language_of
from assistant.ports import Address
from assistant.reply import reply_to_json
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import form_of
from knowledge_base.signing import read_signing
from knowledge_base.store import projects
from knowledge_base.store.asking import escalations, learnt_words
from knowledge_base.store.asking.escalations import HandedOver
from knowledge_base.store.grouping import categories
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery

HANDOVER = "handover"

_SLACK = re.compile(r"(?:slack:)?([CG][A-Z0-9]{8,20})")
_DINGTALK = re.compile(r"(?:dingtalk:)?(cid[A-Za-z0-9+/=_-]{8,100})")


@dataclass(frozen=True, slots=True)
class Target:
    """Where engineers are told, as the channel of that name takes it."""

    channel: str
    lane: str
    address: Address


def target_of(setting: str) -> Target | None:
    """Read ``KEA_HANDOVER_TARGET``; None where it is empty. Raises InputError for what is no place.

    >>> target_of("slack:C0123456789").address
    {'channel': 'C0123456789'}
    >>> target_of("cidabc123==").channel
    'dingtalk'
    """
    given = setting.strip()
    if not given:
        return None
    if found := _SLACK.fullmatch(given):
        return Target("slack", f"/{found[1]}", {"channel": found[1]})
    if found := _DINGTALK.fullmatch(given):
        return Target("dingtalk", found[1], {"conversation": found[1], "group": True})
    raise InputError(
        "KEA_HANDOVER_TARGET is no place: the id of a Slack channel (slack:C0123456789) "
        "or of a DingTalk conversation (dingtalk:cid…) is expected"
    )


class HandingOver:
    """Hands questions over within the caller's transaction."""

    def __init__(self, knowledge: KnowledgeBase, composer: Composer) -> None:
        self._knowledge = knowledge
        self._composer = composer

    def hand_over(self, db: Connection, project: str, question_id: str, *, by: str) -> HandedOver:
        """Hand a question over; the first one of an incident is told. Raises NotFound.

        A question that is handed over already stays as it is, and nobody is told again.
        """
        projects.lock(db, project)
        now = self._knowledge.clock()
        asked = learnt_words.asked(db, project, question_id)
        if not asked.form:
            # It was kept before questions had forms, by which demand is counted.
            form = form_of(asked.text, read_signing(db, project).rules)
            learnt_words.set_form(db, project, asked.number, form)
        done = escalations.hand_over(db, project, question_id, by=by, now=now)
        target = target_of(self._knowledge.settings.handover_target)
        if target is None or not done.is_new or done.others:
            return done
        category = None if done.category is None else categories.get(db, project, done.category)
        reply = self._composer.handed_over(project, done, category, language_of(done.text))
        delivery = NewDelivery(
            key=f"{HANDOVER}:{done.question_id}:{done.at.timestamp():.6f}",
            channel=target.channel,
            kind=HANDOVER,
            lane=target.lane,
            address=target.address,
            payload=reply_to_json(reply),
            question=number_of(Prefix.QUESTION, done.question_id),
        )
        outbox.queue(db, project, delivery, now)
        return done
