"""What a window is compared with: the representatives near its templates, by meaning or by an error code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.clustering import ClusterLoop
from ingest.clustering.gathering import LIKELY, NEAR_NEW, Gathered, embedded, gather
from ingest.clustering.snapshot import PendingTemplate, read_pending
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder, Vectors
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.judge import Profiles
from tests.clustering.test_clusterer import HEAP, PEER, PEER_TOO
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import categories_of, ingest, knowledge_at

CODE = "ORA-01578: block of the archive is corrupted"
CODE_TOO = "ORA-01578 walrus pelican otter"


def gathered(knowledge: KnowledgeBase, project: str = MINE) -> Gathered:
    """Gather what waits in a project."""
    embedder = knowledge.embedder_of(project)
    with knowledge.store.read() as db:
        pending = read_pending(db, project, 1_000)
        vectors = embedded(pending, embedder)
        replica = knowledge.replica(db, project)
        return gather(db, project, pending, vectors, replica, knowledge.judge, Profiles())


def drain(knowledge: KnowledgeBase, project: str = MINE) -> None:
    ClusterLoop(knowledge, project).drain(project)


def texts(found: Gathered) -> list[tuple[str, bool]]:
    return [(each.text, each.is_new) for each in found.compared.items]


def near(found: Gathered) -> set[tuple[str, str]]:
    items = found.compared.items
    return {(items[left].text, items[right].text) for left, right in found.near}


def test_a_new_template_meets_what_is_near_and_nothing_else(knowledge: KnowledgeBase) -> None:
    peer, _ = categories_of(ingest(knowledge, PEER, HEAP))
    drain(knowledge)
    ingest(knowledge, PEER_TOO)
    found = gathered(knowledge)
    assert texts(found) == [(PEER_TOO, True), (PEER, False)]
    assert found.near == {(0, 1)}
    old = found.compared.items[1]
    assert old.category == number_of(Prefix.CATEGORY, peer)
    assert found.compared.score(0, 1) >= knowledge.settings.group_threshold


def test_all_that_stands_for_a_near_category_is_taken(knowledge: KnowledgeBase) -> None:
    peer, heap = categories_of(ingest(knowledge, PEER, HEAP))
    drain(knowledge)
    curation.merge(knowledge.store, MINE, peer, [heap], actor="Mei")
    ingest(knowledge, PEER_TOO)
    found = gathered(knowledge)
    assert texts(found) == [(PEER_TOO, True), (PEER, False), (HEAP, False)], "what is far speaks against a merge"
    assert found.near == {(0, 1)}


def test_an_error_code_brings_together_what_no_word_does(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, CODE, HEAP)
    drain(knowledge)
    pending = [PendingTemplate(99, 99, "walrus pelican otter", ("ORA-01578",))]
    with knowledge.store.read() as db:
        vectors = embedded(pending, knowledge.embedder_of(MINE))
        found = gather(db, MINE, pending, vectors, knowledge.replica(db, MINE), knowledge.judge, Profiles())
    assert texts(found) == [("walrus pelican otter", True), (CODE, False)]
    assert found.near == {(0, 1)}
    assert found.compared.vectors[0] @ found.compared.vectors[1] < LIKELY
    assert found.compared.items[1].codes == ("ORA-01578",)


def test_new_templates_meet_each_other_by_meaning_or_by_code(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER, PEER_TOO, HEAP, CODE, CODE_TOO)
    found = gathered(knowledge)
    assert texts(found) == [(each, True) for each in (PEER, PEER_TOO, HEAP, CODE, CODE_TOO)]
    assert {(PEER, PEER_TOO), (CODE, CODE_TOO)} <= near(found)
    assert (PEER, HEAP) not in near(found)
    assert all(left < right for left, right in found.near)


def test_a_flood_of_one_error_is_not_compared_all_with_all(knowledge: KnowledgeBase) -> None:
    size = 3 * NEAR_NEW
    letters = "abcdefghij"
    names = [f"{letters[n % 10]}{letters[n // 10 % 10]}{letters[n // 100]}or" for n in range(size)]
    ingest(knowledge, *(f"WARN {name} connection refused by its peer" for name in names))
    found = gathered(knowledge)
    assert len(found.compared.items) == size
    assert size * NEAR_NEW * 0.7 < len(found.near) <= size * NEAR_NEW


def test_another_project_is_not_met(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER, CODE)
    drain(knowledge)
    ingest(knowledge, PEER_TOO, CODE_TOO, project=OTHER)
    found = gathered(knowledge, OTHER)
    assert texts(found) == [(PEER_TOO, True), (CODE_TOO, True)]


def test_a_template_that_waits_again_does_not_meet_itself(knowledge: KnowledgeBase) -> None:
    made = ingest(knowledge, PEER, PEER_TOO)
    drain(knowledge)
    curation.split(knowledge.store, MINE, made[0].category_id, [made[1].template_id], actor="Mei")
    with knowledge.store.read() as db:
        pending = [
            PendingTemplate(number_of(Prefix.TEMPLATE, made[0].template_id), 1, PEER, ()),
        ]
        vectors = embedded(pending, knowledge.embedder_of(MINE))
        found = gather(db, MINE, pending, vectors, knowledge.replica(db, MINE), knowledge.judge, Profiles())
    assert texts(found) == [(PEER, True), (PEER_TOO, False)]


def test_nothing_waits_or_is_near(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER)
    found = gathered(knowledge)
    assert texts(found) == [(PEER, True)]
    assert found.near == frozenset()
    drain(knowledge)
    assert texts(gathered(knowledge)) == []


def test_words_weigh_by_what_the_stream_brought(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *(f"ERROR {word} zebra" for word in ("walrus", "pelican", "otter")))
    drain(knowledge)
    ingest(knowledge, "ERROR badger zebra")
    judge = gathered(knowledge).compared.judge
    assert judge.rarity.templates == 3
    assert judge.rarity.stream("zebra") == 3
    assert judge.rarity.word("zebra") < judge.rarity.word("badger")
    assert judge.beforehand is knowledge.judge.beforehand


class Counting(HashingEmbedder):
    """Counts the texts that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().embed(texts)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_equal_texts_are_embedded_once(count: int) -> None:
    embedder = Counting()
    pending = [PendingTemplate(n, n, f"table <{'n' * (n + 1)}> not found", ()) for n in range(count)]
    vectors = embedded([*pending, PendingTemplate(9, 9, "another", ())], embedder)
    assert embedder.texts == (["table not found"] if count else []) + ["another"]
    assert vectors.shape == (count + 1, embedder.dimension)
    assert all((row == vectors[0]).all() for row in vectors[:count])


def test_what_was_read_is_remembered_from_window_to_window(database_url: str, tmp_path: Path) -> None:
    with knowledge_at(database_url, tmp_path) as knowledge:
        ingest(knowledge, PEER, PEER_TOO)
        profiles = Profiles()
        embedder = knowledge.embedder_of(MINE)
        with knowledge.store.read() as db:
            pending = read_pending(db, MINE, 10)
            vectors, replica = embedded(pending, embedder), knowledge.replica(db, MINE)
            first, again = (
                gather(db, MINE, pending, vectors, replica, knowledge.judge, profiles).compared for _ in range(2)
            )
            assert first.profile(0) is again.profile(0)
