"""Eviction: who goes first, who never goes, and what is left of those that went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select, update
from sqlmodel import SQLModel, col

from knowledge_base.errors import Evicted, NotFound
from knowledge_base.store import projects
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.grouping import (
    categories,
    category_pages,
    eviction,
    facts,
    template_reading,
    templates,
    wildcards,
)
from knowledge_base.store.grouping.category_pages import Filter
from knowledge_base.store.grouping.category_view import Status
from knowledge_base.store.grouping.templates import Tally, TemplateRef
from knowledge_base.store.grouping.tombstones import EVICTED, is_evicted
from knowledge_base.store.grouping.wildcard_tables import WildcardRow
from knowledge_base.store.intake import counts, ingestion, samples
from knowledge_base.store.intake.load import Load, read_load
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import NewRepresentative
from knowledge_base.store.store import Store
from knowledge_base.store.tables import FingerprintRow, RepresentativeRow, SampleRow, TemplateRow
from knowledge_base.types import FactKind, Outcome
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import VERSION, keep_lines, lines_of, make

LATER = START + timedelta(days=2)


def seen(store: Store, ref: TemplateRef, *, lines: int = 1, at: datetime = START) -> None:
    with store.write() as db:
        templates.add_tallies(db, MINE, [Tally(ref.template, lines, at, at)])


def evict(store: Store, *refs: TemplateRef, project: str = MINE, seen_until: datetime = LATER) -> eviction.Evicted:
    with store.write() as db:
        return eviction.evict(db, project, [ref.template for ref in refs], seen_until=seen_until, now=LATER)


def rows(db: Connection, table: type[SQLModel]) -> int:
    return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def test_nothing_has_to_go_within_the_limit_and_below_it_a_little_more(store: Store) -> None:
    make(store, *(f"f{number}" for number in range(100)))
    with store.read() as db:
        assert eviction.surplus(db, MINE, 100) == 0
        assert eviction.surplus(db, OTHER, 100) == 0
        assert eviction.surplus(db, MINE, 99) == 100 - 94
        assert eviction.surplus(db, MINE, 40) == 100 - 38


def test_the_coldest_go_first_and_of_those_the_rarest(store: Store) -> None:
    warm, often, rare, cold = make(store, "warm", "often", "rare", "cold")
    seen(store, warm, at=START + timedelta(hours=3))
    seen(store, often, lines=9, at=START + timedelta(hours=2))
    seen(store, rare, lines=2, at=START + timedelta(hours=2))
    seen(store, cold, lines=50)
    with store.read() as db:
        found = eviction.coldest(db, MINE, 3)
        assert found.templates == (cold.template, rare.template, often.template)
        assert found.seen_until == START + timedelta(hours=2)
        assert eviction.coldest(db, MINE, 9).templates[-1] == warm.template
        assert eviction.coldest(db, OTHER, 9) == eviction.Coldest((), None)


def label(db: Connection, ref: TemplateRef, _other: TemplateRef) -> None:
    categories.set_fields(db, MINE, ref.category, label="Disk full")


def solve(db: Connection, ref: TemplateRef, _other: TemplateRef) -> None:
    categories.set_fields(db, MINE, ref.category, solution=1)


def ignore(db: Connection, ref: TemplateRef, _other: TemplateRef) -> None:
    categories.set_fields(db, MINE, ref.category, ignored=True)


def link(db: Connection, ref: TemplateRef, other: TemplateRef) -> None:
    facts.add(db, MINE, FactKind.MUST_LINK, [(ref.template, other.template)], actor="ann", now=START)


def keep_apart(db: Connection, ref: TemplateRef, other: TemplateRef) -> None:
    facts.add(db, MINE, FactKind.CANNOT_LINK, [(other.template, ref.template)], actor="ann", now=START)


def ask(db: Connection, ref: TemplateRef, _other: TemplateRef) -> None:
    asked = NewQuestion(
        "web", "", "ann", "disk full", "", Outcome.KNOWN_UNSOLVED, 1.0, ref.category, ref.template, None, None, {}
    )
    questions.record(db, MINE, asked, START)


@pytest.mark.parametrize("touch", [label, solve, ignore, link, keep_apart, ask])
def test_what_people_touched_stays(store: Store, touch: Callable[[Connection, TemplateRef, TemplateRef], None]) -> None:
    mine, other, third = make(store, "mine", "other", "third")
    with store.read() as db:
        chosen = eviction.coldest(db, MINE, 9)
        assert len(chosen.templates) == 3
    with store.write() as db:
        touch(db, mine, other)
    with store.read() as db:
        assert mine.template not in eviction.coldest(db, MINE, 9).templates
    # It was chosen before somebody touched it.
    assert evict(store, mine) == eviction.Evicted(0, 0)
    assert evict(store, mine, third) == eviction.Evicted(1, 1)
    with store.read() as db:
        assert templates.find(db, MINE, VERSION, ["mine", "third"]) == {"mine": mine}


def test_what_was_taken_back_protects_no_more(store: Store) -> None:
    mine, other = make(store, "mine", "other")
    with store.write() as db:
        made = facts.add(db, MINE, FactKind.MUST_LINK, [(mine.template, other.template)], actor="ann", now=START)
        facts.withdraw(db, MINE, made, START)
    assert evict(store, mine).templates == 1


def test_what_was_seen_again_since_it_was_chosen_stays(store: Store) -> None:
    (ref,) = make(store, "a")
    seen(store, ref, at=START + timedelta(hours=1))
    assert evict(store, ref, seen_until=START) == eviction.Evicted(0, 0)
    assert evict(store, ref, seen_until=START + timedelta(hours=1)) == eviction.Evicted(1, 1)
    assert evict(store, ref) == eviction.Evicted(0, 0), "once is enough"


def test_another_projects_templates_are_out_of_reach(store: Store) -> None:
    (ref,) = make(store, "a")
    assert evict(store, ref, project=OTHER) == eviction.Evicted(0, 0)
    with store.read() as db:
        assert not is_evicted(db, MINE, ref.category)


def test_a_tombstone_resolves_and_keeps_its_counts(store: Store) -> None:
    with store.write() as db:
        refs = keep_lines(db, [*lines_of("a", 30), *lines_of("b", 5)])
    ref = refs["a"]
    assert evict(store, ref) == eviction.Evicted(1, 1)
    with store.read() as db:
        category = categories.get(db, MINE, ref.category)
        assert (category.id, category.status, category.count, category.templates, category.evicted_at) == (
            f"KE-{ref.category}",
            EVICTED,
            30,
            0,
            LATER,
        )
        assert (category.first_seen, category.last_seen) == (START, START + timedelta(minutes=29))
        template = template_reading.get_template(db, MINE, f"T-{ref.template}")
        assert (template.text, template.count, template.evicted_at) == ("", 30, LATER)
        assert template.category_id == category.id
        assert counts.total(db, MINE) == 35, "each line stays counted"
        hour = timedelta(hours=1)
        assert counts.series(db, MINE, [ref.template], start=START, end=START + hour, step=hour) == [30]
        assert samples.samples_of(db, MINE, [ref.template]) == []
        assert templates.find(db, MINE, VERSION, ["a", "b"]) == {"b": refs["b"]}
        assert template_reading.templates_in(db, MINE, ref.category) == []
        with pytest.raises(NotFound):
            template_reading.get_template(db, OTHER, f"T-{ref.template}")
        with pytest.raises(NotFound):
            categories.get(db, OTHER, ref.category)
        assert (rows(db, FingerprintRow), rows(db, SampleRow)) == (1, 5)


def test_lists_show_the_living_only(store: Store) -> None:
    gone, stays = make(store, "gone", "stays")
    evict(store, gone)
    with store.read() as db:
        page = category_pages.find_page(db, MINE, Filter())
        assert [each.id for each in page.items] == [f"KE-{stays.category}"]
        assert category_pages.find_page(db, MINE, Filter(text=f"KE-{gone.category}")).total == 0
        assert category_pages.status_counts(db, MINE)[Status.UNLABELLED] == 1
        assert template_reading.template_total(db, MINE) == 1
        assert projects.living_templates(db, MINE) == 1
        assert templates.pending(db, MINE)[0] == 1, "nobody clusters what is gone"


def test_an_alias_of_what_was_evicted_resolves(store: Store) -> None:
    target, source = make(store, "target", "source")
    with store.write() as db:
        templates.set_category(db, MINE, {source.template: target.category}, {})
        categories.set_fields(db, MINE, source.category, merged_into=target.category, state="merged")
    assert evict(store, target, source) == eviction.Evicted(2, 1)
    with store.read() as db:
        found = categories.get(db, MINE, categories.resolve_public(db, MINE, f"KE-{source.category}"))
    assert (found.id, found.status, found.aliases) == (f"KE-{target.category}", EVICTED, (f"KE-{source.category}",))


def test_a_category_outlives_one_of_its_templates(store: Store) -> None:
    first, second = make(store, "first", "second")
    seen(store, first, lines=7)
    seen(store, second, lines=3, at=START + timedelta(hours=1))
    with store.write() as db:
        templates.set_category(db, MINE, {second.template: first.category}, {})
        db.execute(update(TemplateRow).values(clustered=True))
        representatives.add(
            db,
            MINE,
            [NewRepresentative(first.category, first.template, "ERROR first <n>", (), b"\0" * 1536)],
            "test",
        )
        before = projects.generation(db, MINE)
    assert evict(store, first) == eviction.Evicted(1, 0)
    with store.read() as db:
        category = categories.get(db, MINE, first.category)
        assert (category.status, category.template, category.templates) == ("unlabelled", "ERROR second <n>", 1)
        assert category.count == 10, "the lines of those that went stay counted"
        assert [each.id for each in template_reading.templates_in(db, MINE, first.category)] == [f"T-{second.template}"]
        assert templates.pending(db, MINE)[0] == 1, "a window gives it a new representative"
        (removed,) = representatives.since(db, MINE, "test", before)
        assert removed.removed
        assert db.execute(select(col(RepresentativeRow.vector))).scalar_one() == b""


def test_words_as_variables_lead_to_it_no_more(store: Store) -> None:
    gone, stays = make(store, "gone", "stays")
    with store.write() as db:
        wildcards.add(db, MINE, 7, gone.template, 1)
        wildcards.add(db, MINE, 8, stays.template, 1)
    evict(store, gone)
    with store.read() as db:
        assert set(db.execute(select(col(WildcardRow.template))).scalars()) == {stays.template}


def test_the_same_line_begins_anew_under_other_ids(store: Store) -> None:
    (old,) = make(store, "a")
    evict(store, old)
    (new,) = make(store, "a")
    assert new.template > old.template
    assert new.category > old.category


def test_lines_are_never_counted_into_a_tombstone(store: Store) -> None:
    with store.write() as db:
        refs = keep_lines(db, [*lines_of("a", 2), *lines_of("b", 1)])
    evict(store, refs["a"])
    lines = [*lines_of("a", 3), *lines_of("b", 3)]
    with pytest.raises(Evicted) as caught, store.write() as db:
        ingestion.keep_batch(db, MINE, lines, refs, ring_size=10, samples_per_template=20)
    assert caught.value.templates == {refs["a"].template}
    with store.read() as db:
        assert counts.total(db, MINE) == 3
        assert samples.samples_of(db, MINE, [refs["a"].template]) == []


def test_the_feed_tells_of_many_in_one_entry(store: Store) -> None:
    refs = make(store, "a", "b", "c")
    with store.read() as db:
        before = projects.last_change(db, MINE)
    evict(store, *refs)
    with store.read() as db:
        told = [(each.kind, dict(each.detail)) for each in projects.changes_since(db, MINE, before)]
    assert told == [
        ("template_evicted", {"templates": [f"T-{each.template}" for each in refs]}),
        ("category_evicted", {"categories": [f"KE-{each.category}" for each in refs]}),
    ]


def test_the_load_tells_how_full_it_is_and_how_long_the_first_waits(store: Store) -> None:
    make(store, "a", "b", "c")
    with store.read() as db:
        load = read_load(db, MINE, max_templates=2, now=START + timedelta(seconds=40))
        assert load == Load(3, 2, 3, timedelta(seconds=40))
        assert load.over_limit == 1
        assert read_load(db, OTHER, max_templates=2, now=START) == Load(0, 2, 0, None)
        assert read_load(db, MINE, max_templates=2, now=START - timedelta(days=1)).oldest == timedelta(0)


def test_the_living_are_counted_right_from_an_older_database_on(store: Store) -> None:
    refs = make(store, "a", "b", "c")
    evict(store, refs[0])
    with store.read() as db:
        counted = select(func.count()).select_from(TemplateRow).where(col(TemplateRow.evicted_at).is_(None))
        assert db.execute(counted).scalar_one() == projects.living_templates(db, MINE) == 2
