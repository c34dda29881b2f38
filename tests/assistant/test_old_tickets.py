"""Old tickets: read from what systems export, worth something or not, joined, and drafted once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping

import pytest
from sqlalchemy import text

from assistant.answering import Assistant
from assistant.old_tickets import reading
from assistant.old_tickets.columns import columns_of, read_choices
from assistant.old_tickets.drafting import write_draft
from assistant.old_tickets.importing import TicketImport, TicketImporter, Unmatched
from assistant.old_tickets.joining import DISTINCT, Joined
from assistant.old_tickets.reading import OldTicket, read_tickets
from assistant.old_tickets.spool import Kept
from assistant.old_tickets.worth import says_something
from ingest.clustering import ClusterLoop
from knowledge_base import curation
from knowledge_base.errors import BadRow, InputError, NotFound, UnreadableInput
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Solution, SolutionState
from tests.store.databases import MINE
from tests.store.knowledge import categories_of, ingest

TABLE = "ERROR replica of ledger not found in warehouse"
HEAP = "FATAL heap space exhausted by task"


def read(
    content: bytes, form: str = "csv", chosen: Mapping[str, str] | None = None
) -> list[tuple[int, OldTicket | BadRow]]:
    return list(read_tickets(io.BytesIO(content), form=form, chosen=chosen or {}, name="tickets"))


def tickets_of(content: bytes, form: str = "csv") -> list[OldTicket]:
    found = [each for _, each in read(content, form)]
    assert all(isinstance(each, OldTicket) for each in found), found
    return [each for each in found if isinstance(each, OldTicket)]


@pytest.mark.parametrize(("encoding", "broken"), [("utf-8", "存".encode()[:2]), ("gb18030", b"\xff")])
def test_one_broken_character_spoils_no_other(encoding: str, broken: bytes) -> None:
    content = (
        "id,问题描述,处理结果\n1,内存不足,增加内存\n2,表不".encode(encoding) + broken + ",重建表\n".encode(encoding)
    )
    first, second = tickets_of(content)
    assert (first.question, first.resolution) == ("内存不足", "增加内存")
    assert second.question.startswith("表不")
    assert (second.id, second.resolution) == ("2", "重建表")


def test_rows_may_end_early_and_open_quotes_are_told() -> None:
    (short,) = tickets_of(b"id,question,resolution,owner\n1,disk full,clean it\n")
    assert (short.resolution, short.author) == ("clean it", "")
    (empty,) = tickets_of(b"id,question,resolution\n1,disk full\n")
    assert empty.resolution == ""
    [(line, found)] = read(b'id,question,resolution\n1,"disk full,clean it\n2,no space,clean it\n')
    assert isinstance(found, BadRow)
    assert (line, str(found)) == (3, "2 cells under 3 columns: check the quotes")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_is_read_as_it_was_saved(encoding: str, delimiter: str) -> None:
    rows = [["工单号", "标题", "问题描述", "处理结果"], ["INC-1", "表不存在", '"第一行\n第二行"', "重建表"]]
    content = "\r\n".join(delimiter.join(row) for row in rows)
    (ticket,) = tickets_of(content.encode(encoding))
    assert (ticket.id, ticket.title, ticket.question, ticket.resolution) == (
        "INC-1",
        "表不存在",
        "第一行\n第二行",
        "重建表",
    )


def test_json_lines_are_read_and_lists_of_comments_are_joined() -> None:
    rows = [
        {"Key": 7, "Summary": "s", "Description": "d", "Resolution": "Fixed", "Close notes": ["first", "second"]},
        {"question": "q", "answer": "a"},
    ]
    first, second = tickets_of("\n\n".join(map(json.dumps, rows)).encode(), "jsonl")
    assert (first.id, first.title, first.question, first.resolution) == ("7", "s", "d", "first\n\nsecond")
    assert (second.line, second.question, second.resolution) == (3, "q", "a")


def test_columns_can_be_named() -> None:
    chosen = read_choices(["question=描述 二", "resolution = note"])
    assert columns_of(["描述", "描述 二", "Note", "answer"], chosen) == {"question": "描述 二", "resolution": "Note"}
    for wrong in ("question", "question=", "answer=x", "=x"):
        with pytest.raises(InputError, match="FIELD=COLUMN"):
            read_choices([wrong])


@pytest.mark.parametrize(
    ("content", "missing"), [(b"a,b\n1,2\n", "resolution"), (b"answer,b\n1,2\n", "question"), (b"", "resolution")]
)
def test_a_file_without_the_columns_says_how_to_name_them(content: bytes, missing: str) -> None:
    with pytest.raises(InputError, match=f"--map {missing}=COLUMN"):
        read(content)


def test_rows_that_are_no_tickets_are_named_and_keep_nobody_else_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROW_LIMIT", 1000)
    lines = [
        b"not json",
        b"[1]",
        b'{"question": "q"}',
        b'{"question": " ", "answer": "a"}',
        b'{"question": {"x": 1}, "answer": "a"}',
        b'{"question": "' + b"x" * 5000 + b'", "answer": "a"}',
        b"[" * 900,
        b'{"question": "\xff\xfe \\ud800", "answer": "a"}',
    ]
    found = read(b"\n".join(lines), "jsonl")
    assert [line for line, _ in found] == list(range(1, 9))
    assert [isinstance(each, BadRow) for _, each in found] == [True] * 7 + [False]
    found = read(b'question,answer\na,b\na,b,c\n"a\n')
    assert [isinstance(each, BadRow) for _, each in found] == [False, True, True]


def test_an_open_quote_ends_in_an_error_and_not_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROW_LIMIT", 1000)
    with pytest.raises(UnreadableInput, match="not CSV"):
        read(b'question,answer\n"' + b"x" * 5000)


@pytest.mark.parametrize(
    "resolution",
    [
        "",
        " \n",
        "Done",
        "FIXED!!!",
        "closed, no reply",
        "Closing: no response from the user for 14 days.",
        "This issue has been resolved. Thanks!",
        "duplicate of #4711",
        "已解决",
        "已解決，謝謝",
        "用户长时间未回复，自动关闭",
        "问题已处理完成，请确认",
        "N/A",
        "-",
        "12345",
        "已解决 done",
    ],
)
def test_what_only_tells_that_it_is_over_is_worth_nothing(resolution: str) -> None:
    assert not says_something(resolution)


@pytest.mark.parametrize(
    "resolution",
    ["restart", "Raised memory to 4g", "重启服务", "已解决：扩容磁盘", "see wiki/oom", "Причина: диск полон"],
)
def test_what_tells_how_is_worth_something(resolution: str) -> None:
    assert says_something(resolution)


def joined(*texts: str) -> list[tuple[str, int]]:
    found = Joined()
    for number, each in enumerate(texts):
        found.add(each, f"T{number}")
    return [(each.text, each.tickets) for each in found.said]


def test_nearly_equal_resolutions_are_one_in_the_commonest_wording() -> None:
    assert joined(
        "Restart the broker, then replay the topic",
        "restart the broker  and then replay the topic.",
        "Restart the broker, then replay the topic",
        "Ask the owner of the table",
    ) == [("Restart the broker, then replay the topic", 3), ("Ask the owner of the table", 1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("raise the memory of the executor to 4g", "raise the memory of the executor to 8g"),
        ("restart the broker during the day please", "not restart the broker during the day please"),
        ("高峰期可以重启这个服务，然后重跑任务", "高峰期不可以重启这个服务，然后重跑任务"),
    ],
)
def test_settings_and_negations_keep_resolutions_apart(one: str, other: str) -> None:
    assert len(joined(one, other)) == 2


def test_many_distinct_resolutions_are_bounded() -> None:
    found = Joined()
    for number in range(DISTINCT + 50):
        found.add(f"{number} {number * 7919 % 1000}", "")
    assert (len(found.said), found.overflow) == (DISTINCT, 50)


def test_a_draft_counts_names_and_closes_what_was_left_open() -> None:
    kept = [
        Kept("A-1", "disk full", "Delete old files\n```\nrm -r /tmp/old"),
        Kept("A-2", "disk full", "Delete old files\n```\nrm -r /tmp/old"),
        Kept("A`3", "no space", "Buy a larger disk"),
    ]
    written = write_draft(kept, fallback="KE-1")
    assert (written.text.title, written.text.cause, written.tickets, written.resolutions) == ("disk full", "", 3, 2)
    assert written.text.body == (
        "### Way 1\n\nDelete old files\n```\nrm -r /tmp/old\n```\n\n"
        "### Way 2\n\nBuy a larger disk\n\n"
        "From 3 old tickets, what most of them say first. Way 1: 2 (`A-1`, `A-2`); Way 2: 1 (`A3`)."
    )
    alone = write_draft([Kept("", "", "扩容磁盘")], fallback="no space left on device").text
    assert (alone.title, alone.body) == ("no space left on device", "扩容磁盘\n\n来自 1 个历史工单。")


def test_a_draft_of_huge_tickets_fits() -> None:
    kept = [Kept("i" * 64, "t" * 5000, f"{'word ' * 5000} {n * 7919}") for n in range(300)]
    assert write_draft(kept, fallback="x").text.body.count("###") >= 1
    other = [Kept("", "", f"{n * 7919 % 9973} {chr(0x4E00 + n) * 5000}") for n in range(300)]
    assert len(write_draft(other, fallback="x").text.body) < 100_000


def ticket(line: int, question: str, resolution: str, *, id_: str = "", title: str = "") -> tuple[int, OldTicket]:
    return line, OldTicket(line, id_, title, question, resolution)


TICKETS = [
    ticket(1, TABLE, "Create the table with the migration, token=abcdef1234567890", id_="A-1", title="ledger is gone"),
    ticket(2, f"hello\n{TABLE}\nplease help", "Create the table with the migration, token=zyxwvu0987654321", id_="A-2"),
    ticket(3, TABLE, "done", id_="A-3"),
    ticket(4, "the tea kettle in the kitchen whistles a tune", "Buy another kettle", id_="A-4", title="tea"),
    ticket(5, HEAP, "Raise the heap", id_="A-5"),
    ticket(6, HEAP, "Raise the heap", id_="A-5"),
]


@pytest.fixture
def homes(knowledge: KnowledgeBase) -> list[str]:
    """The categories of two errors; the second one is solved."""
    table, heap = categories_of(ingest(knowledge, TABLE, HEAP))
    ClusterLoop(knowledge, MINE).drain(MINE)
    curation.attach(knowledge.store, MINE, heap, SolutionText("Give it memory", "", "4g"), actor="Jonas")
    return [table, heap]


def run(
    knowledge: KnowledgeBase, tickets: Iterable[tuple[int, OldTicket | BadRow]] = TICKETS, **more: object
) -> TicketImport:
    importer = TicketImporter(Assistant(knowledge), MINE, actor="import")
    return importer.run(tickets, **more)  # type: ignore[arg-type]


def drafts(knowledge: KnowledgeBase) -> list[Solution]:
    with knowledge.store.read() as db:
        return solutions.list_all(db, MINE, state=SolutionState.DRAFT)


def test_the_tickets_of_a_category_make_one_draft(knowledge: KnowledgeBase, homes: list[str]) -> None:
    unmatched: list[Unmatched] = []
    done = run(knowledge, [*TICKETS, (7, BadRow("no JSON"))], unmatched=unmatched.append)
    (made,) = drafts(knowledge)
    assert (made.title, made.cause, made.author, made.category_ids) == ("ledger is gone", "", "import", (homes[0],))
    assert made.body == "Create the table with the migration, token=<secret>\n\nFrom 2 old tickets (`A-1`, `A-2`)."
    assert [(each.solution, each.tickets, each.resolutions) for each in done.drafts] == [(made.id, 2, 1)]
    counts = (done.tickets, done.matched, done.worthless, done.repeated, done.unmatched, done.rejected, done.solved)
    assert counts == (7, 3, 1, 1, 1, 1, 1)
    assert (
        [(each.id, each.title) for each in unmatched]
        == [("A-4", "tea")]
        == [(each.id, each.title) for each in done.first_unmatched]
    )
    assert done.first_rejected == [(7, "no JSON")]
    with knowledge.store.read() as db:
        assert db.execute(text("SELECT count(*) FROM question")).scalar_one() == 0


def test_the_same_file_twice_makes_nothing_new_in_any_order(knowledge: KnowledgeBase, homes: list[str]) -> None:
    run(knowledge)
    before = drafts(knowledge)
    again = run(knowledge, TICKETS[::-1])
    assert (again.drafts, again.present, drafts(knowledge)) == ([], 1, before)
    curation.publish(knowledge.store, MINE, before[0].id, actor="Mei")
    curation.detach(knowledge.store, MINE, homes[0], actor="Mei")
    assert run(knowledge).drafts == []
    assert drafts(knowledge) == []


def test_a_dry_run_changes_nothing(knowledge: KnowledgeBase, homes: list[str]) -> None:
    done = run(knowledge, dry_run=True)
    assert [(each.category, each.title, each.solution) for each in done.drafts] == [(homes[0], "ledger is gone", None)]
    assert drafts(knowledge) == []


def test_solved_categories_get_a_draft_where_that_is_asked_for(knowledge: KnowledgeBase, homes: list[str]) -> None:
    done = run(knowledge, also_solved=True)
    assert {each.category for each in done.drafts} == set(homes)
    assert Assistant(knowledge).knowledge.lookup(MINE, HEAP).category is not None
    with knowledge.store.read() as db:
        assert db.execute(text("SELECT count(*) FROM category WHERE solution IS NOT NULL")).scalar_one() == 1


def test_a_title_that_is_the_error_matches_too(knowledge: KnowledgeBase, homes: list[str]) -> None:
    done = run(knowledge, [ticket(1, "it does not work at all any more", "Create it", title=TABLE)])
    assert [each.category for each in done.drafts] == [homes[0]]
    assert [
        each.category for each in run(knowledge, [ticket(1, "", "Create it", title=TABLE)], dry_run=True).drafts
    ] == [homes[0]]


def test_hostile_tickets_are_kept_as_far_as_can_be(knowledge: KnowledgeBase, homes: list[str]) -> None:
    hostile = "\x00\ud800 kettle1-" * 100_000
    done = run(
        knowledge,
        [
            ticket(1, hostile, hostile, id_=hostile, title=hostile),
            ticket(2, TABLE, "password=hunter2hunter2 " + hostile, id_=hostile, title="\x00\ud800 "),
        ],
    )
    assert (done.unmatched, len(done.drafts)) == (1, 1)
    assert "hunter2" not in drafts(knowledge)[0].body
    with pytest.raises(NotFound):
        TicketImporter(Assistant(knowledge), "nobody", actor="import").run(TICKETS)
