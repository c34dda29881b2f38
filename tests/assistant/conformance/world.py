"""A knowledge base with an inbox and a courier around an adapter; time goes on when nothing is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlmodel import col

from assistant.answering import Assistant
from assistant.composing import Composer
from assistant.inbox import Inbox
from assistant.later import LaterAnswers
from assistant.outbox import Courier
from assistant.ports import Inbound
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.errors import StorageUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.message_tables import InboxRow, OutboxRow
from knowledge_base.store.messages.outbox import OutgoingDelivery
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord
from tests.assistant.conformance.driver import Driver, DriverMaker
from tests.support.homes import copied_home

PROJECT = "default"
SOLVED = "ERROR replica of ledger not found in warehouse"
UNSOLVED = "FATAL heap space exhausted by task"
STRANGE = "the tea kettle in the kitchen whistles a tune"
SOLUTION = SolutionText("Create the table", "It was dropped", "Run the `migration` again")
HORIZON = timedelta(hours=3)


class ShiftedClock:
    """The real time, and what was skipped."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


class World:
    """Everything behind an adapter, worked step by step in the test's own thread."""

    def __init__(self, knowledge: KnowledgeBase, clock: ShiftedClock) -> None:
        self.knowledge = knowledge
        self.clock = clock
        self.refusing = False
        composer = Composer("https://kea.example.com")
        self.inbox = Inbox(Assistant(knowledge), composer)
        self.later = LaterAnswers(knowledge, composer, wait=timedelta(seconds=30))
        self._accept = self.inbox.accept_for(PROJECT)
        self.couriers: list[Courier] = []
        self.driver: Driver

    def accept(self, inbound: Inbound) -> bool:
        """Keep an event; while ``refusing`` the disk is full."""
        if self.refusing:
            raise StorageUnavailable("the disk is full")
        return self._accept(inbound)

    def serve(self, driver: Driver) -> None:
        """Put the adapter to work."""
        self.driver = driver
        self.inbox.serve(driver.adapter.channel)
        self.later.serve(driver.adapter.channel)
        self.couriers.append(Courier(self.knowledge.store, driver.adapter.channel, lease_seconds=45))

    def settle(self) -> None:
        """Work until nothing waits any more; waiting times are skipped."""
        for _ in range(200):
            while self.inbox.work() + self.later.work() + sum(each.work() for each in self.couriers):
                pass
            due = self.next_due()
            if due is None:
                return
            self.clock.shift += max(timedelta(), due - self.clock()) + timedelta(milliseconds=1)
        raise AssertionError("the inbox or the outbox never comes to rest")

    def next_due(self) -> datetime | None:
        """Tell when the next event or delivery has its turn; None where nothing waits."""
        with self.knowledge.store.read() as db:
            times = [
                db.execute(select(func.min(col(InboxRow.next_at))).where(col(InboxRow.state) == "waiting")).scalar(),
                db.execute(
                    select(func.min(col(OutboxRow.next_at))).where(
                        col(OutboxRow.state).in_([outbox.WAITING, outbox.SENDING, outbox.DOUBTFUL])
                    )
                ).scalar(),
            ]
        return min((each for each in times if each is not None), default=None)

    def deliveries(self) -> list[OutgoingDelivery]:
        """Give all deliveries, oldest first."""
        with self.knowledge.store.read() as db:
            return outbox.list_deliveries(db, PROJECT, limit=1000)[::-1]

    def states(self) -> list[str]:
        """Give the states of all deliveries, oldest first."""
        return [each.state for each in self.deliveries()]

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        with self.knowledge.store.read() as db:
            return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def category_of(self, line: str) -> str:
        """Name the category of a line."""
        found = self.knowledge.lookup(PROJECT, line).category
        assert found is not None
        return found.id

    def solve(self, line: str, solution: SolutionText = SOLUTION) -> None:
        """Attach a solution to the category of a line."""
        curation.attach(self.knowledge.store, PROJECT, self.category_of(line), solution, actor="Mei")


@contextmanager
def world_with(maker: DriverMaker, folder: Path, *, url: str = "") -> Iterator[World]:
    """Open a world with two known errors, one of them solved, around an adapter."""
    clock = ShiftedClock()
    home = folder / "home"
    if not url:
        copied_home(_fill_home, home)
    with _base(home, clock, url) as knowledge:
        if url:
            _fill(knowledge)
        world = World(knowledge, clock)
        with maker.make(world.accept) as driver:
            world.serve(driver)
            yield world


def _base(home: Path, clock: ShiftedClock, url: str = "") -> KnowledgeBase:
    return KnowledgeBase(Settings(home=home, database_url=url), clock=clock, embedder=HashingEmbedder())


def _fill_home(home: Path) -> None:
    with _base(home, ShiftedClock()) as knowledge:
        _fill(knowledge)


def _fill(knowledge: KnowledgeBase) -> None:
    now = knowledge.clock()
    with knowledge.store.write() as db:
        ensure_project(db, PROJECT, now)
    records = [LogRecord(PROJECT, "test", n, line, now) for n, line in enumerate((SOLVED, UNSOLVED), 1)]
    Pipeline(knowledge, PROJECT).keep(records)
    World(knowledge, ShiftedClock()).solve(SOLVED)
