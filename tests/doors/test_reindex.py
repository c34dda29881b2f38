"""Another model under a running server: `kea reindex` beside it, killed and resumed; every question is answered."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from knowledge_base.store.representing import backends
from tests.doors.kea import Kea, serving, wait_until

MANY = 1500
ASKED = "somebody saw that the crankshaft of the turnstile is jammed"
LINE = "ERROR crankshaft of the turnstile jammed"
COMMAND = [sys.executable, "-c", "from web.cli import main; main()"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that name the database."""
    return {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_database")}


def lines() -> list[str]:
    """Make lines that have next to nothing in common."""
    chance = random.Random(11)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u")]
    words = ["".join(chance.choices(syllables, k=4)) for _ in range(4000)]
    return [LINE, *(f"ERROR {' '.join(chance.sample(words, 6))}" for _ in range(MANY))]


def started(kea: Kea, database: dict[str, str], *arguments: str, model: str) -> subprocess.Popen[str]:
    """Run a command beside the server."""
    environment = {**os.environ, "KEA_HOME": str(kea.home), "KEA_MODEL": model}
    environment |= {f"KEA_{name.upper()}": value for name, value in database.items()}
    return subprocess.Popen(
        [*COMMAND, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finished(process: subprocess.Popen[str]) -> str:
    """Wait until a command is done; give what it printed."""
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    return printed


@contextmanager
def asking(kea: Kea) -> Iterator[list[tuple[str, str]]]:
    """Ask all the time; gives outcome and best category of each answer, or what came in their place."""
    given: list[tuple[str, str]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            response = kea.client.post("/api/v1/ask", json={"text": ASKED})
            found = response.json().get("candidates") or [{"category_id": response.text}]
            given.append((str(response.status_code), found[0]["category_id"]))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield given
    finally:
        stop.set()
        thread.join()


def has_begun(kea: Kea, before: str) -> bool:
    """Tell whether vectors are made anew; a quick machine may be through with it by now."""
    status = kea.get("status")
    return bool(status["embedded_anew"]) or status["backend"] != before


@pytest.mark.slow
def test_nothing_is_unanswered_while_a_model_takes_the_place_of_another(
    tmp_path: Path, database: dict[str, str]
) -> None:
    home = tmp_path / "home"
    log = tmp_path / "errors.log"
    log.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    with serving(home, model="hashing-v1:256", group_threshold="1.0", **database) as kea:
        finished(started(kea, database, "ingest", str(log), model="hashing-v1:256"))
        wait_until(lambda: kea.get("status")["pending"] == 0, "all is clustered", told=kea)
        before = kea.get("status")["backend"]
        told = finished(started(kea, database, "reindex", "--dry-run", model="hashing-v1:64"))
        assert "are to be embedded with hashing-v1:64+text" in told
        assert kea.get("status")["next_backend"] is None
        with asking(kea) as given:
            wait_until(lambda: len(given) > 3, "questions are answered", told=kea)
            first = started(kea, database, "reindex", model="hashing-v1:64")
            wait_until(lambda: has_begun(kea, before), "the first vectors are there", told=kea)
            first.kill()
            first.communicate()
            finished(started(kea, database, "reindex", "--model", "hashing-v1:64", model="hashing-v1:256"))
            wait_until(lambda: kea.get("status")["next_backend"] is None, "it is done", told=kea)
            assert kea.get("status")["backend"].startswith("hashing-v1:64+text")
            asked_so_far = len(given)
            wait_until(lambda: len(given) > asked_so_far + 3, "questions are answered still", told=kea)
        assert len(set(given)) == 1, set(given)
        assert given[0][0] == "200", given[0]
        assert given[0][1].startswith("KE-")
        with kea.store as store, store.read() as db:
            state = backends.state(db, "default")
            total, missing = backends.count_unembedded(db, "default", state.used)
        assert (total >= MANY, missing, state.is_due) == (True, 0, False)
    with serving(home, model="hashing-v1:96", **database) as kea:
        with asking(kea) as given:
            wait_until(
                lambda: kea.get("status")["backend"].startswith("hashing-v1:96+text"), "it rolls over itself", told=kea
            )
        assert {outcome for outcome, _ in given} == {"200"}
        printed = finished(started(kea, database, "doctor", model="hashing-v1:96"))
        assert "hashing-v1:96+text" in printed
