"""One clusterer at a time, in whatever process or connection."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.clustering import Clusterer, ClusterLoop
from ingest.clustering.lease import Lease, try_lease
from knowledge_base.errors import KeaError, LostOwnership, Unavailable
from knowledge_base.knowledge import KnowledgeBase
from tests.clustering.test_clusterer import PEER, PEER_TOO, Meanwhile, pending
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import ingest, knowledge_at

HOLD = """
import sys
from pathlib import Path
from ingest.clustering.lease import try_lease
from tests.store.knowledge import knowledge_at
with knowledge_at(sys.argv[1], Path(sys.argv[2])) as knowledge, try_lease(knowledge, sys.argv[3]) as lease:
    print("none" if lease is None else lease.epoch, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holder(knowledge: KnowledgeBase, project: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Another process that tries to take the lease and holds it until its standard input ends.

    Once that process has ended, the lease is free.
    """
    url = knowledge.store.engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url, str(knowledge.settings.home_path), project],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        answer = process.stdout.readline().strip()
        yield answer, process
    until = time.monotonic() + 30  # a server learns of it by the broken connection
    while answer.isdigit() and not is_free(knowledge, project):
        assert time.monotonic() < until, "a lease ends with its process"
        time.sleep(0.05)


def test_two_leases_in_one_process(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER)
    with try_lease(knowledge, MINE) as first:
        assert first is not None
        with try_lease(knowledge, MINE) as second:
            assert second is None
        with try_lease(knowledge, OTHER) as other:
            assert other is not None, "each project has a clusterer of its own"
        assert Clusterer(knowledge).run_window(MINE) is None
        assert pending(knowledge) == 1
        with pytest.raises(Unavailable, match="another process clusters"):
            ClusterLoop(knowledge).drain(MINE, timeout=0.1)
    with try_lease(knowledge, MINE) as third:
        assert third is not None
        assert third.epoch == first.epoch + 1


def is_free(knowledge: KnowledgeBase, project: str) -> bool:
    with try_lease(knowledge, project) as lease:
        return lease is not None


def test_two_processes(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER)
    with holder(knowledge, MINE) as (answer, process):
        assert answer.isdigit()
        with try_lease(knowledge, MINE) as lease:
            assert lease is None
        process.kill()
        process.wait(30)
    with try_lease(knowledge, MINE) as lease:
        assert lease is not None
        with holder(knowledge, MINE) as (answer, process):
            assert answer == "none"
            process.communicate("\n", timeout=30)


def test_a_stale_epoch_is_refused(knowledge: KnowledgeBase) -> None:
    with try_lease(knowledge, MINE) as lease:
        assert lease is not None
        with knowledge.store.write() as db:
            lease.check(db)
            db.exec_driver_sql("UPDATE lease SET epoch = epoch + 1")
        with pytest.raises(LostOwnership, match="another process clusters"), knowledge.store.read() as db:
            lease.check(db)


def test_a_window_of_a_lost_lease_writes_nothing(database_url: str, tmp_path: Path) -> None:
    embedder = Meanwhile()
    with knowledge_at(database_url, tmp_path, embedder=embedder) as knowledge:
        ingest(knowledge, PEER, PEER_TOO)

        def take_over() -> None:
            with knowledge.store.write() as db:
                db.exec_driver_sql("UPDATE lease SET epoch = epoch + 1")

        embedder.acts.append(take_over)
        with pytest.raises(LostOwnership):
            Clusterer(knowledge).run_window(MINE)
        assert pending(knowledge) == 2


def test_a_connection_that_is_lost_under_the_lease_is_told_as_such(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER)
    if knowledge.store.is_sqlite:
        pytest.skip("a file has no connection that can be lost")

    def lose_connections(lease: Lease | None) -> None:
        assert lease is not None
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
        with knowledge.store.read() as db:
            db.exec_driver_sql(others + "current_database()")

    # What is no KeaError would end the clusterer's thread for good.
    with pytest.raises(KeaError, match="cannot be reached"), try_lease(knowledge, MINE) as lease:
        lose_connections(lease)
    with try_lease(knowledge, MINE) as again:
        assert again is not None
