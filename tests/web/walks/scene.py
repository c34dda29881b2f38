"""What the walks find: the sample, and beside it something in every state that a page can show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from assistant.answering import Assistant
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.store.accounts import people
from knowledge_base.store.grouping import proposals, template_reading
from knowledge_base.store.grouping.proposal_values import Going, Grounds, ProposalKind, Proposed
from knowledge_base.store.intake import source_log
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord, Question
from web.demo.loading import load_sample
from web.identity.signin import make_token

PROJECT, EMPTY = "default", "empty"
NEW = (
    "Lease {n} of writer w{n} expired before the commit",
    "Lease {n} of writer w{n} was lost before the commit",
    "Writer w{n} holds no lease for table orders_{n}",
    "Quota of tenant t{n} for cache blocks is used up",
    "Schema of topic clicks_{n} has no field named country",
    "Cannot open checkpoint chk-{n}: the file is empty",
    "Certificate of host gw{n} has expired",
    "Upstream pool web{n} has no healthy member",
    "Rate of client c{n} is over its limit",
)
"""Errors that nobody has a word for yet; their ids are in this order. The last three are of another service."""
OF_THE_LAKE = 6
CAUSE = "Another writer took the **lease** over, or this one did not renew it within `lease.seconds`."
STEPS = """1. Look who holds it:
   ```
   lake leases show --table orders
   ```
2. Wait until it ends, or take it: `lake leases take --table orders`
3. Begin the commit *anew*; nothing was written."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The ids of what was added: a category for each of ``NEW``, and a draft for the last of them."""

    new: tuple[str, ...]
    draft: str


def fill(knowledge: KnowledgeBase, *, lines: int) -> Scene:
    """Load the sample and everything else into an open knowledge base, and count what is waited for."""
    load_sample(knowledge, PROJECT, lines=lines)
    new = tuple(_log(knowledge, place, text) for place, text in enumerate(NEW))
    store, now = knowledge.store, knowledge.clock()
    with store.write() as db:
        ensure_project(db, EMPTY, now)
    curation.merge(store, PROJECT, new[0], [new[1]], actor="Zhou Yan", reason="the same in other words")
    curation.label(store, PROJECT, new[2], "No lease for the table", actor="Lin Wei")
    curation.assign(store, PROJECT, new[0], "Zhou Yan", actor="Lin Wei")
    draft = curation.draft(store, PROJECT, new[2], SolutionText("Ask for a new lease", CAUSE, STEPS), actor="Lin Wei")
    with store.write() as db:
        for name, role in (("Zhou Yan", Role.ENGINEER), ("Anna-Katharina von Hohenfels-Oberwaldstetten", Role.VIEWER)):
            people.set_role(db, PROJECT, people.add(db, name=name, now=now), role)
    make_token(store, PROJECT, "ci", made_by="Lin Wei")
    _propose(knowledge, new)
    _send(knowledge)
    for name, text in (("Mei", NEW[0]), ("Jonas", NEW[0]), ("陈洁", NEW[4]), ("Ravi", "the frobnicator is unwell")):
        Assistant(knowledge).ask(Question(PROJECT, "slack", name, text.replace("{n}", "7")))
    DemandKeeper(store).settle(PROJECT)
    assert draft.solution is not None
    return Scene(new, draft.solution.id)


def _log(knowledge: KnowledgeBase, place: int, text: str) -> str:
    now, service = knowledge.clock(), "lakehouse" if place < OF_THE_LAKE else "gateway"
    rows = [
        LogRecord(
            PROJECT,
            f"logs/{service}.log",
            100 * place + n + 1,
            text.replace("{n}", str(n + 10)),
            now - timedelta(hours=n),
            service,
        )
        for n in range(20 - 2 * place)
    ]
    return Pipeline(knowledge, PROJECT).keep(rows)[0].category_id


def _propose(knowledge: KnowledgeBase, new: tuple[str, ...]) -> None:
    number = [number_of(Prefix.CATEGORY, each) for each in new]
    with knowledge.store.write() as db:
        members = template_reading.templates_in(db, PROJECT, number[0])
        grounds = Grounds(
            0.5, number[3], 0.42, ("lease", "writer"), (), ("ownership",), ("expired / absent",), version="p-1"
        )
        going = (Going(number_of(Prefix.TEMPLATE, members[-1].id), 0.31),)
        proposed = [
            Proposed(number[0], number[3], 0.62, grounds=grounds),
            Proposed(number[0], number[2], 0.55, ProposalKind.LABEL, grounds),
            Proposed(number[0], number[0], 0.69, ProposalKind.SPLIT, Grounds(0.6, inside=0.9, going=going)),
        ]
        proposals.put(db, PROJECT, proposed, knowledge.clock())


def _send(knowledge: KnowledgeBase) -> None:
    """Three deliveries that failed and one on its way, and a row of a source that was refused."""
    now = knowledge.clock()
    with knowledge.store.write() as db:
        for number in range(3):
            said = {"headline": "The consumer group lags behind"}
            outbox.queue(db, PROJECT, NewDelivery(f"k{number}", "slack", "reply", "lane", {}, said, 1), now)
        for each in outbox.list_deliveries(db, PROJECT):
            outbox.move(db, each, outbox.DEAD, error="channel_not_found: invite the bot into the channel")
        refused = [(7, "no text: a row needs text, message or msg", '{"level": "ERROR"}')]
        source_log.note_refused(db, PROJECT, "logs/lakehouse.log", refused, now, count=1)
