"""``kea serve`` with several processes: all answer, one works beside requests, none is left or lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import NullPool, create_engine

from tests.doors.kea import Kea, serving, wait_until

WORKERS = 2
EMBEDDER = "hashing-v1:256"
LINE = "ERROR 1146 (42S02): Table shop.orders does not exist"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kea(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kea]:
    """A server of two processes, on either database."""
    url = request.getfixturevalue("postgres_database") if request.param == "postgresql" else ""
    with serving(tmp_path / "home", workers=str(WORKERS), model=EMBEDDER, database_url=url) as kea:
        yield kea


@pytest.fixture
def kea_sqlite(tmp_path: Path) -> Iterator[Kea]:
    """A server of two processes."""
    with serving(tmp_path / "home", workers=str(WORKERS), model=EMBEDDER) as kea:
        yield kea


def started(kea: Kea) -> list[int]:
    """Tell the processes that answer, in the order in which they were started."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[1]) == kea.pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append((int(after_name[19]), int(folder.name)))
    return [pid for _, pid in sorted(found)]


def is_there(pid: int) -> bool:
    """Tell whether a process lives; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_all_are_ready(kea: Kea) -> None:
    """Wait for more than the first process, which answers before the others are there."""
    wait_until(lambda: "Kea is ready" in kea.log, "all are ready", alive=kea.is_alive, told=kea)


@contextmanager
def halted(kea: Kea, pid: int) -> Iterator[None]:
    """Let a process stand still, at a moment in which it holds nothing of the database that others wait for."""
    try:
        wait_until(lambda: stands_between_transactions(kea, pid), "a process stands still between two transactions")
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def stands_between_transactions(kea: Kea, pid: int) -> bool:
    """Let a process stand still; where it holds something it goes on."""
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: all(map(has_stopped, Path(f"/proc/{pid}/task").iterdir())), "all of its threads have stopped")
    if nobody_writes(kea):
        return True
    os.kill(pid, signal.SIGCONT)
    return False


def has_stopped(thread: Path) -> bool:
    return (thread / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def nobody_writes(kea: Kea) -> bool:
    """Tell whether no process has begun a transaction that others might wait for."""
    engine = create_engine(kea.store.url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database), timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True
    begun = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )
    with engine.connect() as db:
        return db.exec_driver_sql(begun).scalar_one() == 0


def status(kea: Kea) -> dict[str, object]:
    """Read the status by a connection of its own, which any process that runs may take."""
    with httpx2.Client(base_url=kea.url, headers=kea.client.headers, timeout=30) as client:
        response = client.get("/api/v1/status")
        assert response.status_code == 200, response.text
        return dict(response.json())


def send(kea: Kea, text: str) -> None:
    """Hand a line in by a connection of its own."""
    with httpx2.Client(base_url=kea.url, headers=kea.client.headers, timeout=30) as client:
        assert client.post("/api/v1/logs", json=[{"text": text}]).status_code < 300


def answer(kea: Kea) -> str:
    """Ask about the line by a connection of its own."""
    with httpx2.Client(base_url=kea.url, headers=kea.client.headers, timeout=30) as client:
        response = client.post("/api/v1/ask", json={"text": LINE})
        assert response.status_code == 200, response.text
        return str(response.json()["outcome"])


def test_each_process_answers_and_only_the_first_clusters(kea: Kea) -> None:
    wait_until_all_are_ready(kea)
    first, second = started(kea)
    with halted(kea, first):
        send(kea, LINE)
        assert answer(kea) == "known_unsolved"
        time.sleep(2)  # windows are half a second long
        assert status(kea)["pending"] == 1
    with halted(kea, second):
        wait_until(lambda: status(kea)["pending"] == 0, "the first process clusters")
        assert answer(kea) == "known_unsolved"


def test_whichever_answers_knows_what_is_held_up(tmp_path: Path) -> None:
    no_folder = tmp_path / "models"
    no_folder.touch()
    with serving(tmp_path / "home", workers=str(WORKERS), model_dir=str(no_folder)) as kea:
        wait_until_all_are_ready(kea)
        send(kea, LINE)
        wait_until(lambda: bool(status(kea)["clustering_failure"]), "the model is missed", told=kea)
        for pid in started(kea):
            wait_until(lambda pid=pid: others_know(kea, pid, str(no_folder)), "the others know", told=kea)  # type: ignore[misc]


def others_know(kea: Kea, pid: int, failure: str) -> bool:
    """Tell whether those that answer in the place of a process know what is held up."""
    with halted(kea, pid):
        return failure in str(status(kea)["clustering_failure"])


@pytest.mark.parametrize("place", range(WORKERS))
def test_a_process_that_is_killed_is_replaced(kea_sqlite: Kea, place: int) -> None:
    kea = kea_sqlite
    wait_until_all_are_ready(kea)
    before = started(kea)
    os.kill(before[place], signal.SIGKILL)
    wait_until(lambda: not is_there(before[place]), "it is gone")
    assert status(kea)["pending"] == 0
    wait_until(lambda: len(set(started(kea)) - {before[place]}) == WORKERS, "another one is started", told=kea)
    assert before[1 - place] in started(kea)
    assert "a process of the server ended" in kea.log
    send(kea, LINE)
    wait_until(lambda: status(kea)["templates"] == 1 and status(kea)["pending"] == 0, "it is clustered", told=kea)


def test_all_end_with_the_one_that_was_started(kea_sqlite: Kea) -> None:
    wait_until_all_are_ready(kea_sqlite)
    pids = started(kea_sqlite)
    kea_sqlite.stop()
    assert not any(map(is_there, pids))
    assert kea_sqlite.log.count("Kea is ready") == 1
    assert "Traceback" not in kea_sqlite.log


def test_none_is_left_behind_where_that_is_killed(kea_sqlite: Kea) -> None:
    wait_until_all_are_ready(kea_sqlite)
    pids = started(kea_sqlite)
    kea_sqlite.kill()
    wait_until(lambda: not any(map(is_there, pids)), "they notice")
    kea_sqlite.start()  # the port is free again


def test_a_server_that_cannot_start_says_so_and_ends(tmp_path: Path) -> None:
    nowhere = f"postgresql://nobody@/kea?host={tmp_path}"
    environment = {**os.environ, "KEA_HOME": str(tmp_path / "home"), "KEA_DATABASE_URL": nowhere}
    command = [sys.executable, "-c", "from web.cli import main; main()", "serve", "--port", "0", "--workers", "2"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert "before all were ready" in done.stderr
    assert "Kea is ready" not in done.stdout
