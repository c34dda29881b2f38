"""Representatives: few, where the templates are, and the same ones as long as they do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sqlalchemy import select
from sqlmodel import col

from ingest.clustering import ClusterLoop
from ingest.clustering.items import Item
from ingest.clustering.representing import MOST, chosen
from ingest.clustering.representing_writing import write_representatives
from knowledge_base import curation
from knowledge_base.embedding import Vectors
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import NewRepresentative, StoredRepresentative
from knowledge_base.store.tables import RepresentativeRow
from tests.clustering.test_clusterer import PEER, drain
from tests.store.databases import MINE
from tests.store.knowledge import ingest


def around(centre: int, count: int, *, noise: float = 0.1, seed: int = 0) -> Vectors:
    """Unit rows about one of the axes."""
    rows = np.random.default_rng(seed + centre).normal(size=(count, 16)) * noise
    rows[:, centre] += 1.0
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def spread(vectors: Vectors, limit: int = MOST) -> list[int]:
    """Choose rows that are far from each other, the first row first (farthest-point sampling, Gonzalez 1985).

    Rows have length 1. Ties go to the earlier row, so the choice depends on the order alone.
    """
    count = len(vectors)
    if count <= limit:
        return list(range(count))
    picked = [0]
    nearest = vectors @ vectors[0]
    while len(picked) < limit:
        nearest[picked] = np.inf
        following = int(np.argmin(nearest))
        picked.append(following)
        nearest = np.maximum(nearest, vectors @ vectors[following])
    return sorted(picked)


def coverage(rows: Vectors, picked: Sequence[int], weights: Sequence[float] | None = None) -> float:
    """How alike rows are to the nearest of some, on average."""
    return float(np.average((rows @ rows[list(picked)].T).max(axis=1), weights=weights))


def test_few_are_kept_whole() -> None:
    assert chosen(around(0, 3), [1, 1, 1]) == [0, 1, 2]
    assert chosen(np.zeros((0, 16), np.float32), []) == []


def test_three_suffice_where_all_are_alike() -> None:
    assert len(chosen(around(0, 50, noise=0.01), [1.0] * 50)) == 3


def test_each_of_five_groups_gets_one() -> None:
    rows = np.concatenate([around(centre, 10) for centre in range(5)])
    picked = chosen(rows, [1.0] * 50)
    assert [place // 10 for place in picked] == [0, 1, 2, 3, 4]


def test_what_is_common_is_represented_before_what_is_far() -> None:
    rows = np.concatenate([around(centre, 20) for centre in range(5)] + [around(centre, 1) for centre in range(6, 12)])
    weights = [3.0] * 100 + [1.0] * 6
    picked = chosen(rows, weights)
    assert [place // 20 for place in picked] == [0, 1, 2, 3, 4]
    assert max(spread(rows)) >= 100, "farthest points are the outliers"
    assert coverage(rows, picked, weights) > coverage(rows, spread(rows), weights)


def test_many_lines_outweigh_many_templates() -> None:
    rows = np.concatenate([around(0, 12), around(1, 2), *(around(centre, 1) for centre in range(2, 7))])
    assert {12, 13} & set(chosen(rows, [1.0] * 12 + [9.0] * 2 + [1.0] * 5))


def test_rows_that_hold_are_kept_where_others_are_hardly_better() -> None:
    rows = np.concatenate([around(centre, 10) for centre in range(5)])
    first = chosen(rows[:25], [1.0] * 25)
    order = [*first, *(place for place in range(50) if place not in first)]
    for seed in range(5):
        later = np.concatenate([rows[first], around(seed % 2, 1, seed=seed)])
        assert set(chosen(later, [4.0] * len(first) + [1.0], held=len(first))) >= set(range(3))
    again = chosen(rows[order], [1.0] * 50, held=len(first))
    assert len(again) == MOST


def of(knowledge: KnowledgeBase, public: str) -> list[StoredRepresentative]:
    with knowledge.store.read() as db:
        home = categories.resolve(db, MINE, number_of(Prefix.CATEGORY, public))
        return representatives.of_categories(db, MINE, [home])


def test_a_merge_by_hand_leaves_at_most_five(knowledge: KnowledgeBase) -> None:
    words = ["walrus balcony", "pelican chimney", "otter lantern", "badger pillow"]
    made = [ingest(knowledge, *(f"{word} broke {count}" for count in ("once", "twice", "again"))) for word in words]
    drain(knowledge)
    homes = list(dict.fromkeys(each.category_id for several in made for each in several))
    done = curation.merge(knowledge.store, MINE, homes[0], homes[1:], actor="Mei")
    assert len(of(knowledge, homes[0])) > MOST
    learn(knowledge, done.category.id)
    ClusterLoop(knowledge, MINE).drain(MINE)
    held = of(knowledge, homes[0])
    assert len([each for each in held if each.template is not None]) == MOST
    assert [each.text for each in held if each.template is None] == ["how does a walrus leave"]
    texts = {word for word in words for each in held if word in each.text}
    assert texts == set(words), "each kind is represented"


def test_windows_do_not_rewrite_what_stands(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER, *(f"{PEER} {word}" for word in ["now", "again", "today", "here", "soon", "too"]))
    drain(knowledge)
    with knowledge.store.read() as db:
        before = projects.generation(db, MINE)
        rows = db.execute(select(col(RepresentativeRow.id))).all()
    made = ingest(knowledge, f"{PEER} late")
    drain(knowledge)
    with knowledge.store.read() as db:
        after = db.execute(select(col(RepresentativeRow.id))).all()
        # The merge itself takes a generation; rows that are written would take more.
        assert len(after) - len(rows) <= 1
        assert projects.generation(db, MINE) - before <= 3
    assert len(of(knowledge, made[0].category_id)) == MOST


@pytest.mark.parametrize("count", [1, 5])
def test_what_was_learnt_from_questions_is_never_removed(knowledge: KnowledgeBase, count: int) -> None:
    made = ingest(knowledge, PEER)
    drain(knowledge)
    for _ in range(6):
        learn(knowledge, made[0].category_id, PEER)
    more = ingest(knowledge, *(f"{PEER} {word}" for word in ["now", "again", "today", "here", "soon", "too"][:count]))
    drain(knowledge)
    ClusterLoop(knowledge, MINE).drain(MINE)
    held = of(knowledge, made[0].category_id)
    assert len([each for each in held if each.template is None]) == 6
    assert len([each for each in held if each.template is not None]) == min(len(more) + 1, MOST)


def learn(knowledge: KnowledgeBase, public: str, text: str = "how does a walrus leave") -> None:
    """Let a question stand for a category."""
    with knowledge.store.write() as db:
        projects.lock(db, MINE)
        embedder = knowledge.embedder_of(MINE)
        [vector] = embedder.embed([text])
        home = categories.resolve(db, MINE, number_of(Prefix.CATEGORY, public))
        new = NewRepresentative(home, None, text, (), vector.astype(np.float32).tobytes())
        representatives.add(db, MINE, [new], embedder.backend)


def test_a_template_that_stands_for_its_category_is_not_added_again(knowledge: KnowledgeBase) -> None:
    made = ingest(knowledge, PEER)
    drain(knowledge)
    [held] = of(knowledge, made[0].category_id)
    item = Item(held.template, held.category, held.text, (), True)
    with knowledge.store.write() as db:
        projects.lock(db, MINE)
        [vector] = knowledge.embedder_of(MINE).embed([PEER])
        write_representatives(db, MINE, [(item, vector)], {held.category: held.category}, {held.category}, held.backend)
    assert of(knowledge, made[0].category_id) == [held]
