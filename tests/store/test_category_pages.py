"""Lists of categories: every one once, in order, filtered as asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge_base import curation
from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.grouping import categories, category_pages
from knowledge_base.store.grouping.category_pages import Filter, Sort
from knowledge_base.store.grouping.category_view import Status
from knowledge_base.store.intake import ingestion
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Category, Outcome
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make, new_template

TEXTS = {
    "disk": "ERROR disk full on <host>",
    "percent": "WARN 100% of quota_used by <n>",
    "plain": "WARN 1000 of quota used",
    "chinese": "ERROR 表 <table> 不存在",
    "kafka": "FATAL broker refused",
}


@pytest.fixture
def filled(store: Store) -> dict[str, str]:
    """Five categories that differ in count, time, service and status; give their ids by name."""
    lines, unseen = [], []
    for place, (name, words) in enumerate(TEXTS.items()):
        service = "kafka" if name == "kafka" else "etl"
        unseen.append(new_template(name, words, service=service, at=START + timedelta(days=place)))
        lines += [StoredLine(name, START + timedelta(days=place), service, words)] * (1 + place // 2)
    with store.write() as db:
        kept = ingestion.ensure_templates(db, MINE, unseen, START)
        ingestion.keep_batch(db, MINE, lines, kept, ring_size=10, samples_per_template=5)
        for name, asked in (("disk", 1), ("kafka", 2)):
            ref = kept[name]
            question = NewQuestion(
                "api", "", "Mei", "?", "", Outcome.KNOWN_UNSOLVED, 1.0, ref.category, ref.template, None, None, {}
            )
            for _ in range(asked):
                questions.record(db, MINE, question, START)
    ids = {name: public_id(Prefix.CATEGORY, kept[name].category) for name in TEXTS}
    curation.label(store, MINE, ids["disk"], "Full disk", actor="Mei")
    curation.attach(store, MINE, ids["kafka"], SolutionText("Restart the_broker", "", "now"), actor="Mei")
    curation.ignore(store, MINE, ids["plain"], actor="Mei")
    return ids


def find(store: Store, wanted: Filter, *, project: str = MINE, **more: object) -> list[Category]:
    with store.read() as db:
        page = category_pages.find_page(db, project, wanted, **more)  # type: ignore[arg-type]
    assert page.total == len(page.items)
    return list(page.items)


def names(ids: dict[str, str], found: list[Category]) -> set[str]:
    return {name for name, public in ids.items() if public in {each.id for each in found}}


def test_a_walk_meets_every_category_once_and_in_order(store: Store, filled: dict[str, str]) -> None:
    make(store, "tie a", "tie b", "tie c")
    for sort in Sort:
        for limit in (1, 2, 3, 10):
            walk(store, sort, limit)


def walk(store: Store, sort: Sort, limit: int) -> None:
    met: list[Category] = []
    cursor = None
    while True:
        with store.read() as db:
            page = category_pages.find_page(db, MINE, Filter(), sort=sort, limit=limit, cursor=cursor)
        assert page.total == 8
        assert 0 < len(page.items) <= limit
        met += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert len({each.id for each in met}) == len(met) == 8
    keys = [(getattr(each, sort.value), -number_of(Prefix.CATEGORY, each.id)) for each in met]
    assert keys == sorted(keys, reverse=True)


FORGED = ("", "x", "%%%", "bnVsbA", "W10", "WzFlMzAwLDFd", "WzEsMWUzMDBd", "WzEsLTFd", "é", "A" * 5000)


@pytest.mark.parametrize("sort", [Sort.COUNT, Sort.LAST_SEEN])
def test_a_forged_cursor_is_refused(store: Store, sort: Sort) -> None:
    for cursor in FORGED:
        with store.read() as db, pytest.raises(InputError, match="start from the first page"):
            category_pages.find_page(db, MINE, Filter(), sort=sort, cursor=cursor)


def test_words_are_found_in_templates_labels_and_solutions(store: Store, filled: dict[str, str]) -> None:
    for words, expected in {
        "DISK": {"disk"},
        "quota": {"percent", "plain"},
        "full disk": {"disk"},
        "quota disk": set(),
        "表": {"chinese"},
        "restart": {"kafka"},
        "100%": {"percent"},
        "quota_used": {"percent"},
        "the_broker": {"kafka"},
        "%": {"percent"},
        "_": {"percent", "kafka"},
        "\\": set(),
        "'": set(),
        "   ": set(TEXTS),
        "nothing at all": set(),
    }.items():
        assert names(filled, find(store, Filter(text=words))) == expected, words


def test_hostile_words_find_nothing(store: Store, filled: dict[str, str]) -> None:
    for words in ("\x00", "disk\x00", "\udcff", "%" * 60_000, "zz " * 5000, "KE-" + "9" * 400):
        assert find(store, Filter(text=words)) == []
        assert find(store, Filter(service=words)) == []


def test_an_id_finds_its_category_also_as_an_alias(store: Store, filled: dict[str, str]) -> None:
    assert names(filled, find(store, Filter(text=filled["disk"]))) == {"disk"}
    assert names(filled, find(store, Filter(text=filled["disk"].lower()))) == {"disk"}
    curation.merge(store, MINE, filled["disk"], [filled["chinese"]], actor="Mei")
    assert names(filled, find(store, Filter(text=filled["chinese"]))) == {"disk"}
    assert find(store, Filter(text="KE-999")) == []
    (other,) = make(store, "other", project=OTHER)
    assert find(store, Filter(text=public_id(Prefix.CATEGORY, other.category))) == []


def test_filters_narrow(store: Store, filled: dict[str, str]) -> None:
    expected = {
        Status.LABELLED: {"disk"},
        Status.ANSWERED: {"kafka"},
        Status.IGNORED: {"plain"},
        Status.UNLABELLED: {"percent", "chinese"},
    }
    for status, wanted in expected.items():
        found = find(store, Filter(status=status))
        assert names(filled, found) == wanted
        assert {each.status for each in found} == {status}
    assert names(filled, find(store, Filter(service="kafka"))) == {"kafka"}
    assert names(filled, find(store, Filter(seen_since=START + timedelta(days=3)))) == {"chinese", "kafka"}
    assert names(filled, find(store, Filter(text="quota", status=Status.UNLABELLED))) == {"percent"}
    with store.read() as db:
        counted = category_pages.status_counts(db, MINE)
        assert {status: len(wanted) for status, wanted in expected.items()} == counted
        assert category_pages.services(db, MINE) == ["etl", "kafka"]
        assert category_pages.services(db, OTHER) == []
        assert set(category_pages.status_counts(db, OTHER).values()) == {0}
    assert find(store, Filter(), project=OTHER) == []


def test_a_category_tells_what_is_known(store: Store, filled: dict[str, str]) -> None:
    curation.merge(store, MINE, filled["kafka"], [filled["disk"]], actor="Mei")
    with store.read() as db:
        for public in (filled["kafka"], filled["disk"].lower(), f" {filled['disk']} "):
            category = categories.get(db, MINE, categories.resolve_public(db, MINE, public))
            assert category.id == filled["kafka"]
        with pytest.raises(NotFound):
            categories.resolve_public(db, OTHER, filled["kafka"])
    assert category.label == "Full disk"
    assert category.status == Status.ANSWERED
    assert category.template == TEXTS["disk"], "the oldest template stands for all"
    assert category.systems == ("etl", "kafka")
    assert (category.templates, category.count, category.asked) == (2, 4, 3)
    assert (category.first_seen, category.last_seen) == (START, START + timedelta(days=4))
    assert category.aliases == (filled["disk"],)


def test_what_is_no_id_is_not_found(store: Store, filled: dict[str, str]) -> None:
    for public in ("", "KE-", "KE-0", "KE--1", "KE-1x", "T-1", "KE-" + "9" * 50, "KE-１", "KE-999"):
        with store.read() as db, pytest.raises(NotFound):
            categories.resolve_public(db, MINE, public)
