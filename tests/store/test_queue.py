"""The queue: its order, its filters, its search, its pages, and what a row shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper, refresh
from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.grouping import assignments, proposals
from knowledge_base.store.grouping.proposal_values import ProposalKind, Proposed
from knowledge_base.store.grouping.templates import TemplateRef
from knowledge_base.store.intake import ingestion
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import queue, views
from knowledge_base.store.wanted.queue import QueueOrder, QueueState, SeenWithin, Wanted
from knowledge_base.store.wanted.queue_details import read_details
from knowledge_base.types import Outcome
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make, new_template

LATER = START + timedelta(minutes=5)


def lines(store: Store, name: str, text: str, hours: range, *, service: str = "etl") -> TemplateRef:
    with store.write() as db:
        kept = ingestion.ensure_templates(db, MINE, [new_template(name, text, service=service)], START)
        read = [StoredLine(name, START - timedelta(hours=each), service, text) for each in hours]
        ingestion.keep_batch(db, MINE, read, kept, ring_size=10, samples_per_template=5)
    return kept[name]


def ask(store: Store, user: str, about: TemplateRef) -> None:
    new = NewQuestion(
        "api", "", user, "why", "f", Outcome.KNOWN_UNSOLVED, 0.5, about.category, about.template, None, None, {}
    )
    with store.write() as db:
        questions.record(db, MINE, new, START)


def ke(ref: TemplateRef) -> str:
    return public_id(Prefix.CATEGORY, ref.category)


def found(
    store: Store,
    wanted: Wanted | None = None,
    order: QueueOrder = QueueOrder.DEMAND,
    *,
    project: str = MINE,
    now: datetime = LATER,
) -> list[str]:
    """The ids in order, read in pages of two."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        with store.read() as db:
            rows, cursor = queue.list_queue(
                db, project, wanted or Wanted(), now=now, order=order, limit=2, cursor=cursor
            )
        ids += [each.id for each in rows]
        if cursor is None:
            return ids


@pytest.fixture
def refs(store: Store) -> list[TemplateRef]:
    """Categories: one grows, one is asked about, one was loud last week, two are silent."""
    grown = lines(store, "grown", "Disk <path> is full", range(20), service="hdfs")
    asked = lines(store, "asked", "Table <table> Not Found", range(1))
    loud = lines(store, "loud", "queue 50%_full rejected <id>", range(40, 100))
    silent = make(store, "silent", "quiet")
    ask(store, "ana", asked)
    ask(store, "bo", asked)
    DemandKeeper(store).settle(MINE)
    return [grown, asked, loud, *silent]


def test_orders_and_pages(store: Store, refs: list[TemplateRef]) -> None:
    grown, asked, loud, *silent = map(ke, refs)
    assert found(store, order=QueueOrder.DEMAND) == [grown, asked, loud, *silent]
    assert found(store, order=QueueOrder.ASKERS)[0] == asked
    assert found(store, order=QueueOrder.SEEN)[:2] == [loud, grown]
    assert found(store, order=QueueOrder.GROWTH)[0] == grown
    assert found(store, order=QueueOrder.NEWEST) == [*reversed(silent), loud, asked, grown]
    assert found(store, project=OTHER) == []
    with store.read() as db, pytest.raises(InputError):
        queue.list_queue(db, MINE, Wanted(), now=LATER, cursor="no cursor")


def test_filters(store: Store, refs: list[TemplateRef]) -> None:
    grown, asked, loud, *_ = map(ke, refs)
    assert found(store, Wanted(seen=SeenWithin.DAY)) == [grown, asked]
    assert found(store, Wanted(seen=SeenWithin.WEEK)) == [grown, asked, loud]
    assert found(store, Wanted(service="hdfs")) == [grown]
    assert found(store, Wanted(growing=True)) == [grown]
    assert found(store, Wanted(only=(refs[1].category,))) == [asked]
    with store.write() as db:
        proposals.put(db, MINE, [Proposed(refs[0].category, refs[1].category, 0.8)], START)
        offered = Proposed(refs[3].category, refs[2].category, 0.7, ProposalKind.LABEL)
        proposals.put(db, MINE, [offered], START)
    assert set(found(store, Wanted(proposed=True))) >= {grown, asked}
    assert loud not in found(store, Wanted(proposed=True)), "a label is offered to one side alone"
    with store.read() as db:
        summary = queue.summarise(db, MINE, Wanted(), now=LATER)
    assert (summary.categories, summary.askers, summary.growing) == (5, 2, 1)


def test_search_looks_at_templates_labels_and_ids(store: Store, refs: list[TemplateRef]) -> None:
    grown, asked, loud, *_ = map(ke, refs)
    assert found(store, Wanted(text="not found TABLE")) == [asked]
    assert found(store, Wanted(text="50%_f")) == [loud], "signs of patterns mean themselves"
    assert found(store, Wanted(text="5%0")) == []
    assert found(store, Wanted(text=grown.lower())) == [grown]
    assert found(store, Wanted(text=public_id(Prefix.TEMPLATE, refs[1].template))) == [asked]
    assert found(store, Wanted(text="KE-99999")) == []
    curation.label(store, MINE, loud, "Übervolle Queue", actor="Mei")
    assert found(store, Wanted(QueueState.UNSOLVED, text="volle queue")) == [loud]
    done = curation.merge(store, MINE, asked, [grown], actor="Mei")
    assert found(store, Wanted(text=grown)) == [asked], "an alias leads to what it is part of"
    refresh(store, MINE, [refs[0].category, refs[1].category])
    assert found(store, Wanted(text="disk")) == [asked]
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    refresh(store, MINE, [refs[0].category, refs[1].category])
    assert found(store, Wanted(text="disk")) == [grown]


def test_what_is_done_leaves_the_queue_at_once_and_what_is_put_off_comes_back(
    store: Store, refs: list[TemplateRef]
) -> None:
    grown, asked, loud, silent, quiet = map(ke, refs)
    curation.label(store, MINE, grown, "Disk full", actor="Mei")
    curation.ignore(store, MINE, asked, actor="Mei")
    curation.attach(store, MINE, loud, SolutionText("Wait", "", "wait"), actor="Mei")
    curation.snooze(store, MINE, silent, LATER + timedelta(hours=4), actor="Mei")
    assert found(store) == [quiet]
    assert found(store, Wanted(QueueState.UNSOLVED)) == [grown, quiet]
    assert found(store, Wanted(QueueState.IGNORED)) == [asked]
    assert found(store, Wanted(QueueState.SNOOZED)) == [silent]
    assert len(found(store, Wanted(QueueState.ALL))) == 5
    assert found(store, now=LATER + timedelta(hours=5)) == [silent, quiet]
    with store.read() as db:
        counted = queue.count_states(db, MINE, now=LATER)
    assert [counted[each] for each in QueueState] == [1, 2, 1, 1, 5]


def test_owners(store: Store, refs: list[TemplateRef]) -> None:
    grown, asked, *_ = map(ke, refs)
    curation.assign(store, MINE, grown, "Li Wei", actor="Mei")
    curation.assign(store, MINE, asked, "Zhou", actor="Mei")
    done = curation.assign(store, MINE, asked, "", actor="Mei")
    assert found(store, Wanted(owner="Li Wei")) == [grown]
    assert grown not in found(store, Wanted(unowned=True))
    assert len(found(store, Wanted(unowned=True))) == 4
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert found(store, Wanted(owner="Zhou")) == [asked]
    with store.read() as db:
        assert assignments.people(db, MINE) == ["Li Wei", "Zhou"]
        assert assignments.people(db, OTHER) == []


def test_details_of_a_page(store: Store, refs: list[TemplateRef]) -> None:
    with store.write() as db:
        proposals.put(db, MINE, [Proposed(refs[0].category, refs[1].category, 0.8)], START)
    curation.label(store, MINE, ke(refs[1]), "Table missing", actor="Mei")
    with store.read() as db:
        details = read_details(db, MINE, [each.category for each in refs], START + timedelta(minutes=1))
    grown, _, loud, silent, _ = (details[each.category] for each in refs)
    assert (grown.template, grown.services, sum(grown.hours)) == ("Disk <path> is full", ("hdfs",), 20)
    assert grown.hours == (0, 0, 0, 0, *[1] * 20)
    assert grown.hint is not None
    assert grown.hint.other is not None
    assert (grown.hint.other.label, grown.hint.score) == ("Table missing", 0.8)
    assert sum(loud.hours) == 0
    assert silent.hint is None


def test_saved_views(sqlite_store: Store) -> None:
    def save(owner: str, name: str, address: str = "status=all", *, shared: bool = False) -> int:
        with sqlite_store.write() as db:
            return views.save_view(db, MINE, owner, name, address=address, is_shared=shared, now=START).id

    def shown(owner: str, project: str = MINE) -> list[tuple[str, str, str]]:
        with sqlite_store.read() as db:
            return [(each.owner, each.name, each.address) for each in views.list_views(db, project, owner)]

    mine = save("ana", "  Night  shift ")
    save("ana", "Growing", shared=True)
    assert shown("ana") == [("ana", "Growing", "status=all"), ("ana", "Night shift", "status=all")]
    assert shown("bo") == [("ana", "Growing", "status=all")]
    assert shown("ana", OTHER) == []
    assert save("ana", "Night shift", "q=x") == mine, "the same name is replaced"
    assert ("ana", "Night shift", "q=x") in shown("ana")
    with sqlite_store.write() as db, pytest.raises(NotFound):
        views.delete_view(db, MINE, "bo", mine)
    with sqlite_store.write() as db:
        views.delete_view(db, MINE, "ana", mine)
    assert len(shown("ana")) == 1
    for name in ("", " ", "x" * 81):
        with pytest.raises(InputError):
            save("ana", name)
    for number in range(views.MOST_VIEWS - 1):
        save("ana", f"view {number}")
    with pytest.raises(Conflict):
        save("ana", "one too many")
