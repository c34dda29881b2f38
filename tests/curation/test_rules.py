"""Changing users' rules: tried, kept, followed by the stored templates, taken back; no solution comes off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from ingest.clustering.loop import ClusterLoop
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.curation.masking import resigning, rule_changes
from knowledge_base.curation.masking.resigning import AT_ONCE, WRITTEN_AT_ONCE, Resigner
from knowledge_base.curation.masking.rule_changes import (
    adding,
    change_rules,
    editing,
    moving,
    removing,
    setting,
    undo_rules,
)
from knowledge_base.curation.masking.rule_joins import BOTH_LABELLED, DIFFERENT_SOLUTIONS, KEPT_APART
from knowledge_base.curation.masking.rule_preview import MOST_SHOWN, Preview, sign_anew
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.errors import Conflict, InputError, NotFound, StaleVersion
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.signature import SIGNATURE_VERSION
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import MOST_UNDER_WAY, read_signing
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import categories
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.rules.rule_tables import RuleSetRow
from knowledge_base.store.tables import FingerprintRow
from tests.curation.rule_support import (
    NOW,
    PROJECT,
    category_of,
    change,
    keep_lines,
    kept,
    mask,
    record,
    solution_of,
    solve,
)

ACME, ZETA, DISK = "tenant acme is over its quota", "tenant zeta is over its quota", "disk 3 is full"
TENANT = mask("tenant", r"tenant (\w+)", "user")


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    settings = Settings(home=tmp_path / "home", database_url=database_url)
    with KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder()) as base:
        with base.store.write() as db:
            projects.ensure_project(db, PROJECT, NOW)
        yield base


@pytest.fixture
def pipeline(knowledge: KnowledgeBase) -> Pipeline:
    return Pipeline(knowledge, PROJECT)


def migrate(knowledge: KnowledgeBase) -> None:
    Resigner(knowledge.store, PROJECT).run()


def preview(knowledge: KnowledgeBase, *rules: object) -> Preview:
    with knowledge.store.read() as db:
        present = rule_sets.present(db, PROJECT)
    return sign_anew(knowledge.store, PROJECT, present, RuleSet(rules)).preview  # type: ignore[arg-type]


def state(knowledge: KnowledgeBase) -> rule_sets.StoredRules:
    with knowledge.store.read() as db:
        return rule_sets.newest(db, PROJECT)[0]


def test_known_lines_stay_known_before_and_behind_the_migration(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    before = keep_lines(pipeline, [ACME, DISK])
    change(knowledge, adding(TENANT))
    assert category_of(knowledge, ACME) == before[ACME][1]
    # The line is signed under the new rules, found by the old ones, and known by the new ones from then on.
    assert keep_lines(pipeline, [ACME, DISK]) == before
    assert keep_lines(pipeline, [ZETA])[ZETA] == before[ACME]
    migrate(knowledge)
    assert state(knowledge).is_finished
    assert keep_lines(pipeline, [ACME, DISK]) == before
    assert category_of(knowledge, "tenant omega is over its quota") == before[ACME][1]
    with knowledge.store.read() as db:
        assert read_signing(db, PROJECT).older == ()


def test_a_pipeline_that_runs_follows_before_its_next_batch(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    prepared = pipeline.prepare([])
    assert pipeline.identify(prepared).enriched == ()
    first = keep_lines(pipeline, [ACME])
    waiting = pipeline.prepare([record(ZETA)])
    change(knowledge, adding(TENANT))
    migrate(knowledge)
    [found] = pipeline.identify(waiting).enriched
    assert (found.assignment.template_id, found.assignment.is_new) == (first[ACME][0], False)


def test_categories_come_together_and_keep_their_solution(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    before = keep_lines(pipeline, [ACME, ZETA])
    solution = solve(knowledge, before[ZETA][1], "Raise the quota")
    shown = preview(knowledge, TENANT)
    assert (shown.joins, shown.conflicts, shown.changed_templates, shown.changed_lines) == (1, 0, 2, 2)
    assert shown.joined[0].template_ids == (before[ACME][0], before[ZETA][0])
    assert shown.joined[0].after == "tenant <user> is over its quota"
    assert shown.solutions == (solution,)
    assert shown.is_complete
    change(knowledge, adding(TENANT))
    migrate(knowledge)
    assert {solution_of(knowledge, text) for text in (ACME, ZETA, "tenant omega is over its quota")} == {solution}
    assert category_of(knowledge, ACME) == before[ZETA][1]
    assert state(knowledge).joined == 1
    with knowledge.store.read() as db:
        number = int(before[ZETA][1].partition("-")[2])
        [entry] = [each for each in audit.of_category(db, PROJECT, number) if each.action == "merge"]
    undone = curation.undo(knowledge.store, PROJECT, entry.id, actor="ann")
    assert undone.category.id == before[ZETA][1]


def test_different_solutions_are_a_conflict_and_stay(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    before = keep_lines(pipeline, [ACME, ZETA])
    solve(knowledge, before[ACME][1], "Ask sales")
    solve(knowledge, before[ZETA][1], "Raise the quota")
    shown = preview(knowledge, TENANT)
    assert (shown.conflicts, shown.joined[0].conflict) == (1, DIFFERENT_SOLUTIONS)
    change(knowledge, adding(TENANT))
    migrate(knowledge)
    [conflict] = state(knowledge).conflicts
    expected = {"keeps": before[ACME][0], "template": before[ZETA][0], "reason": DIFFERENT_SOLUTIONS}
    assert dict(conflict) == expected
    with knowledge.store.read() as db:
        for _, category in before.values():
            number = categories.resolve_public(db, PROJECT, category)
            assert categories.get(db, PROJECT, number).id == category
            assert categories.get(db, PROJECT, number).solution_id is not None


def test_what_people_labelled_or_keep_apart_is_not_joined(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    before = keep_lines(pipeline, [ACME, ZETA])
    for _, category in before.values():
        curation.label(knowledge.store, PROJECT, category, f"label of {category}", actor="ann")
    assert preview(knowledge, TENANT).joined[0].conflict == BOTH_LABELLED
    for _, category in before.values():
        curation.label(knowledge.store, PROJECT, category, "", actor="ann")
    merged = curation.merge(knowledge.store, PROJECT, before[ACME][1], [before[ZETA][1]], actor="ann")
    curation.undo(knowledge.store, PROJECT, merged.audit_id, actor="ann")
    assert preview(knowledge, TENANT).joined[0].conflict == KEPT_APART
    change(knowledge, adding(TENANT))
    migrate(knowledge)
    assert [each["reason"] for each in state(knowledge).conflicts] == [KEPT_APART]


def test_a_template_that_has_several_forms_keeps_them_all(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    lanes = [f"lane {number} is closed" for number in (1, 2, 3)]
    before = keep_lines(pipeline, lanes)
    assert len(set(before.values())) == 1
    rule = kept("lane", r"lane (\d)")
    shown = preview(knowledge, rule)
    assert (shown.splits, shown.split[0].template_id) == (1, before[lanes[0]][0])
    assert set(shown.split[0].afters) == set(lanes)
    change(knowledge, adding(rule))
    migrate(knowledge)
    assert keep_lines(pipeline, lanes) == before
    assert keep_lines(pipeline, ["lane 9 is closed"])["lane 9 is closed"][0] != before[lanes[0]][0]


def test_every_change_can_be_taken_back_in_turn(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    keep_lines(pipeline, [ACME])
    first = change(knowledge, adding(TENANT))
    with pytest.raises(Conflict, match="cannot be taken back"):
        curation.undo(knowledge.store, PROJECT, first.audit_id, actor="bob")
    second = change(knowledge, adding(mask("disk", r"disk (\d+)", "id"), position=1), "add")
    assert [rule.name for rule in second.stored.rules.rules] == ["disk", "tenant"]
    with pytest.raises(Conflict, match="changed again meanwhile"):
        undo_rules(knowledge.store, PROJECT, first.audit_id, actor="bob")
    assert undo_rules(knowledge.store, PROJECT, second.audit_id, actor="bob").stored.rules == first.stored.rules
    with pytest.raises(Conflict, match="taken back before"):
        undo_rules(knowledge.store, PROJECT, second.audit_id, actor="bob")
    undone = undo_rules(knowledge.store, PROJECT, first.audit_id, actor="bob").stored
    assert (undone.rules, undone.version, undone.actor) == (RuleSet(), SIGNATURE_VERSION, "bob")
    with pytest.raises(NotFound):
        undo_rules(knowledge.store, PROJECT, 99, actor="bob")
    label = curation.label(knowledge.store, PROJECT, "KE-1", "x", actor="ann")
    with pytest.raises(Conflict, match="no change of rules"):
        undo_rules(knowledge.store, PROJECT, label.audit_id, actor="bob")
    with knowledge.store.read() as db:
        assert audit.get(db, PROJECT, first.audit_id).undone_at is not None
        history = rule_sets.newest(db, PROJECT, 10)
    assert [each.action for each in history] == ["undo_rules", "undo_rules", "add_rule", "add_rule", "begin"]


def test_editing_moving_and_removing(knowledge: KnowledgeBase) -> None:
    change(knowledge, setting([mask("a", "aa"), mask("b", "bb"), mask("c", "cc")]), "import")
    moved = change(knowledge, moving("c", 1), "move").stored
    assert [rule.name for rule in moved.rules.rules] == ["c", "a", "b"]
    other = change(knowledge, editing("a", lambda _rule: mask("z", "zz")), "edit").stored
    assert [rule.name for rule in other.rules.rules] == ["c", "z", "b"]
    migrate(knowledge)
    assert [rule.name for rule in change(knowledge, removing("z"), "remove").stored.rules.rules] == ["c", "b"]
    for edit in (removing("nobody"), moving("nobody", 1), editing("nobody", lambda rule: rule)):
        with pytest.raises(NotFound, match="no rule 'nobody'"):
            change(knowledge, edit, "edit")
    with pytest.raises(InputError, match="no position 9"):
        change(knowledge, moving("c", 9), "move")
    with pytest.raises(Conflict, match="already"):
        change(knowledge, adding(mask("b", "x")))
    with pytest.raises(InputError, match="changes nothing"):
        change(knowledge, moving("c", 1), "move")
    with pytest.raises(InputError, match="a name to stand under"):
        change_rules(
            knowledge.store, PROJECT, adding(mask("d", "dd")), action="add", subject="d", actor=" ", force=True
        )
    with pytest.raises(NotFound):
        change_rules(knowledge.store, "nowhere", adding(mask("d", "dd")), action="add", subject="d", actor="ann")


def test_what_changes_no_signature_needs_no_migration(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    keep_lines(pipeline, [ACME])
    change(knowledge, adding(TENANT))
    migrate(knowledge)
    renamed = change(knowledge, editing("tenant", lambda _rule: mask("customer", TENANT.pattern, "user")), "edit")
    assert renamed.stored.is_finished


def test_a_rule_that_swallows_most_lines_needs_force(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    keep_lines(pipeline, [f"{word} went wrong here" for word in ("disk", "host", "task", "query", "lock")])
    with pytest.raises(InputError, match=r"nearly all of 5 of 5 samples.*--force"):
        change(knowledge, adding(mask("all", ".+")), force=False)
    change(knowledge, adding(mask("some", "went .+")), force=False)
    change(knowledge, adding(mask("all", ".+")), force=True)


def test_two_people_cannot_overwrite_each_other(knowledge: KnowledgeBase) -> None:
    def edit(rules: RuleSet) -> RuleSet:
        if not rules.rules:  # somebody is faster while the rules are being tried
            change(knowledge, adding(mask("faster", "faster")))
        return adding(mask("slower", "slower"))(rules)

    with pytest.raises(StaleVersion):
        change(knowledge, edit)
    assert [rule.name for rule in state(knowledge).rules.rules] == ["faster"]


def test_changes_wait_where_templates_follow_too_few_of_them(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    before = keep_lines(pipeline, [ACME])
    for number in range(MOST_UNDER_WAY):
        change(knowledge, adding(mask(f"rule-{number}", f"word-{number}")))
    with pytest.raises(Conflict, match="kea rules migrate"):
        change(knowledge, adding(TENANT))
    # All the way back to the rules that the template was made under.
    assert keep_lines(pipeline, [ACME]) == before
    migrate(knowledge)
    change(knowledge, adding(TENANT))


def test_a_template_is_never_made_under_rules_that_no_longer_hold(
    knowledge: KnowledgeBase, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_lines(pipeline, [DISK])
    sign_before = pipeline._signing.sign_before

    def change_meanwhile(texts: dict[str, str]) -> object:
        monkeypatch.setattr(pipeline._signing, "sign_before", sign_before)
        change(knowledge, adding(TENANT))
        migrate(knowledge)
        return sign_before(texts)

    monkeypatch.setattr(pipeline._signing, "sign_before", change_meanwhile)
    made = keep_lines(pipeline, [ACME])
    assert keep_lines(Pipeline(knowledge, PROJECT), [ZETA])[ZETA] == made[ACME]


def test_the_clusterer_follows_in_the_background(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    keep_lines(pipeline, [ACME, ZETA])
    change(knowledge, adding(TENANT))
    loop = ClusterLoop(knowledge, PROJECT)
    loop.step()
    assert state(knowledge).is_finished
    assert category_of(knowledge, ACME) == category_of(knowledge, ZETA)


def test_many_steps_are_each_done_once(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    words = [chr(97 + one) + chr(97 + two) for one in range(12) for two in range(10)]
    lines = [f"tenant {word} was refused at gate {word}" for word in words]
    before = keep_lines(pipeline, lines)
    change(knowledge, adding(mask("gate", r"gate (\w+)")))
    one, two = Resigner(knowledge.store, PROJECT), Resigner(knowledge.store, PROJECT)
    done = 0
    while True:
        steps = [step for step in (one.step(), two.step()) if step is not None]
        if not steps:
            break
        done += sum(step.templates for step in steps)
        assert all(step.templates <= AT_ONCE for step in steps)
    assert done == len(lines) == 120
    assert keep_lines(pipeline, lines) == before


def test_a_step_lets_others_write_in_between(
    knowledge: KnowledgeBase, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"tenant {chr(97 + place)}x is over its quota" for place in range(WRITTEN_AT_ONCE + 1)]
    keep_lines(pipeline, texts)
    change(knowledge, adding(TENANT))
    joining = resigning.join

    def fail_late(*args: Any, **more: Any) -> str | None:
        if args[3] > WRITTEN_AT_ONCE:
            raise Conflict("killed")
        return joining(*args, **more)

    monkeypatch.setattr(resigning, "join", fail_late)
    with pytest.raises(Conflict, match="killed"):
        migrate(knowledge)
    assert (state(knowledge).cursor, state(knowledge).joined) == (WRITTEN_AT_ONCE, WRITTEN_AT_ONCE - 1)
    monkeypatch.setattr(resigning, "join", joining)
    migrate(knowledge)
    assert (state(knowledge).is_finished, state(knowledge).joined) == (True, WRITTEN_AT_ONCE)
    assert len({category_of(knowledge, text) for text in texts}) == 1


def test_fingerprints_of_another_kea_are_followed(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    before = keep_lines(pipeline, [ACME, DISK])
    solution = solve(knowledge, before[DISK][1], "Delete old files")
    _make_old(knowledge)
    assert category_of(knowledge, DISK) is None
    again = Pipeline(knowledge, PROJECT)
    assert keep_lines(again, [DISK, ACME]) == before
    assert solution_of(knowledge, "disk 9 is full") == solution
    history = [state(knowledge).action, state(knowledge).version]
    assert history == ["upgrade", SIGNATURE_VERSION]


def test_rules_hold_after_an_upgrade(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    change(knowledge, adding(TENANT))
    before = keep_lines(pipeline, [ACME])
    migrate(knowledge)
    _make_old(knowledge)
    assert keep_lines(Pipeline(knowledge, PROJECT), [ZETA])[ZETA] == before[ACME]
    assert state(knowledge).rules == RuleSet((TENANT,))
    migrate(knowledge)
    assert category_of(knowledge, "tenant omega is over its quota") == before[ACME][1]


def test_an_upgrade_that_was_killed_is_finished_before_templates_are_made(
    knowledge: KnowledgeBase, pipeline: Pipeline
) -> None:
    texts = [*(f"shelf {chr(97 + place // 26)}{chr(97 + place % 26)}x is empty" for place in range(AT_ONCE)), DISK]
    before = keep_lines(pipeline, texts)
    solution = solve(knowledge, before[DISK][1], "Delete old files")
    _make_old(knowledge)
    step = Resigner(knowledge.store, PROJECT).step()
    assert step is not None
    assert step.templates == AT_ONCE  # the last one is left
    change(knowledge, adding(TENANT))
    assert keep_lines(Pipeline(knowledge, PROJECT), [DISK]) == {DISK: before[DISK]}
    assert solution_of(knowledge, DISK) == solution


def _make_old(knowledge: KnowledgeBase) -> None:
    """Let the database look as if an older Kea with other rules had written it."""
    with knowledge.store.write() as db:
        for number, version, _ in rule_sets.marks(db, PROJECT, 10):
            db.execute(
                update(RuleSetRow)
                .where(col(RuleSetRow.project) == PROJECT, col(RuleSetRow.number) == number)
                .values(version=version.replace(SIGNATURE_VERSION, "2020-01-01"))
            )
        rows = list(db.execute(FingerprintRow.__table__.select()))  # type: ignore[attr-defined]
        for place, row in enumerate(rows):
            version = row.version.replace(SIGNATURE_VERSION, "2020-01-01")
            db.execute(
                update(FingerprintRow)
                .where(
                    col(FingerprintRow.project) == row.project,
                    col(FingerprintRow.version) == row.version,
                    col(FingerprintRow.fingerprint) == row.fingerprint,
                )
                .values(version=version, fingerprint=f"old-{place}")
            )


def test_lists_of_a_preview_are_bounded(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    keep_lines(pipeline, [f"tenant {chr(97 + at // 26)}{chr(97 + at % 26)}x is late" for at in range(MOST_SHOWN + 2)])
    seen = preview(knowledge, TENANT)
    (joined,) = seen.joined
    assert (len(joined.template_ids), len(joined.category_ids), len(seen.changed)) == (MOST_SHOWN,) * 3
    assert (seen.joins, seen.changed_templates) == (1, MOST_SHOWN + 2)


def test_limits_of_a_preview_are_told(knowledge: KnowledgeBase, pipeline: Pipeline) -> None:
    keep_lines(pipeline, [ACME, ZETA, DISK])
    told: list[int] = []
    some = sign_anew(
        knowledge.store, PROJECT, RuleSet(), RuleSet((TENANT,)), most_templates=1, tick=told.append
    ).preview
    assert (some.is_complete, some.templates, told[0]) == (False, 1, 1)
    some = sign_anew(knowledge.store, PROJECT, RuleSet(), RuleSet((TENANT,)), most_recent=2).preview
    assert (some.is_complete, some.templates) == (False, 3)
    nothing = sign_anew(knowledge.store, PROJECT, RuleSet(), RuleSet()).preview
    assert (nothing.changed_templates, nothing.joins, nothing.splits, nothing.solutions) == (0, 0, 0, ())


def test_actions_are_named(knowledge: KnowledgeBase) -> None:
    assert all(len(name) <= 32 for name in rule_changes.ACTIONS.values())
