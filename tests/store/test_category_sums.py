"""Sums of categories: lists and pages of a large project say what they would say of a small one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.grouping import categories, category_pages, category_services, category_sums, template_reading
from knowledge_base.store.grouping.category_pages import Filter, Sort
from knowledge_base.store.intake import counts
from knowledge_base.store.store import Store
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.wanted import queue_details
from knowledge_base.store.watching.dashboard_times import solved_since
from tests.store.databases import MINE, OTHER, START
from tests.store.test_category_pages import filled

__all__ = ["filled"]
LATER = START + timedelta(days=5)


@pytest.fixture
def counted(filled: dict[str, str], store: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The numbers of five categories, of which sums are kept."""
    monkeypatch.setattr(store, "clock", lambda: LATER)
    DemandKeeper(store).settle(MINE)
    with store.read() as db:
        return {name: categories.resolve_public(db, MINE, public) for name, public in filled.items()}


def enlarge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every project for a large one, and every category for a crowded one."""
    monkeypatch.setattr(category_sums, "LARGE", 0)
    monkeypatch.setattr(category_sums, "CROWDED", 1)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(text="quota"),
        Filter(text="表 <table>"),
        Filter(text="RESTART the_broker"),
        Filter(text="full disk"),
        Filter(text="KE-2"),
        Filter(service="kafka"),
        Filter(seen_since=START + timedelta(days=2)),
        Filter(unsolved=True),
    ],
)
def test_a_list_is_the_same_by_sums(
    store: Store, counted: dict[str, int], monkeypatch: pytest.MonkeyPatch, sort: Sort, wanted: Filter
) -> None:
    with store.read() as db:
        exact = category_pages.find_page(db, MINE, wanted, sort=sort, limit=2)
        rest = category_pages.find_page(db, MINE, wanted, sort=sort, limit=2, cursor=exact.cursor)
        enlarge(monkeypatch)
        assert category_sums.are_kept(db, MINE)
        assert not category_sums.are_kept(db, OTHER)
        assert category_pages.find_page(db, MINE, wanted, sort=sort, limit=2) == exact
        assert category_pages.find_page(db, MINE, wanted, sort=sort, limit=2, cursor=exact.cursor) == rest


def test_a_crowded_category_is_the_same_by_sums(
    store: Store, counted: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, numbers = counted["kafka"], sorted(counted.values())
    midnight = START.replace(hour=0, minute=0, second=0, microsecond=0)
    span = {"start": midnight, "end": midnight + timedelta(days=6), "step": timedelta(hours=6)}
    with store.read() as db:
        one, lines = categories.get(db, MINE, number), category_services.services_of(db, MINE, number)
        series = counts.series(db, MINE, categories.templates_of(db, MINE, number), **span)
        details = queue_details.read_details(db, MINE, numbers, START + timedelta(hours=2))
        waited = solved_since(db, MINE, START - timedelta(days=9), service="")
        assert not category_sums.is_crowded(db, MINE, number)
        assert category_sums.crowded_hours(db, MINE, numbers) == {}
        enlarge(monkeypatch)
        # Hours of the crowded are those of the last days; the details are asked for as of then.
        assert category_sums.is_crowded(db, MINE, number)
        assert categories.get(db, MINE, number) == one
        hours = category_sums.crowded_hours(db, MINE, numbers)
        assert category_sums.steps_of(hours[number], **span) == series
        assert queue_details.read_details(db, MINE, numbers, START + timedelta(hours=2)) == details
        assert solved_since(db, MINE, START - timedelta(days=9), service="") == waited
        assert category_pages.services(db, MINE) == ["etl", "kafka"]
        kept = category_sums.crowded_services(db, MINE, number)
    assert kept == []  # it was not crowded when the sums were made
    DemandKeeper(store).settle(MINE)
    with store.read() as db:
        assert category_sums.crowded_services(db, MINE, number) == lines != []


def test_sums_follow_a_merge(store: Store, counted: dict[str, int], filled: dict[str, str]) -> None:
    curation.merge(store, MINE, filled["disk"], [filled["chinese"]], actor="Mei")
    keeper = DemandKeeper(store)
    while keeper.step(MINE):
        pass
    with store.read() as db:
        kept = category_sums.kept_hours(db, MINE, sorted(counted.values()))
    assert counted["chinese"] not in kept
    assert sum(kept[counted["disk"]].values()) == 3


def test_the_most_frequent_templates_of_a_crowded_category(
    store: Store, counted: dict[str, int], filled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    curation.merge(store, MINE, filled["kafka"], [filled["chinese"], filled["disk"]], actor="Mei")
    number = counted["kafka"]
    with store.read() as db:
        exact = template_reading.templates_in(db, MINE, number)
    assert len(exact) == 3
    enlarge(monkeypatch)
    monkeypatch.setattr(category_sums, "FREQUENT", 2)
    DemandKeeper(store).settle(MINE)
    with store.read() as db:
        frequent = category_sums.frequent_in_crowded(db, MINE, number)
        assert sorted(number_of(Prefix.TEMPLATE, each.id) for each in exact[:2]) == frequent
        assert template_reading.templates_in(db, MINE, number, 2) == exact[:2]
        assert template_reading.templates_in(db, MINE, number, 3) == exact
        assert category_sums.frequent_in_crowded(db, OTHER, number) == []
    with store.write() as db:
        db.execute(
            update(TemplateRow)
            .where(col(TemplateRow.project) == MINE, col(TemplateRow.id) == frequent[0])
            .values(evicted_at=LATER)
        )
    left = [each for each in exact if number_of(Prefix.TEMPLATE, each.id) != frequent[0]]
    with store.read() as db:
        assert template_reading.templates_in(db, MINE, number, 2) == left


@pytest.mark.parametrize("moved", [False, True])
def test_what_came_to_a_crowded_category_is_among_its_most_frequent_at_once(
    store: Store, counted: dict[str, int], filled: dict[str, str], monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    with store.read() as db:
        by_count = {name: template_reading.templates_in(db, MINE, number)[0] for name, number in counted.items()}
    fewest, some, most = sorted(by_count, key=lambda name: by_count[name].count)[::2]
    assert by_count[fewest].count < by_count[most].count
    if moved:
        curation.merge(store, MINE, filled[some], [filled[most]], actor="Mei")
    enlarge(monkeypatch)
    monkeypatch.setattr(category_sums, "FREQUENT", 1)
    DemandKeeper(store).settle(MINE)
    if moved:
        curation.move(store, MINE, by_count[most].id, filled[fewest], actor="Mei")
    else:
        curation.merge(store, MINE, filled[fewest], [filled[most]], actor="Mei")
    for _ in range(2):
        with store.read() as db:
            [first] = template_reading.templates_in(db, MINE, counted[fewest], 1)
        assert first.id == by_count[most].id
        DemandKeeper(store).settle(MINE)
