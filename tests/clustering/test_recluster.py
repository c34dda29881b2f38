"""Clustering a whole project anew: what moves, what stays because people said so, and how it is taken back."""

from __future__ import annotations

import pytest
import sqlalchemy
from sqlalchemy import select, update
from sqlmodel import SQLModel, col

from ingest.clustering.reclustering import Applied, apply_plan, applying, plan_reclustering, steps
from ingest.clustering.reclustering.summary import Summary, summarise
from knowledge_base import curation
from knowledge_base.curation.grouping.unrearranging import undo_recluster
from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.grouping import proposals, template_reading
from knowledge_base.store.grouping.proposal_values import Proposed
from knowledge_base.store.representing import representatives
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import Why
from tests.clustering.test_clusterer import HEAP, PEER, PEER_THIRD, PEER_TOO, drain
from tests.curation.pictures import picture
from tests.store.databases import MINE, START
from tests.store.knowledge import categories_of, ingest

HEAP_TOO = "FATAL heap space exhausted by the task"
CHECKPOINT = "ERROR checkpoint expired"
LINES = (PEER, PEER_TOO, HEAP, HEAP_TOO, PEER_THIRD)


def recluster(knowledge: KnowledgeBase, *, actor: str = "Mei") -> tuple[Summary, Applied]:
    with plan_reclustering(knowledge, MINE) as plan:
        told = summarise(plan, knowledge.settings.group_threshold, most=50)
        return told, apply_plan(knowledge, plan, actor=actor)


def preview(knowledge: KnowledgeBase) -> Summary:
    with plan_reclustering(knowledge, MINE) as plan:
        return summarise(plan, knowledge.settings.group_threshold, most=50)


def misplace(knowledge: KnowledgeBase, homes: dict[int, int]) -> None:
    """Put templates where a machine that was less wise put them: without facts, their old categories as aliases."""
    with knowledge.store.write() as db:
        for template, home in homes.items():
            db.execute(
                update(TemplateRow)
                .where(col(TemplateRow.project) == MINE, col(TemplateRow.id) == template)
                .values(category=home, reason={"why": Why.SIMILARITY, "score": 0.9, "threshold": 0.86})
            )
            db.execute(
                sqlalchemy.text(
                    "UPDATE representative SET category = :home WHERE project = :project AND template = :template"
                ),
                {"home": home, "project": MINE, "template": template},
            )
        empty = "SELECT 1 FROM template t WHERE t.project = category.project AND t.category = category.id"
        db.execute(
            sqlalchemy.text(
                "UPDATE category SET state = 'merged', merged_into = :home"
                f" WHERE project = :project AND state = 'active' AND NOT EXISTS ({empty})"
            ),
            {"home": min(homes.values()), "project": MINE},
        )


def everything(knowledge: KnowledgeBase) -> dict[str, list[tuple[object, ...]]]:
    with knowledge.store.read() as db:
        return {
            table.name: sorted((tuple(row) for row in db.execute(table.select())), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def homes(knowledge: KnowledgeBase) -> dict[int, int]:
    return picture(knowledge.store, MINE).homes


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def t(number: int) -> str:
    return public_id(Prefix.TEMPLATE, number)


def test_what_windows_have_grouped_stays_and_nothing_is_written(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    drain(knowledge)
    before = everything(knowledge)
    told, done = recluster(knowledge)
    assert (told.categories_before, told.categories_after, told.moved_templates) == (2, 2, 0)
    assert done == Applied(None, 0, 0, 0, (), 0)
    assert everything(knowledge) == before


def test_templates_come_to_where_they_belong_and_ids_stay(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES, *[HEAP] * 5)
    misplace(knowledge, {1: 1, 2: 3, 3: 3, 4: 1, 5: 5})
    told, done = recluster(knowledge)
    assert homes(knowledge) == {1: 1, 2: 1, 3: 3, 4: 3, 5: 1}
    assert (told.categories_before, told.categories_after, told.moved_templates, told.moved_lines) == (3, 2, 3, 3)
    assert (told.splits, told.merges) == (2, 1)
    assert told.merged[0].merged == (c(5),)
    assert (done.templates, done.merged, done.created, done.skipped) == (3, 1, 0, ())
    look = picture(knowledge.store, MINE)
    assert look.aliases[5] == 1
    with knowledge.store.read() as db:
        assert all(template_reading.get_template(db, MINE, t(each)).reason.score >= 0.86 for each in (2, 4, 5))
        shown = {each.template: each.category for each in representatives.of_categories(db, MINE, [1, 3, 5])}
        assert shown == {1: 1, 2: 1, 3: 3, 4: 3, 5: 1}
        kinds = [each.kind for each in projects.changes_since(db, MINE, 0)]
        assert kinds.count("template_moved") == 3
        assert kinds.count("category_merged") == 1
    assert drain(knowledge) == [], "all is represented, nothing waits"
    assert recluster(knowledge)[1].templates == 0, "the second time changes nothing"


def test_what_is_like_nothing_gets_a_category_of_its_own(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    misplace(knowledge, dict.fromkeys(range(1, 6), 1))
    told, done = recluster(knowledge)
    assert (told.new_categories, done.created) == (1, 1)
    now = homes(knowledge)
    assert {number for number in now if now[number] == 1} == {1, 2, 5}
    assert now[3] == now[4] > 5
    assert told.split[0].into == (c(1), None)
    assert {each.template_id for each in told.moves} == {t(3), t(4)}
    assert {each.to for each in told.moves} == {None}


def test_nothing_is_left_of_the_vectors_of_a_process_that_is_killed(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    home = knowledge.settings.home_path
    before = sorted(home.rglob("*")) if home.exists() else []
    with plan_reclustering(knowledge, MINE) as plan:
        assert plan.stored.any()
        assert sorted(each for each in home.rglob("*") if each not in before and "recluster" in each.name) == []


def test_a_preview_writes_nothing(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    misplace(knowledge, {1: 1, 2: 3, 3: 3, 4: 1, 5: 5})
    before = everything(knowledge)
    assert preview(knowledge).moved_templates == 3
    assert everything(knowledge) == before
    assert not list(knowledge.settings.home_path.glob("recluster-*"))


def test_labelled_categories_are_neither_merged_nor_split(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    misplace(knowledge, {1: 1, 2: 2, 3: 3, 4: 1, 5: 5})
    curation.label(knowledge.store, MINE, c(1), "peer", actor="Mei")
    curation.attach(knowledge.store, MINE, c(2), SolutionText("Restart", "", ""), actor="Mei")
    recluster(knowledge)
    look = picture(knowledge.store, MINE)
    assert {1, 4} <= look.active[1].templates, "also what does not fit"
    assert 2 in look.active[2].templates
    assert look.active[2].solution is not None
    assert look.homes[5] in {1, 2}, "a whole category may come to a labelled one, as in a window"


def test_a_part_of_a_category_does_not_come_to_a_labelled_one(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    misplace(knowledge, {1: 1, 2: 2, 3: 2, 4: 4, 5: 5})
    curation.label(knowledge.store, MINE, c(1), "peer", actor="Mei")
    recluster(knowledge)
    look = picture(knowledge.store, MINE)
    assert 2 not in look.active[1].templates
    assert look.homes[3] == look.homes[4] != look.homes[2]
    assert look.homes[5] == 1


def test_what_people_put_together_or_apart_stays(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    drain(knowledge)
    assert set(homes(knowledge).values()) == {1, 3}
    curation.split(knowledge.store, MINE, c(1), [t(5)], actor="Mei")
    moved = curation.move(knowledge.store, MINE, t(2), c(3), actor="Mei")
    before = picture(knowledge.store, MINE)
    told, done = recluster(knowledge)
    assert (told.moved_templates, done.audit_id) == (0, None)
    assert picture(knowledge.store, MINE) == before
    curation.undo(knowledge.store, MINE, moved.audit_id, actor="Mei")
    assert homes(knowledge)[2] == 1
    recluster(knowledge)
    assert homes(knowledge) == {1: 1, 2: 1, 3: 3, 4: 3, 5: 6}


def test_it_is_taken_back_as_one_act(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    misplace(knowledge, {1: 1, 2: 3, 3: 3, 4: 1, 5: 5})
    before = picture(knowledge.store, MINE)
    with knowledge.store.read() as db:
        reasons = {each: template_reading.get_template(db, MINE, t(each)).reason for each in range(1, 6)}
    _, done = recluster(knowledge)
    assert done.audit_id is not None
    assert curation.undo(knowledge.store, MINE, done.audit_id, actor="Ravi").category.id in {c(1), c(3)}
    after = picture(knowledge.store, MINE)
    assert after == before
    with knowledge.store.read() as db:
        assert {each: template_reading.get_template(db, MINE, t(each)).reason for each in range(1, 6)} == reasons
    with pytest.raises(Conflict, match="taken back before"):
        curation.undo(knowledge.store, MINE, done.audit_id, actor="Ravi")


def test_taking_back_refuses_what_newer_acts_build_on(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES, "ERROR checkpoint expired", "ERROR checkpoint expired again")
    misplace(knowledge, {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7})
    _, done = recluster(knowledge)
    now = homes(knowledge)
    assert [now[each] for each in range(1, 8)] == [1, 1, 3, 3, 1, 6, 6]
    curation.label(knowledge.store, MINE, c(1), "peer", actor="Mei")
    assert done.audit_id is not None
    with pytest.raises(Conflict, match="Mei did a newer act"):
        curation.undo(knowledge.store, MINE, done.audit_id, actor="Ravi")
    assert homes(knowledge) == now, "all of it or nothing"
    back = undo_recluster(knowledge.store, MINE, done.audit_id, actor="Ravi", partly=True)
    assert (back.templates, len(back.refused)) == (2, 1)
    assert [homes(knowledge)[each] for each in range(1, 8)] == [1, 1, 3, 4, 1, 6, 7]


@pytest.mark.parametrize("act", ["label", "merge", "apart"])
def test_what_people_change_meanwhile_is_skipped(knowledge: KnowledgeBase, act: str) -> None:
    ingest(knowledge, *LINES)
    misplace(knowledge, {1: 1, 2: 2, 3: 3, 4: 4, 5: 5})
    with plan_reclustering(knowledge, MINE) as plan:
        if act == "label":
            curation.label(knowledge.store, MINE, c(2), "peer", actor="Mei")
        elif act == "merge":
            curation.merge(knowledge.store, MINE, c(2), [c(5)], actor="Mei")
        else:
            merged = curation.merge(knowledge.store, MINE, c(1), [c(2)], actor="Mei")
            curation.undo(knowledge.store, MINE, merged.audit_id, actor="Mei")
        before = picture(knowledge.store, MINE)
        done = apply_plan(knowledge, plan, actor="Mei")
    assert (done.skipped_templates, len(done.skipped), done.templates) == (2, 1, 1)
    after = picture(knowledge.store, MINE)
    assert {number: after.homes[number] for number in (1, 2, 5)} == {n: before.homes[n] for n in (1, 2, 5)}
    assert after.homes[4] == 3


@pytest.fixture
def cut(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> KnowledgeBase:
    """A project whose KE-2 would come to KE-1 in one step and to KE-4 in the next, and then be an alias of KE-1."""
    for module in (steps, applying):
        monkeypatch.setattr(module, "MOST_AT_ONCE", 1)
    ingest(knowledge, PEER, PEER_TOO, PEER_THIRD, CHECKPOINT, f"{CHECKPOINT} again", HEAP)
    for _ in range(4):
        ingest(knowledge, PEER, PEER_TOO, CHECKPOINT)
    misplace(knowledge, {1: 1, 3: 1, 2: 2, 5: 2, 4: 4, 6: 6})
    return knowledge


def aliases(knowledge: KnowledgeBase) -> dict[int, int]:
    """Tell of what each alias is one; fails where that is an alias itself."""
    with knowledge.store.read() as db:
        into = {row[0]: row[1] for row in db.execute(select(col(CategoryRow.id), col(CategoryRow.merged_into)))}
    assert not [number for number, home in into.items() if home is not None and into[home] is not None]
    assert not [number for number, home in homes(knowledge).items() if into[home] is not None]
    return {number: home for number, home in into.items() if home is not None}


def test_nothing_becomes_an_alias_of_what_people_merged_meanwhile(cut: KnowledgeBase) -> None:
    def merge_after_the_first(_: int) -> None:
        if homes(cut)[2] == 1:
            curation.merge(cut.store, MINE, c(6), [c(1)], actor="Mei")

    with plan_reclustering(cut, MINE) as plan:
        done = apply_plan(cut, plan, actor="Mei", tick=merge_after_the_first)
    assert (done.templates, done.skipped) == (1, ("KE-1 was merged meanwhile",))
    assert homes(cut) == {1: 6, 2: 6, 3: 6, 4: 4, 5: 2, 6: 6}
    assert 2 not in aliases(cut)


def test_what_is_partly_taken_back_is_in_no_alias(cut: KnowledgeBase) -> None:
    _, done = recluster(cut)
    assert (done.templates, aliases(cut)[2]) == (2, 1)
    assert done.audit_id is not None
    label = curation.label(cut.store, MINE, c(4), "checkpoint", actor="Mei")
    back = undo_recluster(cut.store, MINE, done.audit_id, actor="Ravi", partly=True)
    assert (back.templates, len(back.refused)) == (0, 2)
    assert aliases(cut)[2] == 1
    curation.undo(cut.store, MINE, label.audit_id, actor="Mei")
    assert undo_recluster(cut.store, MINE, done.audit_id, actor="Ravi").templates == 2
    assert homes(cut) == {1: 1, 2: 2, 3: 1, 4: 4, 5: 2, 6: 6}
    assert 2 not in aliases(cut)


def test_proposals_follow_what_is_taken_back(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER, HEAP, CHECKPOINT)
    misplace(knowledge, {1: 1, 2: 1, 3: 3})
    _, done = recluster(knowledge)
    made = homes(knowledge)[2]
    assert (made, done.created, homes(knowledge)[1]) == (4, 1, 1)
    with knowledge.store.write() as db:
        proposals.put(db, MINE, [Proposed(made, 3, 0.5)], START)
    assert done.audit_id is not None
    curation.undo(knowledge.store, MINE, done.audit_id, actor="Ravi")
    with knowledge.store.read() as db:
        (found,) = proposals.open_proposals(db, MINE)
    assert (found.left, found.right) == (1, 3)


def test_new_lines_meanwhile_do_no_harm(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *LINES)
    misplace(knowledge, {1: 1, 2: 2, 3: 3, 4: 4, 5: 5})
    with plan_reclustering(knowledge, MINE) as plan:
        (later,) = categories_of(ingest(knowledge, "ERROR quota of project exceeded"))
        assert apply_plan(knowledge, plan, actor="Mei").skipped == ()
    assert homes(knowledge)[6] == number_of(Prefix.CATEGORY, later)


def test_refusals(knowledge: KnowledgeBase) -> None:
    with pytest.raises(NotFound), plan_reclustering(knowledge, "nowhere"):
        pass
    ingest(knowledge, *LINES)
    with plan_reclustering(knowledge, MINE) as plan, pytest.raises(InputError, match="name"):
        apply_plan(knowledge, plan, actor=" ")
