"""The addresses that ``pages`` visits: every page and every part of one, with the filters that people choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import Connection, select
from sqlmodel import col

from benchmarks.pages_lines import SERVICES
from benchmarks.pages_work import QUESTIONS, SOLUTIONS
from knowledge_base.store.grouping.category_pages import Filter, Sort, find_page
from knowledge_base.store.store import Store
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.wanted.queue import QueueOrder, QueueState, Wanted, list_queue

DEEP = 200
"""A cursor is taken from behind so many pages."""

WORDS = {
    "frequent": "partition",
    "two": "broker timed",
    "rare": "zookeeper quorum",
    "no hit": "qwzxv",
    "Chinese": "磁盘空间不足",
    "template's tail": "attempt",
    "id": "KE-77",
}
LARGEST, MIDDLE, SMALL = "KE-1", "KE-777", "KE-9001"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: a GET unless ``form`` says what is sent; ``is_part`` asks for what a script swaps."""

    name: str
    path: str
    form: Mapping[str, str] = field(default_factory=dict)
    is_part: bool = False


def visits(store: Store) -> Iterator[Visit]:
    """Give all of them; those of changing rows are looked up."""
    yield from _queue(store)
    yield from _categories(store)
    yield from _category(store)
    yield from _solutions()
    yield from _questions()
    yield from _watching()
    yield from _corrections()
    yield from _others()


def _page(
    name: str, path: str, chosen: Mapping[str, object] | None = None, *, is_part: bool = False, **more: object
) -> Visit:
    query = urlencode({key: value for key, value in {**(chosen or {}), **more}.items() if value not in ("", None)})
    return Visit(f"{path} {name}".strip(), f"{path}?{query}" if query else path, is_part=is_part)


def _queue(store: Store) -> Iterator[Visit]:
    yield _page("", "/queue")
    for status in ("unsolved", "snoozed", "ignored", "all"):
        yield _page(f"status {status}", "/queue", status=status)
    for order in QueueOrder:
        yield _page(f"order {order}", "/queue", order=order, status="all")
    for name, chosen in {
        "seen 24h": {"seen": "24h"},
        "seen 7d": {"seen": "7d"},
        "service": {"service": SERVICES[3]},
        "owner": {"owner": "mara"},
        "owner nobody": {"owner": "-"},
        "growing": {"growing": "1"},
        "proposed": {"proposed": "1"},
        "all filters": {"seen": "7d", "service": SERVICES[3], "owner": "-", "growing": "1", "proposed": "1"},
    }.items():
        yield _page(name, "/queue", chosen)
    for name, words in WORDS.items():
        yield _page(f"search {name}", "/queue", q=words, status="all")
    with store.read() as db:
        for order in (QueueOrder.DEMAND, QueueOrder.GROWTH):
            wanted = Wanted(state=QueueState.ALL)
            _, cursor = list_queue(db, "default", wanted, now=store.clock(), order=order, limit=9_000)
            yield _page(f"deep, {order}", "/queue", is_part=True, status="all", order=order, cursor=cursor)
        first, _ = list_queue(db, "default", Wanted(), now=store.clock(), limit=50)
    yield _page("part", "/queue", is_part=True)
    yield _page("of 50", "/queue/rows", is_part=True, ids=",".join(each.id for each in first))
    for category in (LARGEST, MIDDLE, SMALL):
        yield _page(category, f"/queue/preview/{category}", is_part=True)
        yield _page(category, f"/queue/split/{category}", is_part=True)


def _categories(store: Store) -> Iterator[Visit]:
    yield _page("", "/")
    for sort in Sort:
        yield _page(f"by {sort}", "/", sort=sort)
    for name, chosen in {
        "unlabelled": {"status": "unlabelled"},
        "unsolved": {"status": "unsolved"},
        "answered": {"status": "answered"},
        "ignored": {"status": "ignored"},
        "seen 24h": {"seen": "24h"},
        "seen 14d": {"seen": "14d"},
        "service": {"service": SERVICES[3]},
    }.items():
        yield _page(name, "/", chosen)
    for name, words in WORDS.items():
        yield _page(f"search {name}", "/", q=words)
    with store.read() as db:
        for sort in Sort:
            found = find_page(db, "default", Filter(), sort=sort, limit=9_000)
            yield _page(f"deep, {sort}", "/", is_part=True, sort=sort, cursor=found.cursor)


def _category(store: Store) -> Iterator[Visit]:
    with store.read() as db:
        templates = {number: _a_template(db, number) for number in (1, 777)}
    for name, category in {"largest": LARGEST, "middle": MIDDLE, "small": SMALL, "solved": "KE-2"}.items():
        yield _page(name, f"/categories/{category}")
    for days in ("24h", "7d", "90d"):
        yield _page(f"largest, {days}", f"/categories/{LARGEST}", range=days)
    yield _page("whole history", f"/categories/{LARGEST}", history="all")
    yield _page("", f"/categories/{LARGEST}/solution")
    for number, template in templates.items():
        yield _page("", f"/categories/KE-{number}/explain", template=f"T-{template}")


def _a_template(db: Connection, category: int) -> int:
    query = select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == "default", col(TemplateRow.category) == category
    )
    return int(db.execute(query.limit(1)).scalar_one())


def _solutions() -> Iterator[Visit]:
    yield _page("", "/solutions")
    for name, chosen in {
        "draft": {"state": "draft"},
        "published": {"state": "published"},
        "review": {"state": "review"},
        "helps": {"health": "helps"},
        "feedback": {"health": "feedback"},
        "volume": {"health": "volume"},
        "service": {"service": SERVICES[3]},
        "deep": {"cursor": "100"},
    }.items():
        yield _page(name, "/solutions", chosen)
    for name, words in WORDS.items():
        yield _page(f"search {name}", "/solutions", q=words)
    yield _page("", "/solutions/new", category=MIDDLE)
    yield _page("step", "/solutions/more/link", is_part=True)
    for number in (3, SOLUTIONS // 2, SOLUTIONS):
        yield _page("", f"/solutions/S-{number}")
    yield _page("compare", "/solutions/S-3", {"from": 1, "to": 4})
    yield _page("", "/solutions/S-3/edit")
    yield _page("frequent", "/solutions/S-3/categories", is_part=True, q="partition")
    yield _page("no hit", "/solutions/S-3/categories", is_part=True, q="qwzxv")


def _questions() -> Iterator[Visit]:
    yield _page("", "/questions")
    states = ["escalated", "unknown", "known_unsolved", "suggested", "answered", "confirmed", "not_helpful", "closed"]
    for state in states:
        yield _page(state, "/questions", state=state)
    for name, words in WORDS.items():
        yield _page(f"search {name}", "/questions", q=words)
    yield _page("person", "/questions", who="person3")
    yield _page("channel", "/questions", channel="slack")
    yield _page("state and search", "/questions", state="unknown", q="zookeeper quorum")
    yield _page("deep", "/questions", is_part=True, cursor="500")
    for number in (QUESTIONS, QUESTIONS - 1, QUESTIONS - 17, QUESTIONS - 40):
        yield _page("", f"/questions/Q-{number}")
    for name, words in WORDS.items():
        yield _page(f"find {name}", f"/questions/Q-{QUESTIONS}", is_part=True, find=words)


def _watching() -> Iterator[Visit]:
    for period in ("24h", "7d", "28d"):
        yield _page(period, "/dashboard", period=period)
        yield _page(f"{period}, service", "/dashboard", period=period, service=SERVICES[3])
    yield _page("", "/ingest")
    yield _page("part", "/ingest", is_part=True)
    yield _page("source", "/ingest", source="kafka:logs/3")
    yield _page("deep", "/ingest", is_part=True, cursor="100")
    yield _page("", "/outbox")
    for state in ["failed", "uncertain", "waiting", "sent", "given_up", "withdrawn"]:
        yield _page(state, "/outbox", state=state)
    yield _page("channel", "/outbox", channel="slack")
    yield _page("deep", "/outbox", is_part=True, cursor="500")
    yield _page("", "/events/meanwhile", is_part=True, about=LARGEST, since=0)


def _corrections() -> Iterator[Visit]:
    for name, words in WORDS.items():
        yield _page(name, "/what-if/search", is_part=True, q=words, category_id=LARGEST)
    for name, form in {
        "merge of two": {"act": "merge", "category_id": MIDDLE, "others": SMALL},
        "merge with the largest": {"act": "merge", "category_id": LARGEST, "others": MIDDLE},
        "merge of ten": {"act": "merge", "category_id": MIDDLE, "ids": ",".join(f"KE-{n}" for n in range(800, 809))},
        "label": {"act": "label", "category_id": MIDDLE, "label": "partition is gone"},
        "keep apart": {"act": "apart", "category_id": MIDDLE, "others": SMALL},
        "split": {"act": "split", "category_id": LARGEST, "templates": "T-1"},
    }.items():
        yield Visit(f"/what-if {name}", "/what-if", form, is_part=True)
    rule = {"step": "add", "new_name": "node", "pattern": "node [0-9a-f]{6}", "action": "mask", "kind": "str"}
    yield Visit("/rules/what-if mask", "/rules/what-if", rule | {"contains": "node", "enabled": "1"}, is_part=True)


def _others() -> Iterator[Visit]:
    yield _page("", "/rules")
    yield _page("", "/rules/hits", is_part=True)
    yield _page("", "/rules/keep/hits", is_part=True)
    yield _page("", "/docs")
    yield _page("search", "/docs", q="category")
    yield _page("of an act", "/queue/many", is_part=True)
    yield _page("", "/ask")
    yield _page("a question", "/ask", question=f"Q-{QUESTIONS - 1}")
    yield _page("find", "/ask", is_part=True, question=f"Q-{QUESTIONS - 1}", find="partition")
    yield _page("", "/people")
    yield _page("", "/account")
    yield _page("", "/settings/data")
    yield _page("", "/settings/data/jobs", is_part=True)
    yield _page("", "/sign-in")
