"""Export and import: the same knowledge in another home, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.curation.keeping.keep_changes import change_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.errors import InputError, NotFound
from knowledge_base.exchange.exporting import export_rows
from knowledge_base.exchange.importing import Imported, import_rows
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.solution_details import AppliesTo, Details, Link, Variant
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import categories, templates
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind
from tests.curation.pictures import picture
from tests.store.databases import MINE, OTHER, copied_file
from tests.store.knowledge import ingest, knowledge_at

Row = dict[str, object]
DETAILS = Details(
    language="en",
    applies=(AppliesTo("spark", "≥ 3.2"),),
    links=(Link("https://wiki.example/heap", "Heap"),),
    variants=(Variant("zh", "增加内存", "太小", "# 做法"),),
)
LINES = (
    "ERROR replica of ledger not found in warehouse",
    "ERROR replica of ledger not found in the warehouse",
    "FATAL heap space exhausted by task",
    "WARN broker connection refused by peer",
    "ERROR quota of project exceeded",
)


@pytest.fixture
def other_home(empty_file: Path, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """An empty home."""
    with knowledge_at(copied_file(empty_file, tmp_path / "other" / "kea.db"), tmp_path / "other") as knowledge:
        yield knowledge


def exported(store: Store, project: str = MINE) -> list[Row]:
    """The rows as another program reads them from the file."""
    return [json.loads(json.dumps(row, ensure_ascii=False)) for row in export_rows(store, project)]


def load(store: Store, rows: list[Row], project: str = MINE) -> Imported:
    return import_rows(store, project, list(enumerate(rows, 1)), actor="Mei", name="knowledge.jsonl")


def meaning(rows: list[Row]) -> dict[str, list[str]]:
    """What rows say, without ids: templates stand for categories, titles for solutions."""
    texts: dict[object, str] = {}
    members: dict[object, list[str]] = {}
    said: dict[str, list[str]] = {"category": [], "solution": [], "fact": [], "keep": []}
    for row in rows:
        if row["type"] == "category":
            found = row["templates"]
            assert isinstance(found, list)
            texts |= {each["id"]: each["text"] for each in found}
            members[row["id"]] = sorted(each["text"] for each in found)
            prints = sorted(str(each["fingerprints"]) + each["service"] + each["level"] for each in found)
            said["category"].append(repr((members[row["id"]], row["label"], row["ignored"], prints)))
    for row in rows:
        if row["type"] == "solution":
            homes = sorted(repr(members[each]) for each in row["category_ids"])  # type: ignore[attr-defined]
            words = (row["title"], row["cause"], row["body"], row["author"], row["state"], row.get("details"))
            said["solution"].append(repr((*words, homes)))
        if row["type"] == "keep_rules":
            for rule in row["rules"]:  # type: ignore[attr-defined]
                about = {"category": members[rule["category"]], "template": texts.get(rule["template"])}
                said["keep"].append(repr(rule | about))
        if row["type"] == "fact":
            said["fact"].append(repr((row["kind"], sorted([texts[row["left"]], texts[row["right"]]]))))
    return {kind: sorted(entries) for kind, entries in said.items()}


@pytest.fixture
def rows(knowledge: KnowledgeBase) -> list[Row]:
    """A project with a merge, a split, labels, a shared solution, a draft and a category put aside."""
    store = knowledge.store
    first, too, heap, broker, quota = ingest(knowledge, *LINES)
    ClusterLoop(knowledge, MINE).drain(MINE)
    curation.label(store, MINE, first.category_id, "missing table 表", actor="Mei")
    curation.merge(store, MINE, heap.category_id, [broker.category_id], actor="Mei")
    curation.split(store, MINE, first.category_id, [too.template_id], actor="Mei", label="the other one")
    done = curation.attach(
        store, MINE, heap.category_id, SolutionText("Add memory", "too small", "# how", DETAILS), actor="Jonas"
    )
    assert done.solution is not None
    curation.link(store, MINE, first.category_id, done.solution.id, actor="Jonas")
    curation.draft(store, MINE, too.category_id, SolutionText("Ask the owner", "", "# who"), actor="Jonas")
    curation.ignore(store, MINE, quota.category_id, actor="Mei")
    number = int(heap.category_id[3:])
    for rule in (
        KeepRule(pattern="heap space", category=number),
        KeepRule(template=int(broker.template_id[2:]), category=number, enabled=False),
    ):
        change_keep(store, MINE, KeepChange(step="add", rule=rule), actor="Mei", reason="one cause")
    return exported(store)


def test_another_home_comes_to_know_the_same(rows: list[Row], other_home: KnowledgeBase) -> None:
    assert meaning(rows)["fact"]
    assert len(meaning(rows)["keep"]) == 2
    assert DETAILS.document() in [row.get("details") for row in rows]
    done = load(other_home.store, rows)
    assert (done.solutions, done.categories, done.links) == (2, 4, 3)
    assert meaning(exported(other_home.store)) == meaning(rows)


def test_windows_after_the_import_keep_what_people_said(rows: list[Row], other_home: KnowledgeBase) -> None:
    load(other_home.store, rows)
    ClusterLoop(other_home, MINE).drain(MINE)
    assert meaning(exported(other_home.store)) == meaning(rows)
    assert other_home.match(MINE, LINES[2]).matches[0].evidence.kind == "exact"


def test_importing_twice_changes_nothing(rows: list[Row], other_home: KnowledgeBase) -> None:
    load(other_home.store, rows)
    before = picture(other_home.store, MINE), exported(other_home.store)
    assert load(other_home.store, rows).links == 0
    assert (picture(other_home.store, MINE), exported(other_home.store)) == before


def test_importing_into_the_home_that_it_came_from_changes_nothing(knowledge: KnowledgeBase, rows: list[Row]) -> None:
    before = picture(knowledge.store, MINE)
    load(knowledge.store, rows)
    assert picture(knowledge.store, MINE) == before
    assert exported(knowledge.store) == rows


def test_an_import_goes_into_its_project_alone(knowledge: KnowledgeBase, rows: list[Row]) -> None:
    before = picture(knowledge.store, MINE)
    load(knowledge.store, rows, OTHER)
    assert picture(knowledge.store, MINE) == before
    assert meaning(exported(knowledge.store, OTHER)) == meaning(rows)
    with pytest.raises(NotFound):
        exported(knowledge.store, "nobody")


def test_what_was_said_here_stays(rows: list[Row], other_home: KnowledgeBase) -> None:
    store = other_home.store
    here = ingest(other_home, *LINES)
    curation.label(store, MINE, here[0].category_id, "our own name", actor="Ravi")
    load(store, rows)
    assert "our own name" in {look.label for look in picture(store, MINE).active.values()}
    assert "missing table 表" not in {look.label for look in picture(store, MINE).active.values()}


def test_what_a_file_changes_here_is_told_and_can_be_taken_back(rows: list[Row], other_home: KnowledgeBase) -> None:
    store = other_home.store
    _, _, heap, broker, quota = ingest(other_home, *LINES)
    load(store, rows)
    with store.read() as db:
        acts = {each.action: each for each in audit.behind(db, MINE, 0, limit=100) if each.undo is not None}
        told = {each.kind for each in projects.changes_since(db, MINE, 0)}
    assert {"label", "merge", "ignore"} <= acts.keys() & told
    assert {each.actor for each in acts.values()} == {"Mei"}
    merge, ignore = acts["merge"], acts["ignore"]
    assert (f"KE-{merge.category}", merge.detail["merged"]) == (heap.category_id, [broker.category_id])
    assert f"KE-{ignore.category}" == quota.category_id
    for each in (merge, ignore):
        curation.undo(store, MINE, each.id, actor="Ravi")
    there = picture(store, MINE).active
    assert {number_of(Prefix.CATEGORY, each.category_id) for each in (heap, broker, quota)} <= there.keys()
    assert not there[number_of(Prefix.CATEGORY, quota.category_id)].ignored


def test_a_file_brings_nothing_back_that_people_decided_against(rows: list[Row], other_home: KnowledgeBase) -> None:
    store = other_home.store
    here = ingest(other_home, *LINES)
    first, _, heap, broker, quota = (each.category_id for each in here)
    for ignored in (True, False):
        curation.ignore(store, MINE, quota, ignored=ignored, actor="Ravi")
    for label in ("ours", ""):
        curation.label(store, MINE, first, label, actor="Ravi")
    curation.keep_apart(store, MINE, heap, broker, actor="Ravi")
    assert load(store, rows).left_out
    pair = tuple(sorted(number_of(Prefix.TEMPLATE, each.template_id) for each in (here[2], here[3])))
    known = [fact.kind for fact in picture(store, MINE).facts if (fact.left, fact.right) == pair]
    assert known == [FactKind.CANNOT_LINK]
    there = picture(store, MINE).active
    assert {number_of(Prefix.CATEGORY, each) for each in (heap, broker)} <= there.keys()
    assert not there[number_of(Prefix.CATEGORY, quota)].ignored
    assert there[number_of(Prefix.CATEGORY, first)].label is None


def test_rules_that_keep_come_behind_those_that_are_here(rows: list[Row], other_home: KnowledgeBase) -> None:
    store = other_home.store
    (owed,) = ingest(other_home, "WARN heap space of the driver is low")
    (mine,) = ingest(other_home, LINES[0])
    own = KeepRule(pattern="replica of", category=int(mine.category_id[3:]))
    change_keep(store, MINE, KeepChange(step="add", rule=own), actor="Ravi")
    load(store, rows)
    with store.read() as db:
        rules = keep_rules.read(db, MINE)
    assert [(each.pattern, each.actor, each.enabled) for each in rules] == [
        ("replica of", "Ravi", True),
        ("heap space", "Mei", True),
        ("", "Mei", False),
    ]
    ClusterLoop(other_home, MINE).drain(MINE)
    with store.read() as db:
        homes = templates.homes(db, MINE, [int(owed.template_id[2:])])
    assert set(homes.values()) == {rules[1].category}, "what was here already joins too"


def test_what_a_solution_says_besides_its_words_has_to_be_right(knowledge: KnowledgeBase) -> None:
    (category,) = [each.category_id for each in ingest(knowledge, LINES[0])]
    wrong: list[Row] = [{"links": [{"url": "javascript:alert(1)"}]}, {"variants": [{"language": "en"}]}, {"applies": 3}]
    for details in wrong:
        with pytest.raises(InputError, match=r"line 1: .*nothing was imported"):
            load(knowledge.store, [solution("wiki-1", category_ids=[category], details=details)])


def solution(id_: str, body: str = "do so", **more: object) -> Row:
    return {"type": "solution", "id": id_, "title": f"title of {id_}", "body": body, **more}


def test_solutions_are_updated_by_their_ids(knowledge: KnowledgeBase) -> None:
    store = knowledge.store
    (category,) = [each.category_id for each in ingest(knowledge, LINES[0])]
    load(store, [solution("wiki-7", category_ids=[category]), solution("wiki-8")])
    with store.read() as db:
        first, second = solutions.list_all(db, MINE)
    assert (first.title, first.category_ids) == ("title of wiki-7", (category,))
    load(store, [solution("wiki-7", "do otherwise", category_ids=[category])])
    load(store, [solution("wiki-7", "do otherwise", category_ids=[category])])
    with store.read() as db:
        again, untouched = solutions.list_all(db, MINE)
        assert [each.version for each in solutions.history(db, MINE, int(first.id[2:]))] == [2, 1]
    assert (again.id, again.version, again.body) == (first.id, 2, "do otherwise")
    assert untouched == second
    load(store, [solution(first.id, "by its own id")])
    with store.read() as db:
        assert solutions.get(db, MINE, int(first.id[2:])).body == "by its own id"


def test_a_draft_stays_one_until_a_file_says_otherwise(knowledge: KnowledgeBase) -> None:
    store = knowledge.store
    (category,) = [each.category_id for each in ingest(knowledge, LINES[0])]
    load(store, [solution("wiki-7", category_ids=[category], state="draft")])
    with store.read() as db:
        (drafted,) = solutions.list_all(db, MINE)
        assert categories.solutions_of(db, MINE, [int(category[3:])]) == {}
    assert (drafted.state, drafted.category_ids) == ("draft", (category,))
    load(store, [solution("wiki-7", category_ids=[category])])
    load(store, [solution("wiki-7", category_ids=[category], state="draft")])
    with store.read() as db:
        (published,) = solutions.list_all(db, MINE)
        assert categories.solutions_of(db, MINE, [int(category[3:])]) == {int(category[3:]): int(published.id[2:])}
    assert (published.id, published.state) == (drafted.id, "published")


def category_row(**changes: object) -> Row:
    template = {
        "id": "T-1",
        "text": "ERROR something",
        "fingerprints": [{"version": "v", "fingerprint": "f"}],
        "first_seen": "2026-03-01T00:00:00+00:00",
    }
    return {"type": "category", "id": "KE-1", "templates": [template | changes]}


WRONG: tuple[Row, ...] = (
    {"type": "nonsense"},
    {},
    {"type": ["category"]},
    {"type": "solution", "id": "S-1"},
    solution(""),
    {**solution("x"), "title": "  "},
    {**solution("x"), "body": 7},
    solution("x", "b" * 100_001),
    solution("x" * 201),
    solution("x", category_ids=["KE-999"]),
    solution("x", category_ids=["nonsense"]),
    solution("x", category_ids="KE-1"),
    solution("x", state="secret"),
    solution("x\udcff"),
    {"type": "fact", "kind": "must_link", "left": "T-1", "right": "T-999"},
    {"type": "fact", "kind": "may_link", "left": "T-1", "right": "T-1"},
    {"type": "category", "id": "KE-2", "templates": [{"id": "T-2"}]},
    category_row(fingerprints=[]),
    category_row(fingerprints=[{"version": "v" * 33, "fingerprint": "f"}]),
    category_row(fingerprints=[{"version": "v", "fingerprint": "nul\x00"}]),
    category_row(first_seen="yesterday"),
    category_row(first_seen="2026-03-01T00:00:00"),
    category_row(first_seen="0001-01-01T00:00:00+14:00"),
)


def test_a_wrong_row_imports_nothing_and_is_named(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, LINES[0])
    before = picture(knowledge.store, MINE), exported(knowledge.store)
    good = [solution("good"), category_row(text="ERROR good", fingerprints=[{"version": "v", "fingerprint": "good"}])]
    for wrong in WRONG:
        with pytest.raises(InputError, match=r"knowledge\.jsonl, line 3: "):
            load(knowledge.store, [*good, wrong])
        assert (picture(knowledge.store, MINE), exported(knowledge.store)) == before, wrong


def test_hostile_texts_are_kept_as_far_as_can_be(knowledge: KnowledgeBase) -> None:
    row = category_row(text="nul \x00 here", service="s\x00" * 200, level="l" * 40)
    row["label"] = "label \x00" * 100
    load(knowledge.store, [row, solution("x\x00y"), solution("x\x00y", "changed")])
    (category, kept) = exported(knowledge.store)
    (template,) = category["templates"]  # type: ignore[misc]
    assert template["text"] == "nul � here"
    assert kept["body"] == "changed"
