"""Numbers are given out once, to whoever asks, and nobody waits for another project's transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config

from knowledge_base import curation
from knowledge_base.store import projects
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.engine import open_engine
from knowledge_base.store.numbers import NAMES, STEP, begin_raising, last_numbers, raise_numbers, take_numbers
from knowledge_base.store.schema import MIGRATIONS
from knowledge_base.store.store import Store
from knowledge_base.types import Outcome
from tests.store.databases import MINE, OTHER, START, emptied
from tests.store.filling import make

SECONDS = 30.0


@pytest.fixture
def postgres_store(postgres_store_url: str) -> Iterator[Store]:
    """An open store on PostgreSQL with two projects."""
    with Store(emptied(postgres_store_url)) as store:
        with store.write() as db:
            for name in (MINE, OTHER):
                projects.ensure_project(db, name, START)
        yield store


def raised(store: Store, **least: int) -> dict[str, int]:
    """Raise numbers and tell where they stand."""
    with store.write() as db:
        begin_raising(db)
        raise_numbers(db, least)
    with store.read() as db:
        return last_numbers(db)


def test_numbers_go_on_behind_the_least_and_never_back(store: Store) -> None:
    with store.write() as db:
        assert list(take_numbers(db, "fact", 3)) == [1, 2, 3]
        assert list(take_numbers(db, "fact", 0)) == []
    far = 10**9 + STEP // 2
    assert raised(store, fact=2, audit=7, template=far) == {"fact": 3, "audit": 7, "template": far}
    assert raised(store, fact=5, audit=6, template=far + 1) == {"fact": 5, "audit": 7, "template": far + 1}
    with store.write() as db:
        assert [take_numbers(db, name)[0] for name in ("fact", "audit", "template", "learnt")] == [6, 8, far + 2, 1]


@pytest.mark.postgres
def test_the_migration_goes_on_behind_the_numbers_of_the_table(postgres_database: str) -> None:
    engine = open_engine(postgres_database)
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0026")
        connection.execute(sqlalchemy.text("INSERT INTO sequence (name, value) VALUES ('audit', 41), ('fact', 1)"))
        connection.commit()
    engine.dispose()
    with Store(postgres_database) as store, store.write() as db:
        assert last_numbers(db) == {"audit": 41, "fact": 1}
        next_ones = {name: take_numbers(db, name)[0] for name in NAMES}
    assert next_ones == dict.fromkeys(NAMES, 1) | {"audit": 42, "fact": 2}


@pytest.mark.postgres
def test_an_act_waits_for_no_transaction_of_another_project(postgres_store: Store) -> None:
    (made,) = make(postgres_store, "disk")
    with postgres_store.write() as db:
        projects.lock(db, OTHER)
        for name in NAMES:
            take_numbers(db, name, in_order_of=OTHER)
        acting = threading.Thread(
            target=lambda: curation.label(postgres_store, MINE, f"KE-{made.category}", "Disk full", actor="Mei")
        )
        acting.start()
        acting.join(SECONDS)
        assert not acting.is_alive(), "it waits for the other project's transaction"


@pytest.mark.postgres
def test_questions_of_a_project_are_seen_in_the_order_of_their_numbers(postgres_store: Store) -> None:
    """Who follows them by number would never see one that is committed behind a greater one."""

    def ask() -> None:
        with postgres_store.write() as db:
            record(db, MINE)

    def record(db: sqlalchemy.Connection, project: str) -> None:
        new = NewQuestion("web", "", "u", "t", "", Outcome.UNKNOWN, 0.0, None, None, None, None, {})
        questions.record(db, project, new, START)

    with postgres_store.write() as db:
        record(db, MINE)
        later = threading.Thread(target=ask)
        later.start()
        with postgres_store.write() as other:
            record(other, OTHER)
        later.join(0.5)
        assert later.is_alive(), "a greater number is committed before a smaller one"
    later.join(SECONDS)
    with postgres_store.read() as db:
        assert last_numbers(db)["question"] == 3
