"""The demand queue: what it is made of, what is in it, and that it follows what happens."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import curation
from knowledge_base.demand_keeping import AT_ONCE, DemandKeeper
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.matching import form_of
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.store.asking import escalations, questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.grouping.templates import TemplateRef
from knowledge_base.store.intake import counts, ingestion
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import demand, demand_rows, demand_state
from knowledge_base.store.wanted.demand import Wanted
from knowledge_base.store.wanted.demand_values import Counted, Demand, DemandKind, growth
from knowledge_base.types import Outcome
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make, new_template

NUMBER = st.integers(0, 10**12)


@given(st.integers(0, 10**6), NUMBER, NUMBER)
def test_demand_rises_with_those_who_ask_and_with_what_is_seen(people: int, before: int, day: int) -> None:
    counted = Counted(people, before + day, day)
    assert Counted(people + 1, before + day, day).score > counted.score > 0
    assert Counted(people, before + day + 1, day + 1).score >= counted.score
    assert 0.5 <= growth(before + day, day) <= 4.0


@given(NUMBER, NUMBER)
def test_of_two_that_are_seen_alike_the_one_that_grows_is_wanted_more(seen: int, other: int) -> None:
    less, more = sorted((min(seen, other), seen))
    assert Counted(0, seen, less).score <= Counted(0, seen, more).score


def test_nothing_at_all_is_wanted_a_little() -> None:
    assert Counted().score == 1.0
    assert Counted(people=1).score == 2.0
    assert Counted(seen=700, day=100).score == pytest.approx(9.455, abs=0.001), "steady lines grow by nothing"


def settle(store: Store, project: str = MINE) -> None:
    DemandKeeper(store).settle(project)


def queue(store: Store, wanted: Wanted | None = None, *, project: str = MINE, limit: int = 50) -> list[Demand]:
    with store.read() as db:
        return demand.list_demand(db, project, wanted or Wanted(), limit=limit)


def ids(found: Sequence[Demand]) -> list[str]:
    return [each.id for each in found]


def ask(
    store: Store,
    user: str,
    *,
    about: TemplateRef | None = None,
    form: str = "",
    at: datetime = START,
    outcome: Outcome | None = None,
) -> str:
    ended = outcome or (Outcome.UNKNOWN if about is None else Outcome.KNOWN_UNSOLVED)
    new = NewQuestion(
        "api", "", user, f"{user} asks {form}", form, ended, 0.5,
        about.category if about else None, about.template if about else None, None, None, {},
    )  # fmt: skip
    with store.write() as db:
        return questions.record(db, MINE, new, at)


def lines(store: Store, name: str, at: Sequence[datetime], *, service: str = "etl") -> TemplateRef:
    unseen = new_template(name, service=service)
    with store.write() as db:
        kept = ingestion.ensure_templates(db, MINE, [unseen], START)
        read = [StoredLine(name, each, service, name) for each in at]
        ingestion.keep_batch(db, MINE, read, kept, ring_size=10, samples_per_template=5)
    return kept[name]


def ke(ref: TemplateRef) -> str:
    return public_id(Prefix.CATEGORY, ref.category)


def test_categories_and_groups_of_questions_are_ordered_by_demand(store: Store) -> None:
    loud = lines(store, "loud", [START - timedelta(hours=h) for h in range(100)])
    quiet = lines(store, "quiet", [START - timedelta(days=3)])
    old = lines(store, "old", [START - timedelta(days=9)])
    for user in ("ana", "bo", "ana"):
        ask(store, user, about=quiet)
    for user in ("ana", "bo", "cy", "dee"):
        newest = ask(store, user, form="f1")
    ask(store, "ana", form="f2", at=START - timedelta(days=8))
    settle(store)
    found = {each.id: each for each in queue(store)}
    assert ids(queue(store)) == sorted(found, key=lambda each: -found[each].score)
    assert set(found) == {ke(loud), ke(quiet), ke(old), newest, "Q-8"}
    assert (found[ke(loud)].counted.seen, found[ke(loud)].counted.day) == (100, 25)
    assert (found[ke(quiet)].counted.people, found[ke(quiet)].counted.seen) == (2, 1)
    assert (found[ke(old)].counted, found[ke(old)].score) == (Counted(), 1.0)
    group = found[newest]
    assert (group.kind, group.counted.people, group.counted.seen) == (DemandKind.QUESTION, 4, 4)
    assert group.text == "dee asks f1"
    assert found["Q-8"].counted.seen == 0
    assert found[ke(loud)].services == ("etl",)
    assert queue(store, project=OTHER) == []


def test_only_what_nobody_has_solved_is_wanted(store: Store) -> None:
    refs = make(store, "a", "b", "c", "d")
    settle(store)
    assert len(queue(store)) == 4
    curation.attach(store, MINE, ke(refs[0]), SolutionText("Restart", "", "now"), actor="Mei")
    curation.ignore(store, MINE, ke(refs[1]), actor="Mei")
    assert ids(queue(store)) == [ke(refs[2]), ke(refs[3])], "at once, whether or not the rows followed"
    done = curation.merge(store, MINE, ke(refs[2]), [ke(refs[3])], actor="Mei")
    assert ids(queue(store)) == [ke(refs[2])]
    settle(store)
    assert ids(queue(store)) == [ke(refs[2])]
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    settle(store)
    assert ids(queue(store)) == [ke(refs[2]), ke(refs[3])]


def test_people_of_merged_categories_are_counted_once(store: Store) -> None:
    one, other = make(store, "a", "b")
    ask(store, "ana", about=one)
    for user in ("ana", "bo"):
        ask(store, user, about=other)
    curation.merge(store, MINE, ke(one), [ke(other)], actor="Mei")
    settle(store)
    [entry] = queue(store)
    assert entry.counted.people == 2


def test_what_is_asked_counts_with_the_next_step(store: Store) -> None:
    (ref,) = make(store, "a")
    keeper = DemandKeeper(store)
    keeper.settle(MINE)
    assert not keeper.step(MINE), "the next round has its time"
    ask(store, "ana", about=ref)
    newest = ask(store, "bo", form="f")
    assert keeper.step(MINE)
    assert not keeper.step(MINE)
    assert {each.id: each.counted.people for each in queue(store)} == {ke(ref): 1, newest: 1}
    lines(store, "b", [START])
    assert keeper.step(MINE)
    assert len(queue(store)) == 3, "a new category is there at once"


def test_an_unknown_question_leaves_when_it_is_assigned_or_closed(store: Store) -> None:
    (ref,) = make(store, "a")
    first, second = ask(store, "ana", form="f1"), ask(store, "bo", form="f2")
    settle(store)
    assert set(ids(queue(store, Wanted((DemandKind.QUESTION,))))) == {first, second}
    with store.write() as db:
        escalations.close(db, MINE, first, by="Mei", now=START)
        db.exec_driver_sql(f"UPDATE question SET template = {ref.template} WHERE id = {second.removeprefix('Q-')}")
    assert ids(queue(store, Wanted((DemandKind.QUESTION,)))) == []
    settle(store)
    [entry] = queue(store)
    assert (entry.id, entry.counted.people) == (ke(ref), 1)


def test_the_queue_forgets_who_asked_long_ago_unless_they_wait_for_a_person(store: Store) -> None:
    long_ago = START - timedelta(days=31)
    ask(store, "ana", form="f1", at=long_ago)
    waiting = ask(store, "bo", form="f2", at=long_ago)
    settle(store)
    assert queue(store) == []
    with store.write() as db:
        escalations.hand_over(db, MINE, waiting, by="bo", now=START)
    [entry] = queue(store)
    assert (entry.id, entry.counted.people, entry.counted.handed_over) == (waiting, 0, 1)


def test_entries_are_narrowed(store: Store) -> None:
    etl, web = lines(store, "a", [START]), lines(store, "b", [START], service="web")
    ask(store, "ana", about=etl, at=START - timedelta(days=2))
    newest = ask(store, "ana", form="f")
    settle(store)
    for wanted, expected in (
        (Wanted(service="web"), {ke(web)}),
        (Wanted(service="nobody"), set()),
        (Wanted((DemandKind.QUESTION,), "web"), set()),
        (Wanted((DemandKind.CATEGORY,)), {ke(etl), ke(web)}),
        (Wanted(asked_since=START - timedelta(days=1)), {newest}),
        (Wanted(asked_since=START - timedelta(days=3)), {newest, ke(etl)}),
        (Wanted(service="\udcff"), set()),
    ):
        assert set(ids(queue(store, wanted))) == expected, wanted


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_a_walk_meets_each_entry_once_and_in_order(store: Store, limit: int) -> None:
    make(store, *"abcde")
    for form in ("f1", "f2"):
        ask(store, "ana", form=form)
    settle(store)
    met: list[Demand] = []
    after = None
    while True:
        with store.read() as db:
            page = demand.list_demand(db, MINE, Wanted(), limit=limit, after=after)
        if not page:
            break
        met += page
        after = demand.read_place(demand.write_place(page[-1]))
    assert ids(met) == ids(queue(store))
    assert len(set(ids(met))) == 7


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "1~category", "1~other~2", "-1~category~1", "1~category~0", "9" * 5000, "1~category~" + "9" * 90],
)
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InputError, match="start from the first page"):
        demand.read_place(cursor)


def test_others_who_asked_the_same_are_counted(store: Store) -> None:
    for user, form, days in (("ana", "f", 0), ("bo", "f", 6), ("bo", "f", 1), ("cy", "f", 8), ("dee", "g", 0)):
        ask(store, user, form=form, at=START - timedelta(days=days))
    with store.read() as db:
        assert demand.asked_by_others(db, MINE, "f", user="ana", now=START) == 1
        assert demand.asked_by_others(db, MINE, "f", user="eve", now=START) == 2
        assert demand.asked_by_others(db, MINE, "", user="eve", now=START) == 0
        assert demand.asked_by_others(db, OTHER, "f", user="eve", now=START) == 0


def test_rolled_up_lines_count_as_before(store: Store) -> None:
    ref = lines(store, "a", [START - timedelta(hours=h) for h in range(6 * 24)])
    settle(store)
    before = queue(store)[0].counted
    with store.write() as db:
        assert counts.roll_up(db, MINE, START) > 0
    with store.read() as db:
        assert not demand_rows.look_at_categories(db, MINE, [ref.category], START + timedelta(seconds=1))
    settle(store)
    assert queue(store)[0].counted == before == Counted(0, 144, 25)


def test_lines_grow_old_with_a_round(store: Store) -> None:
    lines(store, "a", [START] * 40)
    settle(store)
    assert (queue(store)[0].counted.day, queue(store)[0].growth) == (40, 4.0)
    store.clock.now += timedelta(days=2)  # type: ignore[attr-defined]
    keeper = DemandKeeper(store)
    while keeper.step(MINE):
        pass
    assert (queue(store)[0].counted.seen, queue(store)[0].counted.day) == (40, 0)
    store.clock.now += timedelta(days=7)  # type: ignore[attr-defined]
    while keeper.step(MINE):
        pass
    assert queue(store)[0].counted == Counted()


def test_lines_of_a_clock_that_is_ahead_do_not_count_yet(store: Store) -> None:
    lines(store, "a", [START, START + timedelta(days=300)])
    settle(store)
    assert queue(store)[0].counted.seen == 1


def test_questions_that_were_kept_without_a_form_are_counted_by_their_text(store: Store) -> None:
    settle(store)
    for _ in range(AT_ONCE + 5):
        ask(store, "ana")
    newest = ask(store, "ana")
    ask(store, "ana", outcome=Outcome.ANSWERED)
    (ref,) = make(store, "a")
    ask(store, "ana", about=ref)
    store.clock.now += timedelta(minutes=2)  # type: ignore[attr-defined]
    keeper = DemandKeeper(store)
    while keeper.step(MINE):
        pass
    found = {each.id: each for each in queue(store)}
    assert found.keys() == {newest, ke(ref)}
    assert found[newest].counted.seen == AT_ONCE + 6
    with store.read() as db:
        assert demand_state.without_form(db, MINE, 9) == {}
        assert demand.asked_by_others(db, MINE, form_of("ana asks", RuleSet()), user="bo", now=START) == 1


def test_what_is_far_behind_is_not_followed_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(store)
    monkeypatch.setattr(demand_state, "FAR", 3)
    refs = make(store, *"abcd")
    newest = ask(store, "ana", form="f")
    keeper = DemandKeeper(store)
    while keeper.step(MINE):
        pass
    assert set(ids(queue(store))) == {*map(ke, refs), newest}


def test_whoever_is_overtaken_writes_nothing(store: Store) -> None:
    make(store, "a")
    with store.read() as db:
        before = demand_state.read_state(db, MINE)
        found = demand_state.touched(db, MINE, before)
    with store.write() as db:
        assert demand_state.move(db, MINE, before, found.state)
        assert not demand_state.move(db, MINE, before, found.state)


@pytest.mark.parametrize("seed", range(4))
def test_after_whatever_happened_the_rows_are_those_of_a_fresh_count(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    refs = make(store, *"abcdef")
    keeper = DemandKeeper(store)
    for _ in range(40):
        store.clock.now += timedelta(minutes=chance.randrange(400))  # type: ignore[attr-defined]
        now, ref = store.clock(), chance.choice(refs)
        act = chance.randrange(6)
        if act == 0:
            lines(
                store, chance.choice("abcdef"), [now - timedelta(hours=chance.randrange(200))] * chance.randrange(1, 30)
            )
        elif act == 1:
            ask(store, chance.choice("xyz"), about=ref, at=now)
        elif act == 2:
            ask(store, chance.choice("xyz"), form=chance.choice(("f1", "f2", "f3")), at=now)
        elif act == 3:
            keeper.step(MINE)
        elif act == 4 and (asked := ids(queue(store, Wanted((DemandKind.QUESTION,))))):
            with store.write() as db:
                way = escalations.hand_over if chance.random() < 0.5 else escalations.close
                way(db, MINE, asked[0], by="Mei", now=now)
        else:
            one, other = chance.sample(refs, 2)
            with store.read() as db:
                rows = {row[0]: row[1] for row in db.exec_driver_sql("SELECT id, category FROM template")}
            if rows[one.template] != rows[other.template]:
                left, right = (public_id(Prefix.CATEGORY, rows[each.template]) for each in (one, other))
                curation.merge(store, MINE, left, [right], actor="Mei")
    now = store.clock()
    store.clock = lambda: now
    keeper.settle(MINE)
    kept = queue(store)
    with store.write() as db:
        for table in ("demand", "demand_service", "demand_state"):
            db.exec_driver_sql(f"DELETE FROM {table}")
    DemandKeeper(store).settle(MINE)
    assert queue(store) == kept
    assert all(number_of(Prefix.CATEGORY, each.id) for each in kept if each.kind is DemandKind.CATEGORY)
