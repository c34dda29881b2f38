"""An export goes into an empty home and comes out of it as it was; what is no whole export changes nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import Assistant
from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.curation.keeping.keep_changes import change_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.errors import InputError
from knowledge_base.exchange.contents import BY_NAME, LEFT_OUT
from knowledge_base.exchange.loading import FAR, LAST, Loaded, import_export
from knowledge_base.exchange.reading import Export
from knowledge_base.exchange.writing import export_lines
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit, numbers, projects
from knowledge_base.store.accounts import tokens
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Question, Verdict
from tests.curation.pictures import picture
from tests.store.databases import MINE, OTHER, START, copied_file
from tests.store.knowledge import ingest, knowledge_at
from web.identity.signin import make_token

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


def exported(store: Store, *projects: str) -> list[str]:
    return list(export_lines(store, projects or None))


def load(store: Store, lines: list[str], project: str | None = None) -> list[Loaded]:
    file = io.BytesIO("".join(lines).encode())
    return import_export(store, Export(file, "k.jsonl"), project=project, actor="Mei", tick=lambda _bytes: None)


@pytest.fixture
def lines(knowledge: KnowledgeBase) -> list[str]:
    """Two projects; one with merges, splits, a withdrawn act, versions, drafts, questions, what people taught."""
    store = knowledge.store
    first, too, heap, broker, quota = ingest(knowledge, *LINES)
    ingest(knowledge, LINES[3], LINES[4], project=OTHER)
    ClusterLoop(knowledge).drain(MINE)
    curation.label(store, MINE, first.category_id, "missing table 表", actor="Mei")
    merged = curation.merge(store, MINE, heap.category_id, [broker.category_id], actor="Mei")
    curation.undo(store, MINE, merged.audit_id, actor="Mei")
    curation.split(store, MINE, first.category_id, [too.template_id], actor="Mei", label="the other one")
    text = SolutionText("Add memory", "too small", "# how, ask ops@example.com")
    curation.attach(store, MINE, heap.category_id, text, actor="Jonas")
    curation.draft(store, MINE, too.category_id, SolutionText("Ask the owner", "", "# who"), actor="Jonas")
    curation.ignore(store, MINE, quota.category_id, actor="Mei")
    kept = KeepRule(pattern="quota", service="etl", category=number_of(Prefix.CATEGORY, quota.category_id))
    change_keep(store, MINE, KeepChange(step="add", rule=kept), actor="Mei", reason="配额")
    assistant, question = Assistant(knowledge), ""
    for asker in ("Ann", "陈洁"):
        answer = assistant.ask(Question(MINE, "chat", asker, LINES[2]), record=True)
        assert answer.question_id is not None
        question = answer.question_id
        assistant.give_feedback(MINE, question, user=asker, verdict=Verdict.HELPFUL, comment="thanks")
    curation.confirm(store, MINE, question, actor="Jonas")
    ClusterLoop(knowledge).drain(MINE)
    return exported(store)


def test_an_export_of_everything_comes_back_equal(lines: list[str], other_home: KnowledgeBase) -> None:
    done = load(other_home.store, lines)
    assert [(each.project, each.merged) for each in done] == [(MINE, None), (OTHER, None)]
    assert exported(other_home.store) == lines
    ClusterLoop(other_home).drain(MINE)
    assert exported(other_home.store) == lines
    assert other_home.match(MINE, LINES[2]).matches[0].evidence.kind == "learnt"
    assert other_home.match(MINE, LINES[4]).matches[0].evidence.kind == "exact"


def test_numbers_go_on_behind_those_that_came(lines: list[str], other_home: KnowledgeBase) -> None:
    load(other_home.store, lines)
    (new,) = ingest(other_home, "FATAL something that nobody knows yet")
    assert new.template_id not in {json.loads(line).get("id") for line in lines}
    assert len(exported(other_home.store)) > len(lines)


def test_what_is_there_already_is_merged_with_its_knowledge(
    knowledge: KnowledgeBase, lines: list[str], other_home: KnowledgeBase
) -> None:
    ingest(other_home, LINES[0], project=OTHER)
    (mine, other) = load(other_home.store, lines)
    assert mine.merged is not None
    assert other.merged is not None
    labels = {look.label for look in picture(other_home.store, MINE).active.values()}
    assert labels == {look.label for look in picture(knowledge.store, MINE).active.values()}


def test_one_project_goes_into_another_name(knowledge: KnowledgeBase, lines: list[str]) -> None:
    mine = exported(knowledge.store, MINE)
    (copied,) = load(knowledge.store, mine, project="copied")
    assert copied.merged is not None  # its ids are those of the project that it came from
    with pytest.raises(InputError, match="holds 2 projects"):
        load(knowledge.store, lines, project="copied")
    assert exported(knowledge.store, MINE) == mine


def changed(line: str, **values: object) -> str:
    return json.dumps(json.loads(line) | values) + "\n"


def test_what_is_wrong_is_named_and_changes_nothing(lines: list[str], other_home: KnowledgeBase) -> None:
    store = other_home.store
    empty = exported(store)
    at = next(place for place, line in enumerate(lines) if line.startswith('{"type":"template"'))
    wrong = {
        "cut off": lines[:-1],
        "lines are missing": [*lines[:at], *lines[at + 1 :]],
        "behind the end": [*lines, lines[at]],
        "a newer Kea": [changed(lines[0], schema="9999"), *lines[1:]],
        "not the first line": lines[1:],
        "is not known": [*lines[:at], changed(lines[at], type="account"), *lines[at + 1 :]],
        "id: input should be a valid integer": [*lines[:at], changed(lines[at], id="T-1"), *lines[at + 1 :]],
        "extra inputs": [*lines[:at], changed(lines[at], secret=1), *lines[at + 1 :]],
        "text: input should be a valid string": [*lines[:at], changed(lines[at], text=None), *lines[at + 1 :]],
        "the category 4711, which is not in the file": [
            *lines[:at],
            changed(lines[at], category=4711),
            *lines[at + 1 :],
        ],
        "is there twice": [*lines[:at], lines[at], *lines[at:-1], changed(lines[-1], lines=len(lines))],
        "invalid json": [*lines[:at], "{" * 10_000 + "\n", *lines[at:]],
    }
    for reason, each in wrong.items():
        with pytest.raises(InputError, match="(?i)" + reason):
            load(store, each)
        assert exported(store) == empty, reason


def test_imported_texts_are_scrubbed(lines: list[str], other_home: KnowledgeBase) -> None:
    at = next(place for place, line in enumerate(lines) if line.startswith('{"type":"question"'))
    load(other_home.store, [*lines[:at], changed(lines[at], text="mail ann@example.com"), *lines[at + 1 :]])
    assert "ann@example.com" not in "".join(exported(other_home.store))


def test_every_table_is_exported_or_left_out_for_a_reason() -> None:
    assert {*BY_NAME, *LEFT_OUT} == set(METADATA.tables)
    assert not BY_NAME.keys() & LEFT_OUT.keys()


def test_a_number_beyond_what_counts_reach_is_named_and_breaks_no_sequence(
    lines: list[str], other_home: KnowledgeBase
) -> None:
    at = next(place for place, line in enumerate(lines) if line.startswith('{"type":"template"'))
    for column in ("id", "count"):
        wrong = [*lines[:at], changed(lines[at], **{column: 2**63 - 1}), *lines[at + 1 :]]
        with pytest.raises(InputError, match=rf"line {at + 1}: {column}: .*less than {2**53}"):
            load(other_home.store, wrong)
    ingest(other_home, LINES[0])


def test_a_file_that_changes_while_it_is_read_imports_nothing(lines: list[str]) -> None:
    def unseen(_bytes: int) -> None:
        pass

    at = next(place for place, line in enumerate(lines) if line.startswith('{"type":"template"'))
    for kept in (lines[:at], [*lines[:at], lines[-1]]):
        file = io.BytesIO("".join(lines).encode())
        export = Export(file, "k.jsonl")
        section, *_ = export.check(unseen)
        file.seek(0)
        file.write("".join(kept).encode())
        file.truncate()
        with pytest.raises(InputError, match="changed while it was read"):
            list(export.rows(section, unseen))


def test_a_project_with_a_token_is_imported_exactly_and_its_acts_stay(
    lines: list[str], other_home: KnowledgeBase
) -> None:
    store = other_home.store
    with store.write() as db:
        projects.ensure_project(db, MINE, START)
    for name in ("ci", "grafana"):
        make_token(store, MINE, name, made_by="Mei")
    done = load(store, lines)
    assert [each.merged for each in done] == [None, None]
    here = exported(store)
    acts = [json.loads(line) for line in here if line not in lines and '"type":"audit"' in line]
    assert [(each["action"], each["detail"]["name"]) for each in acts] == [("token", "ci"), ("token", "grafana")]
    assert [line for line in here if line in lines] == lines[:-1]  # the last one counts the acts, too
    with store.read() as db:
        assert len(tokens.list_tokens(db, MINE)) == 2


DOCUMENTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("solution_version", {"details": {"links": [{"url": "javascript:alert(1)"}]}}, "'javascript:alert.* is no address"),
    ("solution_version", {"details": {"links": 5}}, "details.links: input should be a valid list"),
    ("solution_version", {"details": {"shown": True}}, "details.shown: extra inputs"),
    ("template", {"reason": {"why": "magic"}}, "reason.why: input should be"),
    ("template", {"reason": {"words": "disk"}}, "reason.words: input should be a valid list"),
    ("audit", {"action": "merge", "undo": {"merges": 5}}, "undo.merges: input should be a valid list"),
    ("audit", {"action": "merge", "undo": {}}, "undo.merges: field required"),
    ("audit", {"action": "discard", "undo": {"solution": 1, "links": [4711]}}, "undo names the category 4711"),
    ("audit", {"action": "many", "undo": {"acts": [[1, 10**15]]}}, "undo.acts: .*these are no acts"),
    ("audit", {"action": "snooze", "undo": {"until": None, "before": "soon"}}, "undo.before: .*isoformat"),
    ("audit", {"action": "merge", "detail": {"merged": 7}}, "detail.merged: input should be a valid list"),
)


@pytest.mark.parametrize(("table", "values", "reason"), DOCUMENTS)
def test_a_document_that_nobody_could_read_is_named(
    lines: list[str], other_home: KnowledgeBase, table: str, values: dict[str, object], reason: str
) -> None:
    at = next(place for place, line in enumerate(lines) if line.startswith(f'{{"type":"{table}"'))
    empty = exported(other_home.store)
    with pytest.raises(InputError, match=f"line {at + 1}: .*{reason}"):
        load(other_home.store, [*lines[:at], changed(lines[at], **values), *lines[at + 1 :]])
    assert exported(other_home.store) == empty


def test_acts_that_came_say_who_brought_them(lines: list[str], other_home: KnowledgeBase) -> None:
    store = other_home.store
    load(store, lines)
    with store.read() as db:
        acts = audit.behind(db, MINE, 0, limit=100)
    assert acts
    assert {each.imported_by for each in acts} == {"Mei"}
    assert exported(store) == lines, "it is no part of what is exported"
    curation.label(store, MINE, f"KE-{acts[0].category}", "ours", actor="Ravi")
    with store.read() as db:
        assert audit.behind(db, MINE, acts[0].id, limit=1)[0].imported_by == ""


def with_category(lines: list[str], number: int) -> list[str]:
    """Make a file of one category."""
    said = {"label": "x", "state": "active", "keywords": [], "ignored": False, "created_at": START.isoformat()}
    rows = [changed(lines[0], projects=["third"]), changed(lines[1], id="third")]
    rows.append(json.dumps({"type": "category", "id": number, **said}) + "\n")
    return [*rows, json.dumps({"type": "end", "lines": len(rows)}) + "\n"]


def test_a_project_cannot_use_up_the_numbers_of_others(lines: list[str], knowledge: KnowledgeBase) -> None:
    with knowledge.store.read() as db:
        last = numbers.last_numbers(db)
    for far in (2**53 - 1, last["category"] + FAR + 1):
        (done,) = load(knowledge.store, with_category(lines, far))
        assert done.merged is not None
    with knowledge.store.read() as db:
        assert numbers.last_numbers(db) == last
    (done,) = load(knowledge.store, with_category(lines, last["category"] + FAR))
    assert done.merged is None
    (new,) = ingest(knowledge, "FATAL something that nobody knows yet")
    assert new.category_id == f"KE-{last['category'] + FAR + 1}"


def test_a_system_of_any_size_goes_into_an_empty_home(lines: list[str], other_home: KnowledgeBase) -> None:
    far = with_category(lines, LAST)
    (done,) = load(other_home.store, far)
    assert done.merged is None
    assert list(map(json.loads, exported(other_home.store, "third")))[2] == json.loads(far[2]) | {
        "merged_into": None,
        "solution": None,
        "created_at": "2026-03-02T09:30:00Z",
    }
