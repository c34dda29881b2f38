"""What open pages and the demand queue follow: how far a project is."""

from __future__ import annotations

from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import demand_state
from knowledge_base.store.watching import live
from knowledge_base.types import Outcome
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make


def test_a_page_has_seen_the_newest_act_of_its_project(store: Store) -> None:
    (ref,) = make(store, "a")
    category = public_id(Prefix.CATEGORY, ref.category)
    with store.write() as db:
        ensure_project(db, OTHER, START)
    with store.read() as db:
        begun = live.seen(db, MINE)
    done = curation.label(store, MINE, category, "Disk", actor="Mei")
    with store.read() as db:
        now, other = live.seen(db, MINE), live.seen(db, OTHER)
        acts = live.acts_about(db, MINE, category, begun.act)
        assert live.acts_about(db, MINE, category, now.act) == []
        assert live.seen(db, "nowhere") == live.Seen()
    assert (begun.act, now.act) == (0, done.audit_id)
    assert now.change > begun.change
    assert [each.id for each in acts] == [done.audit_id]
    assert other.act == 0


def test_marks_tell_where_something_was_asked_or_done(store: Store) -> None:
    (ref,) = make(store, "a")
    with store.write() as db:
        ensure_project(db, OTHER, START)

    def marks() -> dict[str, tuple[int, int]]:
        with store.read() as db:
            return demand_state.marks(db)

    begun = marks()
    new = NewQuestion(
        "api", "", "ana", "why", "", Outcome.KNOWN_UNSOLVED, 0.5, ref.category, ref.template, None, None, {}
    )
    with store.write() as db:
        asked = number_of(Prefix.QUESTION, questions.record(db, MINE, new, START))
    assert marks() == begun | {MINE: (begun[MINE][0], asked)}
    curation.label(store, MINE, public_id(Prefix.CATEGORY, ref.category), "Disk", actor="Mei")
    assert marks() == begun | {MINE: (begun[MINE][0] + 1, asked)}
