"""Counted terms: exact whatever happens to templates, in the transaction that does it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from ingest.clustering import Clusterer
from ingest.clustering.terms_upkeep import TermUpkeep
from knowledge_base import curation
from knowledge_base.errors import KeaError
from knowledge_base.features.terms import LONGEST, MOST, terms_of
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.grouping import eviction, template_reading
from knowledge_base.store.rarity import term_rows, terms
from knowledge_base.store.rarity.term_statistics import NOTHING, PRIOR, TermStatistics, statistics
from knowledge_base.store.rarity.term_tables import CategoryTermsRow, TermRow
from knowledge_base.store.tables import TemplateRow
from tests.clustering.test_keywords import drain, store_clustered, syllables
from tests.store.databases import MINE, OTHER, START
from tests.store.knowledge import ingest


@dataclass(frozen=True)
class Counted:
    """All that is counted of a project."""

    templates: int
    categories: int
    in_templates: dict[str, int]
    in_categories: dict[str, int]
    of_categories: dict[int, tuple[int, dict[str, int]]]


def stored(knowledge: KnowledgeBase, project: str = MINE) -> Counted:
    with knowledge.store.read() as db:
        corpus = term_rows.corpus(db, project)
        assert corpus is not None
        rows = db.execute(
            select(col(TermRow.term), col(TermRow.templates), col(TermRow.categories)).where(
                col(TermRow.project) == project, col(TermRow.epoch) == corpus.epoch
            )
        ).all()
        numbers = db.execute(
            select(col(CategoryTermsRow.category)).where(
                col(CategoryTermsRow.project) == project, col(CategoryTermsRow.epoch) == corpus.epoch
            )
        ).scalars()
        held = term_rows.read(db, project, corpus.epoch, list(numbers))
    return Counted(
        corpus.templates,
        corpus.categories,
        {row[0]: row[1] for row in rows if row[1]},
        {row[0]: row[2] for row in rows if row[2]},
        {number: (each.templates, each.counts) for number, each in held.items()},
    )


def recounted(knowledge: KnowledgeBase, project: str = MINE) -> Counted:
    """The same, counted from the texts of all templates that were clustered."""
    homes: dict[int, list[str]] = {}
    with knowledge.store.read() as db:
        query = select(col(TemplateRow.category), col(TemplateRow.text)).where(
            col(TemplateRow.project) == project, col(TemplateRow.counted) > 0, col(TemplateRow.evicted_at).is_(None)
        )
        for category, text in db.execute(query):
            homes.setdefault(category, []).append(text)
    texts = [text for several in homes.values() for text in several]
    of_categories = {
        number: (len(several), dict(Counter(term for text in several for term in terms_of(text).telling)))
        for number, several in homes.items()
    }
    return Counted(
        len(texts),
        len(homes),
        dict(Counter(term for text in texts for term in terms_of(text).all)),
        dict(Counter(term for _, counts in of_categories.values() for term in counts)),
        of_categories,
    )


WORDS = [*syllables(40), "磁盘", "不存在", "BrokerGoneException", "ORA-00942"]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_counts_are_those_of_the_templates(knowledge: KnowledgeBase, seed: int) -> None:
    chance = random.Random(seed)
    acts: list[Callable[[KnowledgeBase, random.Random], None]] = [
        _window,
        _window,
        _merge,
        _split,
        _move,
        _undo,
        _evict,
    ]
    for _ in range(30):
        act = chance.choice(acts)
        with suppress(KeaError, IndexError):
            act(knowledge, chance)
        _window(knowledge, chance)
        assert stored(knowledge) == recounted(knowledge), act
    with knowledge.store.read() as db:
        waiting = select(func.count()).where(
            col(TemplateRow.project) == MINE, col(TemplateRow.counted) == 0, col(TemplateRow.evicted_at).is_(None)
        )
        assert db.execute(waiting).scalar() == 0, "each template is counted"
    TermUpkeep(knowledge).settle(MINE)
    assert stored(knowledge) == recounted(knowledge)


def _window(knowledge: KnowledgeBase, chance: random.Random) -> None:
    ingest(knowledge, *(" ".join(chance.sample(WORDS, 5)) for _ in range(2)))
    drain(knowledge)


def _living(knowledge: KnowledgeBase) -> list[tuple[int, int]]:
    with knowledge.store.read() as db:
        query = (
            select(col(TemplateRow.id), col(TemplateRow.category))
            .where(col(TemplateRow.project) == MINE, col(TemplateRow.evicted_at).is_(None))
            .order_by(col(TemplateRow.id))
        )
        return [(row[0], row[1]) for row in db.execute(query)]


def _merge(knowledge: KnowledgeBase, chance: random.Random) -> None:
    homes = sorted({category for _, category in _living(knowledge)})
    into, *others = (public_id(Prefix.CATEGORY, each) for each in chance.sample(homes, min(3, len(homes))))
    curation.merge(knowledge.store, MINE, into, others, actor="Mei")


def _split(knowledge: KnowledgeBase, chance: random.Random) -> None:
    homes = Counter(category for _, category in _living(knowledge))
    chosen = chance.choice([category for category, size in homes.items() if size > 1])
    inside = [template for template, category in _living(knowledge) if category == chosen]
    some = [public_id(Prefix.TEMPLATE, each) for each in inside[: chance.randrange(1, len(inside))]]
    curation.split(knowledge.store, MINE, public_id(Prefix.CATEGORY, chosen), some, actor="Mei")


def _move(knowledge: KnowledgeBase, chance: random.Random) -> None:
    (template, _), (_, category) = chance.sample(_living(knowledge), 2)
    names = public_id(Prefix.TEMPLATE, template), public_id(Prefix.CATEGORY, category)
    curation.move(knowledge.store, MINE, *names, actor="Mei")


def _undo(knowledge: KnowledgeBase, chance: random.Random) -> None:
    homes = sorted({category for _, category in _living(knowledge)})
    into, other = (public_id(Prefix.CATEGORY, each) for each in chance.sample(homes, 2))
    done = curation.merge(knowledge.store, MINE, into, [other], actor="Mei")
    if chance.random() < 0.5:
        _window(knowledge, chance)
    curation.undo(knowledge.store, MINE, done.audit_id, actor="Mei")


def _evict(knowledge: KnowledgeBase, chance: random.Random) -> None:
    with knowledge.store.write() as db:
        projects.lock(db, MINE)
        chosen = eviction.coldest(db, MINE, 4).templates
        eviction.evict(db, MINE, chosen, seen_until=START + timedelta(days=1), now=START)


def test_what_is_not_kept_is_not_counted(knowledge: KnowledgeBase) -> None:
    """A process that dies before it commits leaves neither templates nor counts behind."""
    ingest(knowledge, "walrus balcony leaking", "pelican chimney burning")
    drain(knowledge)
    before = stored(knowledge)
    first, second = (public_id(Prefix.CATEGORY, category) for _, category in _living(knowledge))

    class Killed(Exception):
        pass

    with suppress(Killed), knowledge.store.write() as db:
        projects.lock(db, MINE)
        terms.merge(db, MINE, int(first[3:]), [int(second[3:])])
        terms.take_off(db, MINE, [template for template, _ in _living(knowledge)])
        raise Killed
    assert stored(knowledge) == before == recounted(knowledge)


def test_a_template_that_is_clustered_again_is_counted_once(knowledge: KnowledgeBase) -> None:
    made = ingest(knowledge, "walrus balcony leaking")
    drain(knowledge)
    before = stored(knowledge)
    with knowledge.store.write() as db:
        projects.lock(db, MINE)
        for _ in range(2):
            terms.count(db, MINE, [int(made[0].template_id[2:])])
    assert stored(knowledge) == before
    assert before.in_templates["walrus"] == before.in_categories["walrus"] == 1


def test_projects_do_not_count_for_each_other(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, "walrus balcony leaking")
    ingest(knowledge, "walrus chimney burning", project=OTHER)
    drain(knowledge)
    Clusterer(knowledge).run_window(OTHER)
    with knowledge.store.read() as db:
        mine = statistics(db, MINE, ["walrus", "chimney"])
        assert statistics(db, "nobody", ["walrus"]) == NOTHING
    assert (mine.templates, mine.templates_with("walrus"), mine.templates_with("chimney")) == (1, 1, 0)


def test_the_words_of_comparison_are_counted(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, "the walrus lost its 503 磁盘")
    drain(knowledge)
    with knowledge.store.read() as db:
        found = statistics(db, MINE, ["the", "walrus", "磁", "盘", "磁盘", "never"])
    assert [found.templates_with(word) for word in ["the", "walrus", "磁", "盘", "磁盘", "never"]] == [1, 1, 1, 1, 1, 0]
    assert (found.categories_with("the"), found.categories_with("walrus")) == (0, 1)


def test_rarity_follows_the_stream_and_is_sane_before_it_begins(knowledge: KnowledgeBase) -> None:
    assert 0 < NOTHING.rarity("the") < NOTHING.rarity("error") < NOTHING.rarity("walrus") == 1
    assert 0 < NOTHING.rarity("的") < NOTHING.rarity("错误") < NOTHING.rarity("海象") == 1
    with knowledge.store.write() as db:
        projects.ensure_project(db, MINE, START)
    store_clustered(knowledge, [f"{word} walrus" for word in syllables(400)])
    with knowledge.store.read() as db:
        grown = statistics(db, MINE, ["walrus", "pelican", "badabadan"])
    assert (
        grown.rarity("walrus") < 0.2 < NOTHING.rarity("error") < grown.rarity("badaban") <= grown.rarity("pelican") == 1
    )
    assert TermStatistics(10**6, 10**5, {}).rarity("walrus") == 1
    assert PRIOR > 0


def test_terms_of_hostile_texts_are_few_and_short() -> None:
    for text in (
        "a" * 10_000_000,
        "a-" * 100_000,
        "<" * 9000,
        "\ud800 walrus\0",
        "磁盘" * 9000,
        "_ __ - 1 2 3",
        "x_" * 9000,
    ):
        found = terms_of(text)
        assert len(found.all) <= 2 * MOST + 2
        assert all(0 < len(term) <= 2 * LONGEST + 1 for term in found.all)
        "".join(found.all).encode()
    many = terms_of(" ".join(syllables(3000)))
    assert len(many.all) <= 2 * MOST + 2


def test_too_many_terms_are_forgotten_rarest_first(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    with knowledge.store.write() as db:
        projects.ensure_project(db, MINE, START)
    store_clustered(knowledge, [f"walrus {word}" for word in syllables(120)])
    monkeypatch.setattr(terms, "MOST_TERMS", 100)
    TermUpkeep(knowledge).settle(MINE)
    with knowledge.store.read() as db:
        assert db.execute(select(func.count()).select_from(TermRow)).scalar_one() == 90
        assert terms.surplus(db, MINE) == 0
        assert statistics(db, MINE, ["walrus"]).categories_with("walrus") == 120
    with knowledge.store.write() as db:
        projects.lock(db, MINE)
        terms.take_off(db, MINE, [template for template, _ in _living(knowledge)])
        assert db.execute(select(func.count()).select_from(TermRow)).scalar_one() == 0, "none is below zero"


def test_other_terms_begin_a_new_epoch(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(knowledge, "walrus balcony leaking", "pelican chimney burning")
    drain(knowledge)
    TermUpkeep(knowledge).settle(MINE)
    before = stored(knowledge)
    monkeypatch.setattr(term_rows, "TERMS_VERSION", "next")
    with knowledge.store.read() as db:
        assert statistics(db, MINE, ["walrus"]) == NOTHING
    TermUpkeep(knowledge).settle(MINE)
    assert stored(knowledge) == before
    with knowledge.store.read() as db:
        assert set(db.execute(select(col(TermRow.epoch))).scalars()) == {2}, "the former rows are gone"
        assert template_reading.read_templates(db, MINE, [each for each, _ in _living(knowledge)])


def test_a_category_keeps_the_terms_of_most_of_its_templates(
    knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term_rows, "MOST_OF_CATEGORY", 6)
    made = ingest(knowledge, *(f"walrus {word} vanished" for word in syllables(9)))
    drain(knowledge)
    into, *others = dict.fromkeys(public_id(Prefix.CATEGORY, category) for _, category in _living(knowledge))
    if others:
        curation.merge(knowledge.store, MINE, into, others, actor="Mei")
    counts = stored(knowledge).of_categories[int(into[3:])][1]
    assert len(counts) == 6
    assert counts["walrus"] == counts["vanished"] == len(made)
    found = stored(knowledge)
    assert found.in_categories == dict.fromkeys(counts, 1)
