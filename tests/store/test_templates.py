"""Templates: one for each fingerprint, whoever comes first."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from knowledge_base.errors import NotFound
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories, descriptions, template_reading, templates
from knowledge_base.store.grouping.templates import Tally, TemplateRef
from knowledge_base.store.store import Store
from knowledge_base.types import Why
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import VERSION, make, new_template


def test_each_new_fingerprint_gets_a_template_and_a_category(store: Store) -> None:
    first, second = make(store, "a", "b")
    assert first.template != second.template
    assert first.category != second.category
    with store.read() as db:
        assert templates.find(db, MINE, VERSION, ["a", "b", "never"]) == {"a": first, "b": second}
        assert templates.find(db, MINE, "another version", ["a"]) == {}
        assert template_reading.template_total(db, MINE) == 2
        assert templates.texts(db, MINE, [first.template]) == {first.template: "ERROR a <n>"}
        read = template_reading.read_templates(db, MINE, [second.template, first.template])
    assert [(each.id, each.category_id) for each in read] == [
        (f"T-{each.template}", f"KE-{each.category}") for each in (first, second)
    ]
    assert {each.reason.why for each in read} == {Why.FIRST}


def test_a_known_fingerprint_keeps_its_template(store: Store) -> None:
    (first,) = make(store, "a")
    again, fresh = make(store, "a", "b")
    assert again == first
    assert fresh.template != first.template
    with store.read() as db:
        assert template_reading.template_total(db, MINE) == 2
        assert categories.templates_of(db, MINE, first.category) == [first.template]


def test_each_making_is_published_in_order(store: Store) -> None:
    first, second = make(store, "a", "b")
    (third,) = make(store, "c")
    make(store, "a")
    with store.read() as db:
        changes = projects.changes_since(db, MINE, 0)
        assert [change.number for change in changes] == [1, 2, 3]
        assert {change.kind for change in changes} == {"category_created"}
        assert [change.detail["category"] for change in changes] == [
            f"KE-{each.category}" for each in (first, second, third)
        ]
        assert projects.last_change(db, MINE) == 3
        assert [change.number for change in projects.changes_since(db, MINE, 1, limit=1)] == [2]
        assert projects.changes_since(db, OTHER, 0) == []


def test_the_same_fingerprint_in_two_projects_is_two_templates(store: Store) -> None:
    (mine,) = make(store, "a")
    (other,) = make(store, "a", project=OTHER)
    assert mine.template != other.template
    assert mine.category != other.category
    with store.read() as db:
        assert templates.find(db, OTHER, VERSION, ["a"]) == {"a": other}


def test_another_projects_numbers_find_nothing(store: Store) -> None:
    (mine,) = make(store, "a")
    with store.read() as db:
        assert templates.texts(db, OTHER, [mine.template]) == {}
        assert templates.homes(db, OTHER, [mine.template]) == {}
        assert template_reading.read_templates(db, OTHER, [mine.template]) == []
        assert template_reading.templates_in(db, OTHER, mine.category) == []
        assert descriptions.describe(db, OTHER, [mine.template]) == {}
        assert categories.templates_of(db, OTHER, mine.category) == []
        assert categories.aliases_of(db, OTHER, mine.category) == []
        with pytest.raises(NotFound):
            categories.resolve(db, OTHER, mine.category)
        with pytest.raises(NotFound):
            categories.get(db, OTHER, mine.category)


def test_another_project_changes_nothing(store: Store) -> None:
    mine, second = make(store, "a", "b")
    with store.write() as db:
        templates.set_category(db, OTHER, {mine.template: second.category}, {})
        templates.add_tallies(db, OTHER, [Tally(mine.template, 5, START, START)])
        categories.set_fields(db, OTHER, mine.category, label="not yours")
    with store.read() as db:
        assert templates.homes(db, MINE, [mine.template]) == {mine.template: mine.category}
        category = categories.get(db, MINE, mine.category)
    assert (category.label, category.count) == (None, 0)


def test_tallies_add_up_and_widen_the_time(store: Store) -> None:
    (ref,) = make(store, "a")
    with store.write() as db:
        templates.add_tallies(db, MINE, [Tally(ref.template, 3, START, START + timedelta(hours=1))])
        templates.add_tallies(db, MINE, [Tally(ref.template, 4, START - timedelta(hours=2), START)])
    with store.read() as db:
        (read,) = template_reading.read_templates(db, MINE, [ref.template])
    assert (read.count, read.first_seen, read.last_seen) == (
        7,
        START - timedelta(hours=2),
        START + timedelta(hours=1),
    )


def test_what_a_database_cannot_hold_is_replaced_and_what_is_too_long_is_cut(store: Store) -> None:
    hostile = new_template("a", "bad \x00 and \udcff text", service="s\x00" * 300)
    with store.write() as db:
        ref = templates.create(db, MINE, [hostile], START)["a"]
    with store.read() as db:
        (read,) = template_reading.read_templates(db, MINE, [ref.template])
        (service,) = categories.get(db, MINE, ref.category).systems
    assert read.text == "bad � and ? text"
    assert len(service) == 200
    assert service.endswith("…")


def test_more_fingerprints_may_stand_for_a_template(store: Store) -> None:
    first, second = make(store, "a", "b")
    with store.write() as db:
        templates.add_fingerprints(db, MINE, first.template, [("v2", "x"), (VERSION, "b")])
    with store.read() as db:
        assert templates.find(db, MINE, "v2", ["x"]) == {"x": first}
        assert templates.find(db, MINE, VERSION, ["b"]) == {"b": second}, "it stood for another one already"


def test_pending_counts_what_no_window_has_seen(store: Store) -> None:
    with store.read() as db:
        assert templates.pending(db, MINE) == (0, None)
    make(store, "a", "b")
    with store.read() as db:
        assert templates.pending(db, MINE) == (2, START)
        assert templates.pending(db, OTHER) == (0, None)


def test_more_than_a_chunk_is_found_and_made(store: Store) -> None:
    names = [f"f{number}" for number in range(templates.LOOKUP_CHUNK * 2 + 1)]
    made = make(store, *names)
    with store.read() as db:
        assert list(templates.find(db, MINE, VERSION, names).values()) != []
        assert templates.find(db, MINE, VERSION, names) == dict(zip(names, made, strict=True))
        described = descriptions.describe(db, MINE, [ref.template for ref in made])
    assert {number: each.ref for number, each in described.items()} == {ref.template: ref for ref in made}


def test_writers_that_race_for_fingerprints_share_the_templates(store: Store) -> None:
    """Each of several connections makes the same fingerprints in another order."""
    names = ["a", "b", "c", "d"]
    start = threading.Barrier(4)
    results: list[dict[str, TemplateRef]] = []

    def work(shift: int) -> None:
        wanted = [new_template(name) for name in names[shift:] + names[:shift]]
        start.wait(20)
        with store.write() as db:
            results.append(templates.create(db, MINE, wanted, START))

    threads = [threading.Thread(target=work, args=(shift,)) for shift in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 4
    assert all(result == results[0] for result in results)
    with store.read() as db:
        assert template_reading.template_total(db, MINE) == 4
        assert projects.last_change(db, MINE) == 4
