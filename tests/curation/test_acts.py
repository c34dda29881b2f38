"""Acts one by one: what they refuse, who wins, and what can be taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from knowledge_base import curation
from knowledge_base.errors import Conflict, InputError, NotFound, StaleVersion
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import proposals, template_reading
from knowledge_base.store.grouping.proposal_values import Proposed
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind, Why
from tests.curation.pictures import picture
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make

TEXT = SolutionText("Create the table", "dropped", "run it")
Act = Callable[[Store, str, str], object]


def ids_of(store: Store, *names: str) -> tuple[list[str], list[str]]:
    """Make templates; give the public ids of their categories, and their own."""
    refs = make(store, *names)
    return [public_id(Prefix.CATEGORY, ref.category) for ref in refs], [
        public_id(Prefix.TEMPLATE, ref.template) for ref in refs
    ]


ACTS: dict[str, Act] = {
    "label": lambda store, project, category: curation.label(store, project, category, "name", actor="Mei"),
    "ignore": lambda store, project, category: curation.ignore(store, project, category, actor="Mei"),
    "attach": lambda store, project, category: curation.attach(store, project, category, TEXT, actor="Mei"),
    "detach": lambda store, project, category: curation.detach(store, project, category, actor="Mei"),
    "link": lambda store, project, category: curation.link(store, project, category, "S-1", actor="Mei"),
    "merge": lambda store, project, category: curation.merge(store, project, category, ["KE-2"], actor="Mei"),
    "split": lambda store, project, category: curation.split(store, project, category, ["T-1"], actor="Mei"),
    "undo": lambda store, project, category: curation.undo(store, project, 1, actor="Mei"),
}


@pytest.mark.parametrize("name", list(ACTS))
def test_another_projects_ids_are_refused(store: Store, name: str) -> None:
    (first, second), _ = ids_of(store, "a", "b")
    curation.attach(store, MINE, first, TEXT, actor="Mei")
    make(store, "own", project=OTHER)
    before = picture(store, MINE), picture(store, OTHER)
    for project in (OTHER, "nobody"):
        with pytest.raises(NotFound):
            ACTS[name](store, project, first)
    with pytest.raises(NotFound):
        curation.merge(store, OTHER, "KE-3", [second], actor="Mei")
    with pytest.raises(NotFound):
        curation.link(store, OTHER, "KE-3", "S-1", actor="Mei")
    assert (picture(store, MINE), picture(store, OTHER)) == before


@pytest.mark.parametrize("name", list(ACTS))
def test_an_act_needs_a_category_and_a_name(store: Store, name: str) -> None:
    with pytest.raises(NotFound):
        ACTS[name](store, MINE, "KE-999")
    with pytest.raises(InputError):
        curation.label(store, MINE, "KE-1", "x", actor=" ")


def test_each_act_is_audited_and_published(store: Store) -> None:
    (first, _), _ = ids_of(store, "a", "b")
    before = 2
    for name in ("label", "ignore", "attach", "detach", "link", "merge", "split"):
        ACTS[name](store, MINE, first)
    with store.read() as db:
        entries = audit.of_category(db, MINE, 1)
        changes = projects.changes_since(db, MINE, before)
    assert [entry.action for entry in reversed(entries)] == ["label", "ignore", "attach", "detach", "link", "merge"]
    assert all(entry.actor == "Mei" and entry.can_be_undone for entry in entries)
    kinds = {change.kind for change in changes}
    assert {"label", "ignore", "attach", "detach", "link", "category_merged", "template_moved", "split"} <= kinds


def test_labels_are_tidied_and_bounded(store: Store) -> None:
    (first,), _ = ids_of(store, "a")
    assert curation.label(store, MINE, first, "  two\n words\x00 ", actor="Mei").category.label == "two words�"
    assert curation.label(store, MINE, first, "  ", actor="Mei").category.label is None
    assert curation.label(store, MINE, first, "x" * 200, actor="M\x00ei\udcff").category.label == "x" * 200
    with pytest.raises(InputError, match="200 are allowed"):
        curation.label(store, MINE, first, "x" * 201, actor="Mei")


def test_a_stale_writer_is_told(store: Store) -> None:
    (first,), _ = ids_of(store, "a")
    curation.attach(store, MINE, first, TEXT, actor="Mei")
    with pytest.raises(StaleVersion, match="Mei attached 'Create the table'"):
        curation.attach(store, MINE, first, TEXT, actor="Ravi")
    second = curation.attach(store, MINE, first, SolutionText("b", "", ""), actor="Ravi", based_on=1)
    assert second.solution is not None
    assert second.solution.version == 2
    with pytest.raises(StaleVersion, match="Ravi saved version 2"):
        curation.attach(store, MINE, first, TEXT, actor="Mei", based_on=1)
    curation.detach(store, MINE, first, actor="Mei")
    with pytest.raises(StaleVersion, match="detached meanwhile"):
        curation.attach(store, MINE, first, TEXT, actor="Mei", based_on=2)


@pytest.mark.parametrize("based_on", [None, 1])
def test_of_writers_at_the_same_time_exactly_one_wins(store: Store, based_on: int | None) -> None:
    (first,), _ = ids_of(store, "a")
    if based_on:
        curation.attach(store, MINE, first, TEXT, actor="Mei")
    start = threading.Barrier(4)
    ends: list[str] = []

    def write(name: str) -> None:
        start.wait(20)
        try:
            curation.attach(store, MINE, first, SolutionText(name, "", ""), actor=name, based_on=based_on)
            ends.append(name)
        except StaleVersion:
            ends.append("stale")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ends)[1:] == ["stale"] * 3
    with store.read() as db:
        (kept,) = solutions.list_all(db, MINE)
    assert kept.title == sorted(ends)[0]
    assert kept.version == (2 if based_on else 1)


def test_merges_at_the_same_time_do_not_lose_a_template(store: Store) -> None:
    names, _ = ids_of(store, *"abcdef")
    start = threading.Barrier(3)
    failures: list[BaseException] = []

    def merge(into: str, others: list[str]) -> None:
        try:
            start.wait(20)
            curation.merge(store, MINE, into, others, actor="Mei")
        except InputError:
            return
        except BaseException as error:
            failures.append(error)

    jobs = [(names[0], names[1:4]), (names[3], [names[4], names[0]]), (names[5], [names[1], names[3]])]
    threads = [threading.Thread(target=merge, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    now = picture(store, MINE)
    assert set(now.homes.values()) == set(now.active)
    assert len(now.homes) == 6
    assert set(now.aliases.values()) <= set(now.active)


def test_a_merge_of_nothing_and_a_split_of_all_are_refused(store: Store) -> None:
    (first, second), (one, two) = ids_of(store, "a", "b")
    for others in ([], [first], [first, first.lower()]):
        with pytest.raises(InputError):
            curation.merge(store, MINE, first, others, actor="Mei")
    curation.merge(store, MINE, first, [second], actor="Mei")
    for chosen in ([], [one, two], [one, one, two]):
        with pytest.raises(InputError):
            curation.split(store, MINE, first, chosen, actor="Mei")
    _, (stranger,) = ids_of(store, "c")
    with pytest.raises(InputError, match="not in this category"):
        curation.split(store, MINE, first, [stranger], actor="Mei")
    with pytest.raises(NotFound):
        curation.split(store, MINE, first, ["KE-1"], actor="Mei")
    assert curation.split(store, MINE, second, [two], actor="Mei", label=" a\x00b ").category.label == "a�b"


def test_merging_takes_back_that_two_differ_also_among_the_others(store: Store) -> None:
    (first, second, third), (_, two, _) = ids_of(store, "a", "b", "c")
    curation.merge(store, MINE, second, [third], actor="Mei")
    apart = curation.split(store, MINE, second, [two], actor="Mei").category.id
    assert [fact.kind for fact in picture(store, MINE).facts] == [FactKind.CANNOT_LINK]
    curation.merge(store, MINE, first, [second, apart], actor="Mei")
    assert {fact.kind for fact in picture(store, MINE).facts} == {FactKind.MUST_LINK}


def test_several_revisions_can_be_taken_back_one_after_the_other(store: Store) -> None:
    (first,), _ = ids_of(store, "a")
    done = [curation.attach(store, MINE, first, SolutionText("v1", "", ""), actor="Mei")]
    for version in (2, 3):
        text = SolutionText(f"v{version}", "", "")
        done.append(curation.attach(store, MINE, first, text, actor="Mei", based_on=version - 1))
    with pytest.raises(Conflict, match="was saved meanwhile"):
        curation.undo(store, MINE, done[1].audit_id, actor="Mei")
    titles = []
    for each in reversed(done):
        curation.undo(store, MINE, each.audit_id, actor="Mei")
        look = picture(store, MINE).active[1]
        titles.append(look.solution and look.solution[0])
    assert titles == ["v2", "v1", None]


def test_what_newer_acts_build_on_is_not_taken_back(store: Store) -> None:
    (first, second, third), (_, two, _) = ids_of(store, "a", "b", "c")
    labelled = curation.label(store, MINE, first, "one", actor="Mei")
    curation.label(store, MINE, first, "two", actor="Mei")
    with pytest.raises(Conflict, match="changed again"):
        curation.undo(store, MINE, labelled.audit_id, actor="Mei")
    merged = curation.merge(store, MINE, first, [second], actor="Mei")
    split = curation.split(store, MINE, first, [two], actor="Mei")
    with pytest.raises(Conflict, match="moved on"):
        curation.undo(store, MINE, merged.audit_id, actor="Mei")
    curation.merge(store, MINE, split.category.id, [third], actor="Mei")
    with pytest.raises(Conflict, match="has changed"):
        curation.undo(store, MINE, split.audit_id, actor="Mei")
    undone = curation.undo(store, MINE, curation.ignore(store, MINE, first, actor="Mei").audit_id, actor="Mei")
    with pytest.raises(Conflict, match="cannot be taken back"):
        curation.undo(store, MINE, undone.audit_id, actor="Mei")


def test_an_undone_solution_does_not_come_back_with_a_later_undo(store: Store) -> None:
    (first, second), _ = ids_of(store, "a", "b")
    attached = curation.attach(store, MINE, second, TEXT, actor="Mei")
    merged = curation.merge(store, MINE, first, [second], actor="Mei")
    curation.undo(store, MINE, attached.audit_id, actor="Mei")
    curation.undo(store, MINE, merged.audit_id, actor="Mei")
    assert [look.solution for look in picture(store, MINE).active.values()] == [None, None]


def test_parts_of_a_merge_that_is_taken_back_are_kept_apart(store: Store) -> None:
    (first, second, third), _ = ids_of(store, "a", "b", "c")
    done = curation.merge(store, MINE, first, [second, third], actor="Mei")
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    facts = picture(store, MINE).facts
    assert {(fact.left, fact.right) for fact in facts} == {(1, 2), (1, 3), (2, 3)}
    assert {fact.kind for fact in facts} == {FactKind.CANNOT_LINK}


def test_a_proposal_closes_with_the_merge(store: Store) -> None:
    (first, second, third), _ = ids_of(store, "a", "b", "c")
    with store.write() as db:
        proposals.put(db, MINE, [Proposed(1, 2, 0.7), Proposed(1, 3, 0.7)], START)
    curation.merge(store, MINE, first, [second], actor="Mei")
    with store.read() as db:
        assert [(each.left, each.right) for each in proposals.open_proposals(db, MINE)] == [(1, 3)]
    assert third


def test_ignoring_is_taken_back_where_it_was_done_and_nowhere_else(store: Store) -> None:
    ids_of(store, "a", "b")
    ignored = curation.ignore(store, MINE, "KE-1", actor="Mei").audit_id
    kept = curation.ignore(store, MINE, "KE-2", ignored=False, actor="Mei").audit_id
    merged = curation.merge(store, MINE, "KE-2", ["KE-1"], actor="Zhou").audit_id
    curation.undo(store, MINE, ignored, actor="Mei")
    assert not picture(store, MINE).active[2].ignored
    curation.ignore(store, MINE, "KE-2", actor="Zhou")
    with pytest.raises(Conflict, match="take that back first"):
        curation.undo(store, MINE, kept, actor="Mei")
    curation.undo(store, MINE, merged, actor="Zhou")
    look = picture(store, MINE).active
    assert (look[1].ignored, look[2].ignored) == (False, True)


def test_ignoring_is_not_taken_back_over_what_somebody_did_since(store: Store) -> None:
    ids_of(store, "a")
    first, second, third = (
        curation.ignore(store, MINE, "KE-1", ignored=on, actor=who).audit_id
        for on, who in ((True, "Mei"), (False, "Zhou"), (True, "Lin"))
    )
    for older in (first, second):
        with pytest.raises(Conflict, match="take that back first"):
            curation.undo(store, MINE, older, actor="Mei")
    for each in (third, second, first):
        curation.undo(store, MINE, each, actor="Mei")
    assert not picture(store, MINE).active[1].ignored


def test_who_put_a_template_somewhere_is_named_again_after_undo(store: Store) -> None:
    ids_of(store, "a", "b", "c")
    curation.merge(store, MINE, "KE-1", ["KE-2", "KE-3"], actor="Mei")

    def named(number: int) -> tuple[Why, str]:
        with store.read() as db:
            reason = template_reading.get_template(db, MINE, f"T-{number}").reason
        return reason.why, reason.actor

    first = named(1)
    for _ in range(2):
        split = curation.split(store, MINE, "KE-1", ["T-2"], actor="Zhou")
        assert named(2) == (Why.PERSON, "Zhou")
        again = curation.merge(store, MINE, split.category.id, ["KE-1"], actor="Lin")
        assert named(3) == (Why.PERSON, "Lin")
        curation.undo(store, MINE, again.audit_id, actor="Bo")
        assert (named(1), named(2), named(3)) == (first, (Why.PERSON, "Zhou"), (Why.PERSON, "Mei"))
        curation.undo(store, MINE, split.audit_id, actor="Bo")
        assert named(2) == (Why.PERSON, "Mei")
    apart = curation.split(store, MINE, "KE-1", ["T-3"], actor="Zhou").category.id
    moved = curation.move(store, MINE, "T-2", apart, actor="Lin")
    curation.undo(store, MINE, moved.audit_id, actor="Bo")
    assert named(2) == (Why.PERSON, "Mei")
