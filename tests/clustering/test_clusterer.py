"""The incremental clusterer: what it joins, what it only proposes, and what it leaves to people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from ingest.clustering import Clusterer, ClusterLoop, WindowResult
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder, Vectors
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, proposals, template_reading, templates
from knowledge_base.store.representing import representatives
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.tables import RepresentativeRow
from knowledge_base.types import Category, FactKind, Template, Why
from tests.curation.pictures import picture
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import categories_of, ingest, knowledge_at

PEER = "WARN broker connection refused by its peer"
PEER_TOO = "WARN broker connection was refused by its peer"
PEER_THIRD = "WARN broker connection refused by its old peer"
NEARLY = "WARN broker connection closed by its peer"
HEAP = "FATAL heap space exhausted by task"


def number(public: str) -> int:
    return number_of(Prefix.CATEGORY, public)


def drain(knowledge: KnowledgeBase, project: str = MINE) -> list[WindowResult]:
    results = []
    clusterer = Clusterer(knowledge)
    while (result := clusterer.run_window(project)) is not None:
        results.append(result)
    return results


def category(knowledge: KnowledgeBase, public: str) -> Category:
    with knowledge.store.read() as db:
        return categories.get(db, MINE, number(public))


def templates_in(knowledge: KnowledgeBase, public: str) -> list[Template]:
    with knowledge.store.read() as db:
        return template_reading.templates_in(db, MINE, categories.resolve(db, MINE, number(public)))


def pending(knowledge: KnowledgeBase, project: str = MINE) -> int:
    with knowledge.store.read() as db:
        return templates.pending(db, project)[0]


def proposed(knowledge: KnowledgeBase) -> list[tuple[int, int]]:
    with knowledge.store.read() as db:
        return [(each.left, each.right) for each in proposals.open_proposals(db, MINE)]


def test_alike_templates_of_a_window_become_one_category(knowledge: KnowledgeBase) -> None:
    peer, too, heap = categories_of(ingest(knowledge, PEER, PEER_TOO, HEAP))
    assert len({peer, too, heap}) == 3, "before a window each template is alone"
    assert drain(knowledge) == [WindowResult(3, 1, 0)]
    joined = category(knowledge, too)
    assert joined.id == peer, "the oldest id stays"
    assert joined.aliases == (too,)
    assert joined.templates == 2
    assert category(knowledge, heap).templates == 1
    assert pending(knowledge) == 0
    assert Clusterer(knowledge).run_window(MINE) is None


def test_a_move_says_why(knowledge: KnowledgeBase) -> None:
    peer, _, _ = categories_of(ingest(knowledge, PEER, PEER_TOO, HEAP))
    drain(knowledge)
    stayed, moved = sorted(templates_in(knowledge, peer), key=lambda each: number_of(Prefix.TEMPLATE, each.id))
    assert stayed.reason.why is Why.FIRST
    assert moved.reason.why is Why.SIMILARITY
    assert knowledge.settings.group_threshold == moved.reason.threshold <= moved.reason.score <= 1
    assert {"broker", "peer"} <= set(moved.reason.words)
    with knowledge.store.read() as db:
        (entry,) = audit.of_category(db, MINE, number(peer))
    assert (entry.actor, entry.action, entry.can_be_undone) == (audit.MACHINE, "merge", True)


def test_a_later_template_joins_an_earlier_category(knowledge: KnowledgeBase) -> None:
    peer, heap = categories_of(ingest(knowledge, PEER, HEAP))
    drain(knowledge)
    (too,) = categories_of(ingest(knowledge, PEER_TOO))
    assert too not in (peer, heap)
    drain(knowledge)
    assert category(knowledge, too).id == peer


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_size_of_the_window_does_not_decide(database_url: str, tmp_path: Path, size: int) -> None:
    with knowledge_at(database_url, tmp_path, window_size=size) as knowledge:
        peer, _, heap, _ = categories_of(ingest(knowledge, PEER, PEER_TOO, HEAP, PEER_THIRD))
        results = drain(knowledge)
        assert [result.templates for result in results] == [size] * (4 // size) + [4 % size] * (4 % size > 0)
        assert category(knowledge, peer).templates == 3
        assert category(knowledge, heap).templates == 1


def test_another_project_is_not_clustered_with(knowledge: KnowledgeBase) -> None:
    (mine,) = categories_of(ingest(knowledge, PEER))
    (other,) = categories_of(ingest(knowledge, PEER_TOO, project=OTHER))
    drain(knowledge)
    assert pending(knowledge, OTHER) == 1
    drain(knowledge, OTHER)
    assert category(knowledge, mine).templates == 1
    with knowledge.store.read() as db:
        assert categories.get(db, OTHER, number(other)).templates == 1
    assert Clusterer(knowledge).run_window("nobody") is None


def test_a_labelled_category_takes_in_and_keeps_its_id(knowledge: KnowledgeBase) -> None:
    peer, too = categories_of(ingest(knowledge, PEER, PEER_TOO))
    curation.label(knowledge.store, MINE, too, "missing peer", actor="Mei")
    drain(knowledge)
    assert category(knowledge, peer).id == too
    assert category(knowledge, peer).label == "missing peer"


def test_two_labelled_categories_are_only_proposed(knowledge: KnowledgeBase) -> None:
    peer, too, third = categories_of(ingest(knowledge, PEER, PEER_TOO, PEER_THIRD))
    curation.label(knowledge.store, MINE, peer, "one", actor="Mei")
    curation.attach(knowledge.store, MINE, too, SolutionText("Create it", "", "do so"), actor="Mei")
    drain(knowledge)
    assert category(knowledge, peer).id == peer
    assert category(knowledge, too).id == too
    assert category(knowledge, third).id in (peer, too)
    assert proposed(knowledge) == [(number(peer), number(too))]


def test_what_is_near_but_not_near_enough_is_proposed(knowledge: KnowledgeBase) -> None:
    peer, nearly, _ = categories_of(ingest(knowledge, PEER, NEARLY, HEAP))
    assert drain(knowledge) == [WindowResult(3, 0, 1)]
    assert proposed(knowledge) == [(number(peer), number(nearly))]
    with knowledge.store.read() as db:
        (proposal,) = proposals.open_proposals(db, MINE)
        assert proposals.open_proposals(db, OTHER) == []
    settings = knowledge.settings
    assert settings.propose_threshold <= proposal.score < settings.group_threshold


@pytest.mark.parametrize("person_first", [True, False])
def test_a_proposal_closes_when_a_person_merges(knowledge: KnowledgeBase, person_first: bool) -> None:
    peer, nearly = categories_of(ingest(knowledge, PEER, NEARLY))
    drain(knowledge)
    pair = (peer, nearly) if person_first else (nearly, peer)
    done = curation.merge(knowledge.store, MINE, pair[0], [pair[1]], actor="Mei")
    assert proposed(knowledge) == []
    curation.undo(knowledge.store, MINE, done.audit_id, actor="Mei")
    ingest(knowledge, PEER_TOO)
    drain(knowledge)
    assert proposed(knowledge) == [], "a person said that the two differ"


def test_a_merge_that_was_taken_back_stays_so(knowledge: KnowledgeBase) -> None:
    peer, too, third = categories_of(ingest(knowledge, PEER, PEER_TOO, PEER_THIRD))
    drain(knowledge)
    with knowledge.store.read() as db:
        (entry,) = audit.of_category(db, MINE, number(peer))
    curation.undo(knowledge.store, MINE, entry.id, actor="Mei")
    ingest(knowledge, "WARN broker connection refused by its new peer", "WARN a broker connection refused by its peer")
    drain(knowledge)
    assert [category(knowledge, each).id for each in (peer, too, third)] == [peer, too, third]


def test_a_split_stays_after_any_number_of_windows(knowledge: KnowledgeBase) -> None:
    first = ingest(knowledge, PEER, PEER_TOO, PEER_THIRD)
    drain(knowledge)
    done = curation.split(knowledge.store, MINE, first[0].category_id, [first[1].template_id], actor="Mei")
    for name in ("red", "blue", "green"):
        ingest(knowledge, f"WARN broker connection refused by its {name} peer")
        drain(knowledge)
        now = picture(knowledge.store, MINE)
        apart = [fact for fact in now.facts if fact.kind is FactKind.CANNOT_LINK]
        assert apart
        assert all(now.homes[fact.left] != now.homes[fact.right] for fact in apart)
        assert category(knowledge, done.category.id).id == done.category.id


def test_parts_of_a_split_keep_the_distance_of_the_whole(knowledge: KnowledgeBase) -> None:
    first = ingest(knowledge, PEER, PEER_TOO, PEER_THIRD)
    drain(knowledge)
    away = curation.split(
        knowledge.store, MINE, first[0].category_id, [each.template_id for each in first[1:]], actor="Mei"
    ).category.id
    part = curation.split(knowledge.store, MINE, away, [first[2].template_id], actor="Mei").category.id
    ingest(knowledge, "WARN broker connection refused by its peer today")
    drain(knowledge)
    homes = [category(knowledge, each).id for each in (first[0].category_id, away, part)]
    assert homes == [first[0].category_id, away, part]


def test_a_category_that_nothing_represents_gets_a_representative(knowledge: KnowledgeBase) -> None:
    texts = [f"{PEER} {word}" for word in ["now", "again", "today", "here", "soon", "too"]]
    first = ingest(knowledge, PEER, *texts)
    drain(knowledge)
    home = category(knowledge, first[0].category_id).id
    with knowledge.store.read() as db:
        held = {each.template for each in representatives.of_categories(db, MINE, [number(home)])}
    without = [each for each in first if number_of(Prefix.TEMPLATE, each.template_id) not in held]
    assert without, "a category keeps only a few"
    done = curation.split(knowledge.store, MINE, home, [without[0].template_id], actor="Mei")
    drain(knowledge)
    with knowledge.store.read() as db:
        (mended,) = representatives.of_categories(db, MINE, [number(done.category.id)])
    assert mended.template == number_of(Prefix.TEMPLATE, without[0].template_id)
    assert category(knowledge, done.category.id).keywords


def test_few_representatives_stand_for_many_templates(knowledge: KnowledgeBase) -> None:
    words = ["now", "again", "today", "here", "soon", "too", "once", "twice"]
    first = ingest(knowledge, PEER, *[f"{PEER} {word}" for word in words])
    drain(knowledge)
    home = number(category(knowledge, first[0].category_id).id)
    with knowledge.store.read() as db:
        held = representatives.of_categories(db, MINE, [home])
        removed = db.execute(select(col(RepresentativeRow.id)).where(col(RepresentativeRow.removed))).all()
    assert len(held) == 5
    assert f"T-{held[0].template}" == first[0].template_id, "the oldest one stays"
    assert removed == []
    ingest(knowledge, f"{PEER} wxyz")
    drain(knowledge)
    with knowledge.store.read() as db:
        later = representatives.of_categories(db, MINE, [home])
    assert len(later) == 5
    assert later[0] == held[0]


def test_keywords_tell_a_category_from_the_others(knowledge: KnowledgeBase) -> None:
    peer, heap, chinese = categories_of(ingest(knowledge, PEER, HEAP, "ERROR 磁盘空间不足"))
    drain(knowledge)
    assert {"broker"} <= set(category(knowledge, peer).keywords)
    assert {"heap", "exhausted"} <= set(category(knowledge, heap).keywords)
    assert "磁盘" in category(knowledge, chinese).keywords
    assert len(category(knowledge, peer).keywords) <= 5


def test_lines_without_words_are_like_nothing(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, "1", "...", "[] {}", "12:30:01", "%%% ---")
    drain(knowledge)
    now = picture(knowledge.store, MINE)
    assert now.aliases == {}
    assert pending(knowledge) == 0


class Meanwhile(HashingEmbedder):
    """Does something while a window is embedded, which is between reading and writing."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[Callable[[], object]] = []
        self.windows = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.windows += 1
        if self.acts:
            self.acts.pop()()
        return super().embed(texts)


def test_a_window_is_done_again_when_a_person_was_faster(database_url: str, tmp_path: Path) -> None:
    embedder = Meanwhile()
    with knowledge_at(database_url, tmp_path, embedder=embedder) as knowledge:
        peer, too = categories_of(ingest(knowledge, PEER, PEER_TOO))

        def label_both() -> None:
            curation.label(knowledge.store, MINE, peer, "one", actor="Mei")
            curation.label(knowledge.store, MINE, too, "another", actor="Mei")

        embedder.acts.append(label_both)
        drain(knowledge)
        assert embedder.windows == 2
        assert [category(knowledge, each).id for each in (peer, too)] == [peer, too]


def test_a_window_is_done_again_when_its_categories_were_merged(database_url: str, tmp_path: Path) -> None:
    embedder = Meanwhile()
    with knowledge_at(database_url, tmp_path, embedder=embedder) as knowledge:
        peer, heap = categories_of(ingest(knowledge, PEER, HEAP))
        embedder.acts.append(lambda: curation.merge(knowledge.store, MINE, heap, [peer], actor="Mei"))
        drain(knowledge)
        with knowledge.store.read() as db:
            held = representatives.of_categories(db, MINE, [number(heap)])
        assert len(held) == 2, "both templates stand for the category that they are in now"
        assert pending(knowledge) == 0


def test_a_window_is_done_again_when_a_representative_moved(database_url: str, tmp_path: Path) -> None:
    embedder = Meanwhile()
    with knowledge_at(database_url, tmp_path, embedder=embedder) as knowledge:
        first = ingest(knowledge, PEER, HEAP)
        drain(knowledge)
        peer, heap = categories_of(first)
        curation.merge(knowledge.store, MINE, heap, [peer], actor="Mei")
        (too,) = categories_of(ingest(knowledge, PEER_TOO))
        apart: list[str] = []

        def split() -> None:
            done = curation.split(knowledge.store, MINE, heap, [first[0].template_id], actor="Mei")
            apart.append(done.category.id)

        embedder.acts.append(split)
        drain(knowledge)
        assert category(knowledge, too).id == category(knowledge, apart[0]).id
        assert category(knowledge, heap).templates == 1


def test_new_lines_meanwhile_do_not_disturb_a_window(database_url: str, tmp_path: Path) -> None:
    embedder = Meanwhile()
    with knowledge_at(database_url, tmp_path, embedder=embedder) as knowledge:
        peer, _ = categories_of(ingest(knowledge, PEER, PEER_TOO))
        embedder.acts.append(lambda: ingest(knowledge, HEAP))
        assert Clusterer(knowledge).run_window(MINE) == WindowResult(2, 1, 0)
        assert embedder.windows == 1
        assert pending(knowledge) == 1
        assert category(knowledge, peer).templates == 2


def test_the_loop_clusters_what_comes(knowledge: KnowledgeBase) -> None:
    peer, too = categories_of(ingest(knowledge, PEER, PEER_TOO))
    assert ClusterLoop(knowledge, MINE).drain(MINE) == 1
    assert category(knowledge, too).id == peer
    assert ClusterLoop(knowledge).drain(MINE) == 0


def test_the_loop_runs_beside_and_stops(database_url: str, tmp_path: Path) -> None:
    with knowledge_at(database_url, tmp_path, window_seconds=0.05) as knowledge:
        loop = ClusterLoop(knowledge)
        loop.start()
        try:
            peer, too = categories_of(ingest(knowledge, PEER, PEER_TOO))
            loop.notify()
            loop.drain(MINE, timeout=30)
        finally:
            loop.stop()
        assert loop.failure is None
        assert category(knowledge, too).id == peer
