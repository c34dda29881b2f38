"""A backup is made while others write, and is put back whole or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import col

from knowledge_base import curation
from knowledge_base.errors import Conflict, InputError
from knowledge_base.exchange.backups import MANIFEST, back_up, read_manifest, restore
from knowledge_base.exchange.writing import export_lines
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store import projects
from knowledge_base.store.accounts import sessions, trials
from knowledge_base.store.accounts.account_tables import SessionRow, TrialRow
from knowledge_base.store.intake import counts
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.message_tables import InboxRow, OutboxRow
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.store import Store
from knowledge_base.store.tables import LeaseRow
from tests.store.databases import MINE, START, copied_file, opened
from tests.store.knowledge import ingest

LINES = ("ERROR replica of ledger not found", "FATAL heap space exhausted by task", "WARN broker refused by peer")


def unseen(_done: int, _total: int) -> None:
    """Watch nothing."""


def exported(store: Store) -> list[str]:
    return list(export_lines(store, None))


@pytest.fixture
def backup(knowledge: KnowledgeBase, tmp_path: Path) -> Path:
    first, *_ = ingest(knowledge, *LINES)
    curation.label(knowledge.store, MINE, first.category_id, "missing table 表", actor="Mei")
    file = tmp_path / "kea.backup"
    back_up(knowledge.store, knowledge.settings, file, START, unseen)
    return file


def test_a_backup_takes_the_place_of_what_came_later(knowledge: KnowledgeBase, backup: Path) -> None:
    before = exported(knowledge.store)
    ingest(knowledge, "ERROR quota of project exceeded")
    with pytest.raises(Conflict, match=r"project 'billing'.*--force"):
        restore(knowledge.store, backup, unseen, force=False)
    assert exported(knowledge.store) != before
    restore(knowledge.store, backup, unseen, force=True)
    assert exported(knowledge.store) == before
    (again,) = ingest(knowledge, "ERROR quota of project exceeded")
    # PostgreSQL gives no number twice, not even after it is put back.
    assert again.category_id == ("KE-4" if knowledge.store.is_sqlite else "KE-5")


def test_it_is_read_by_its_owner_alone_and_holds_no_secret_setting(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "kea.backup"
    settings = Settings(
        home=tmp_path, database_url="postgresql://kea:hunter2@db/kea", window_size=7, slack_bot_token="xoxb-hunter2"
    )
    back_up(store, settings, file, START, unseen)
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_manifest(file).settings == {"KEA_WINDOW_SIZE": "7"}
    with zipfile.ZipFile(file) as archive:
        assert b"hunter2" not in b"".join(map(archive.read, archive.namelist()))


def test_it_goes_from_either_database_into_the_other(
    knowledge: KnowledgeBase, backup: Path, empty_file: Path, tmp_path: Path
) -> None:
    with Store(copied_file(empty_file, tmp_path / "other" / "kea.db")) as other:
        restore(other, backup, unseen, force=False)
        assert exported(other) == exported(knowledge.store)
        back_up(other, Settings(home=tmp_path), backup, START, unseen)
    restore(knowledge.store, backup, unseen, force=True)
    with Store(f"sqlite:///{tmp_path / 'other' / 'kea.db'}") as other:
        assert exported(knowledge.store) == exported(other)


def test_what_is_damaged_changes_nothing(sqlite_knowledge: KnowledgeBase, tmp_path: Path) -> None:
    ingest(sqlite_knowledge, *LINES)
    good = tmp_path / "good"
    back_up(sqlite_knowledge.store, sqlite_knowledge.settings, good, START, unseen)
    before = exported(sqlite_knowledge.store)
    whole = good.read_bytes()
    with zipfile.ZipFile(good) as archive:
        manifest, database = archive.read(MANIFEST).decode(), archive.read("kea.db")
    wrong = {"cut": whole[: len(whole) // 2], "nothing": b"", "text": b"hello" * 100}
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
    for name, text, stored in (
        ("another database", manifest, database[:-1] + b"x"),
        ("shorter", manifest, database[:-1]),
        ("newer", manifest.replace('"schema": "0', '"schema": "9'), database),
        ("no manifest", "{}", database),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(MANIFEST, text)
            archive.writestr("kea.db", stored)
    for name in (*wrong, "another database", "shorter", "newer", "no manifest", "not there"):
        with pytest.raises(InputError):
            restore(sqlite_knowledge.store, tmp_path / name, unseen, force=True)
        assert exported(sqlite_knowledge.store) == before, name


def test_a_backup_under_writing_is_of_one_moment(sqlite_knowledge: KnowledgeBase, tmp_path: Path) -> None:
    """Each line is counted with its sample in one transaction: the backup has both or neither."""
    stopping = threading.Event()

    def write() -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            ingest(sqlite_knowledge, f"ERROR replica {number} of ledger not found", f"FATAL {number} heap exhausted")

    ingest(sqlite_knowledge, *LINES)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            file = tmp_path / f"{number}.backup"
            back_up(sqlite_knowledge.store, sqlite_knowledge.settings, file, START, unseen)
            with opened(f"sqlite:///{tmp_path / f'{number}.db'}") as other:
                restore(other, file, unseen, force=True)
                with other.read() as db:
                    assert counts.total(db, MINE) % 2 == 1  # three lines, and then two at a time
    finally:
        stopping.set()
        writer.join()


KILLED = """
import os, signal, sys
from pathlib import Path
from knowledge_base.exchange.backups import restore
from knowledge_base.store.store import Store
from knowledge_base.store.tables import LeaseRow
with Store(sys.argv[1]) as store:
    restore(store, Path(sys.argv[2]), lambda *_: os.kill(os.getpid(), signal.SIGKILL), force=True)
"""


def test_whoever_is_killed_restoring_leaves_all_as_it_was(knowledge: KnowledgeBase, backup: Path) -> None:
    ingest(knowledge, "ERROR quota of project exceeded")
    before = exported(knowledge.store)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, knowledge.settings.url, str(backup)], capture_output=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert exported(knowledge.store) in (before, _of(backup, knowledge))


def _of(backup: Path, knowledge: KnowledgeBase) -> list[str]:
    with opened("sqlite:///" + str(backup.with_name("compared.db"))) as other:
        restore(other, backup, unseen, force=True)
        return exported(other)


def test_a_backup_ends_however_often_others_write(store: Store, tmp_path: Path) -> None:
    """Each write between two steps of a copy would begin it anew; the database has more pages than a step took."""
    with store.write() as db:
        row = {"project": MINE, "event": "e", "channel": "c", "user": "u", "text": "x" * 20_000_000}
        db.execute(insert(InboxRow), [{**row, "address": {}, "detail": {}, "received_at": START, "next_at": START}])
    steps = 0

    def write(_done: int, _total: int) -> None:
        nonlocal steps
        steps += 1
        assert steps < 100, "it does not end"
        if "sqlite" in store.engine.dialect.name:
            with store.write() as db:
                take_numbers(db, "audit")

    back_up(store, Settings(home=tmp_path), tmp_path / "kea.backup", START, write)


def test_what_is_put_back_lets_nobody_in_and_sends_nothing_again(store: Store, tmp_path: Path) -> None:
    file, later = tmp_path / "kea.backup", START + timedelta(days=9_000)
    with store.write() as db:
        projects.ensure_project(db, MINE, START)
        sessions.start(db, "cookie", person=None, name="Mei", now=START, life=timedelta(days=30))
        assert trials.add(db, "sign in", now=START, life=timedelta(days=1)) == 1
        db.execute(insert(LeaseRow), [{"project": MINE, "role": "cluster", "epoch": 3, "holder": "x", "at": START}])
        for name, due in (("due", START), ("later", later), ("sent", START), ("under way", later), ("dead", START)):
            new = NewDelivery(name, "slack", "answer", "C1", {}, {})
            assert outbox.queue(db, MINE, new, START, not_before=due)
        for name, state in (("sent", outbox.SENT), ("under way", outbox.SENDING), ("dead", outbox.DEAD)):
            db.execute(update(OutboxRow).where(col(OutboxRow.key) == name).values(state=state))
    back_up(store, Settings(home=tmp_path), file, START, unseen)
    restore(store, file, unseen, force=True)
    with store.read() as db:
        for table in (SessionRow, TrialRow, LeaseRow):
            assert db.execute(select(table)).first() is None, table
        states = {each.key: each.state for each in outbox.list_deliveries(db, MINE)}
        assert outbox.due(db, "slack", START + timedelta(days=1)) == []
    assert states == {
        "due": outbox.UNCERTAIN,
        "under way": outbox.UNCERTAIN,
        "later": outbox.WAITING,
        "sent": outbox.SENT,
        "dead": outbox.DEAD,
    }
