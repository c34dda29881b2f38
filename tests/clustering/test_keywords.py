"""Keywords: they tell a category from the others, now and when the stream has gone on."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, pairwise, product
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from ingest.clustering import Clusterer
from ingest.clustering.keywords import keywords
from ingest.clustering.lease import try_lease
from ingest.clustering.terms_upkeep import TermUpkeep
from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.grouping import templates
from knowledge_base.store.grouping.templates import NewTemplate
from knowledge_base.store.rarity import term_rows, terms
from knowledge_base.store.rarity.term_rows import CategoryTerms
from knowledge_base.store.rarity.term_statistics import TermCount, TermStatistics
from knowledge_base.store.tables import CategoryRow, TemplateRow
from tests.store.databases import MINE, START
from tests.store.filling import VERSION
from tests.store.knowledge import categories_of, ingest, knowledge_at

LIMIT = 0.05


def known(categories: int, **counts: int) -> TermStatistics:
    return TermStatistics(
        categories, categories, {term.replace("_", " "): TermCount(number, number) for term, number in counts.items()}
    )


def held(templates: int, **counts: int) -> CategoryTerms:
    return CategoryTerms(templates, {term.replace("_", " "): number for term, number in counts.items()})


def test_what_stands_in_most_templates_and_few_categories_comes_first() -> None:
    chosen = keywords(held(10, broker=10, heap=2, table=10), known(1000, broker=3, heap=1, table=600))
    assert chosen == ["broker", "heap"]


def test_pairs_are_for_where_single_words_do_not_tell() -> None:
    counts = {"space": 1, "left": 1, "space_left": 1, "device": 1}
    common = known(1000, space=300, left=200, space_left=4, device=500)
    assert keywords(held(1, **counts), common) == ["space left"]
    rare = known(1000, space=3, left=2, space_left=2, device=1)
    assert keywords(held(1, **counts), rare) == ["device", "left", "space"]


def test_what_reads_like_a_placeholder_comes_last() -> None:
    terms = held(1, pod=1, evicted=1, duration=1, threshold=1, quantity=1)
    assert keywords(terms, known(200, pod=2, evicted=3, threshold=3, quantity=3)) == [
        "threshold",
        "quantity",
        "evicted",
    ]
    assert keywords(held(1, pod=1, evicted=1), known(200)) == ["evicted", "pod"]


def test_where_nothing_tells_the_best_there_is_is_shown() -> None:
    assert keywords(held(2, table=2, column=1), known(100, table=60, column=50)) == ["table", "column"]
    assert keywords(CategoryTerms(1), known(100)) == []


def test_identifiers_are_shown_as_they_are_written(knowledge: KnowledgeBase) -> None:
    written = (
        "ERROR org.acme.TableGoneException: widgets vanished",
        "ERROR ORA-00942 raised by loader",
        "Disk quota of tenant exhausted (EDQUOT)",
    )
    homes = categories_of(ingest(knowledge, *written))
    drain(knowledge)
    shown = shown_keywords(knowledge)
    assert shown[number(homes[0])][0] == "TableGoneException"
    assert "ORA-00942" in shown[number(homes[1])]
    assert {"EDQUOT", "disk"} & set(shown[number(homes[2])]), "an abbreviation is kept, a word gets small letters"
    assert not {"Disk", "org", "error"} & {word for words in shown.values() for word in words}


def test_chinese_keywords_are_words(knowledge: KnowledgeBase) -> None:
    homes = categories_of(ingest(knowledge, "ERROR 数据库连接池耗尽", "ERROR 找不到分区元数据", "ERROR 主节点失联"))
    drain(knowledge)
    shown = shown_keywords(knowledge)
    assert {"数据库", "连接池", "耗尽"} <= set(shown[number(homes[0])])
    assert {"找不到", "分区", "元数据"} <= set(shown[number(homes[1])])
    assert {"主节点", "失联"} <= set(shown[number(homes[2])])


def test_a_merge_and_a_split_by_hand_lead_to_other_keywords(knowledge: KnowledgeBase) -> None:
    made = ingest(knowledge, "walrus balcony leaking", "pelican chimney burning", "otter lantern broken")
    drain(knowledge)
    walrus, pelican, _ = categories_of(made)
    curation.merge(knowledge.store, MINE, walrus, [pelican], actor="Mei")
    assert TermUpkeep(knowledge).settle(MINE) > 0
    assert {"walrus", "pelican"} & set(shown_keywords(knowledge)[number(walrus)])
    assert number(pelican) not in shown_keywords(knowledge)
    done = curation.split(knowledge.store, MINE, walrus, [made[1].template_id], actor="Mei")
    drain(knowledge)
    TermUpkeep(knowledge).settle(MINE)
    assert set(shown_keywords(knowledge)[number(walrus)]) == {"walrus", "balcony", "leaking"}
    assert set(shown_keywords(knowledge)[number(done.category.id)]) == {"pelican", "chimney", "burning"}


@pytest.fixture
def upkeep(knowledge: KnowledgeBase) -> TermUpkeep:
    with knowledge.store.write() as db:
        projects.ensure_project(db, MINE, START)
    return TermUpkeep(knowledge)


def test_thousands_of_categories_are_told_apart_in_later_windows_too(
    knowledge: KnowledgeBase, upkeep: TermUpkeep
) -> None:
    """Words that are rare at first become common later, so that keywords chosen early must be chosen anew."""
    texts = stream(random.Random(7))
    for size in (40, 160, 800, 1500):
        store_clustered(knowledge, list(islice(texts, size)))
        upkeep.settle(MINE)
        check_all(knowledge)
    assert upkeep.settle(MINE) == 0, "then nothing is left to do"


def test_where_every_word_is_common_pairs_tell(knowledge: KnowledgeBase, upkeep: TermUpkeep) -> None:
    words = list(syllables(36))
    texts = [" ".join(three) for three in product(words[:12], words[12:24], words[24:])]
    random.Random(3).shuffle(texts)
    store_clustered(knowledge, texts[:400])
    upkeep.settle(MINE)
    check_all(knowledge)
    assert {len(keyword.split()) for words in shown_keywords(knowledge).values() for keyword in words} == {2}


def test_without_settling_keywords_follow_step_by_step(knowledge: KnowledgeBase, upkeep: TermUpkeep) -> None:
    store_clustered(knowledge, [f"{word} vanished" for word in syllables(80)])
    upkeep.settle(MINE)
    store_clustered(knowledge, [f"{word} vanished twice" for word in list(syllables(300))[100:]])
    while upkeep.step(MINE):
        pass
    check_all(knowledge)
    assert not any("vanished" in words for words in shown_keywords(knowledge).values())


def test_another_process_that_holds_the_lease_is_left_to_do_it(knowledge: KnowledgeBase, upkeep: TermUpkeep) -> None:
    store_clustered(knowledge, ["walrus balcony leaking"])
    with try_lease(knowledge, MINE) as lease:
        assert lease is not None
        assert upkeep.settle(MINE) == 0
    assert upkeep.settle(MINE) > 0


def test_what_an_earlier_kea_left_is_counted_and_gets_keywords(knowledge: KnowledgeBase, upkeep: TermUpkeep) -> None:
    made = store_clustered(knowledge, [f"{word} vanished" for word in syllables(250)], count=False)
    with knowledge.store.read() as db:
        assert term_rows.corpus(db, MINE) is None
    upkeep.settle(MINE)
    with knowledge.store.read() as db:
        corpus = term_rows.corpus(db, MINE)
    assert corpus is not None
    assert (corpus.templates, corpus.categories, corpus.finished) == (250, 250, True)
    assert all(shown_keywords(knowledge)[category] for category in made)


def test_a_kill_between_two_steps_loses_nothing(database_url: str, tmp_path: Path) -> None:
    """What is left to do stands in the database: another process goes on."""
    with knowledge_at(database_url, tmp_path) as knowledge:
        with knowledge.store.write() as db:
            projects.ensure_project(db, MINE, START)
        store_clustered(knowledge, [f"{word} vanished" for word in syllables(150)])
    with knowledge_at(database_url, tmp_path) as knowledge:
        TermUpkeep(knowledge).settle(MINE)
        check_all(knowledge)


def number(public: str) -> int:
    return number_of(Prefix.CATEGORY, public)


def drain(knowledge: KnowledgeBase) -> None:
    clusterer = Clusterer(knowledge)
    while clusterer.run_window(MINE) is not None:
        pass


def shown_keywords(knowledge: KnowledgeBase) -> dict[int, list[str]]:
    with knowledge.store.read() as db:
        query = select(col(CategoryRow.id), col(CategoryRow.keywords)).where(
            col(CategoryRow.project) == MINE, col(CategoryRow.state) == "active"
        )
        return {row[0]: row[1] for row in db.execute(query)}


def texts_of(knowledge: KnowledgeBase) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    with knowledge.store.read() as db:
        for category, text in db.execute(
            select(col(TemplateRow.category), col(TemplateRow.text)).where(
                col(TemplateRow.project) == MINE, col(TemplateRow.evicted_at).is_(None)
            )
        ):
            found.setdefault(category, []).append(text)
    return found


def check_all(knowledge: KnowledgeBase) -> None:
    """The first three keywords stand in the category, and in less than 5 % of the others, as a reader finds them."""
    texts = texts_of(knowledge)
    shown = shown_keywords(knowledge)
    wanted = {keyword for words in shown.values() for keyword in words[:3]}
    standing = standing_in(texts, wanted)
    for category, words in shown.items():
        assert words, texts[category]
        for keyword in words[:3]:
            assert any(keyword in text for text in texts[category]), (keyword, texts[category])
            others = standing[keyword] - {category}
            assert len(others) < LIMIT * (len(shown) - 1), (keyword, len(others))


def standing_in(texts: Mapping[int, Sequence[str]], wanted: Iterable[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {keyword: set() for keyword in wanted}
    for category, several in texts.items():
        for text in several:
            tokens = text.replace(":", " ").split()
            pairs = [" ".join(pair) for pair in pairwise(tokens)]
            for term in {*tokens, *pairs}:
                if term in found:
                    found[term].add(category)
    return found


def syllables(count: int) -> Iterable[str]:
    """Words that mean nothing."""
    parts = [left + right for left, right in product("bdfgklmnprstvz", "aeiou")]
    return islice((first + second + third for first, second, third in product(parts, parts, "nrs")), count)


def stream(chance: random.Random) -> Iterable[str]:
    """Texts with a word of their own, others from a small stock of which more and more comes into use."""
    own = list(syllables(4000))
    chance.shuffle(own)
    stock = [f"{word}ing" for word in syllables(400)]
    for place, word in enumerate(own):
        some = chance.sample(stock[: 20 + place // 20], 3)
        lead = "walrus" if place > 60 else "pelican"
        yield f"{lead} {some[0]} {word}: {some[1]} not {some[2]} <n> times"


def store_clustered(knowledge: KnowledgeBase, texts: Sequence[str], *, count: bool = True) -> list[int]:
    """Keep texts as templates that a window has clustered, each in a category of its own."""
    made: list[int] = []
    for start in range(0, len(texts), 100):
        part = texts[start : start + 100]
        with knowledge.store.write() as db:
            projects.lock(db, MINE)
            refs = templates.create(
                db, MINE, [NewTemplate(text, VERSION, text, (), "etl", "ERROR", START) for text in part], START
            )
            numbers = [refs[text].template for text in part]
            db.execute(
                update(TemplateRow)
                .where(col(TemplateRow.project) == MINE, col(TemplateRow.id).in_(numbers))
                .values(clustered=True)
            )
            if count:
                terms.count(db, MINE, numbers)
            made += [refs[text].category for text in part]
    return made
