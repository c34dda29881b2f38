"""A connection that is older than what another thread has followed changes no index."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from knowledge_base.index.replica import Replica
from knowledge_base.store import projects
from tests.matching.bench import Bench
from tests.matching.conftest import bench, knowledge
from tests.store.databases import MINE

__all__ = ["bench", "knowledge"]


def test_an_older_connection_finds_the_indexes_as_they_are(bench: Bench) -> None:
    ledger, turnstile = bench.know("ledger 17 was sealed by an auditor", "turnstile jammed with a brass token")
    bench.solve(ledger, "Unseal it")
    bench.found("ledger")
    matcher, store = bench.knowledge.matcher, bench.knowledge.store
    opened = bench.knowledge.opened(MINE, bench.knowledge.embedder.backend)
    with store.read() as older:
        seen = projects.generation(older, MINE), projects.solutions_state(older, MINE)
        bench.know("crane lifted the wrong container")
        bench.solve(turnstile, "Call the caretaker")
        matcher.warm(MINE)
        with store.read() as db:
            before, told = matcher.shelves(db, MINE, opened, frozenset())
            now = projects.generation(db, MINE), projects.solutions_state(db, MINE)
        assert seen[0] < now[0]
        assert seen[1] < now[1]
        terms = before.lexical.asked("crane lifted")
        assert before.lexical.representatives(terms, 5)
        assert told.index is not None
        assert len(told.index) == 2
        after, _ = matcher.shelves(older, MINE, opened, frozenset())
        assert after.lexical.representatives(terms, 5), "what others find is still there"
        assert isinstance(after.meaning, Replica)
        assert after.meaning.generation == now[0]
        assert len(told.index) == 2
        assert after.read(older, after.worded(terms, 5)) == {}, "the connection does not see it"


@pytest.mark.parametrize("state", [projects.generation, projects.solutions_state])
def test_a_backup_that_was_put_back_is_told_from_an_older_connection(
    bench: Bench, state: Callable[[Connection, str], int]
) -> None:
    (ledger,) = bench.know("ledger 17 was sealed by an auditor")
    bench.solve(ledger, "Unseal it")
    with bench.knowledge.store.read() as db:
        known = state(db, MINE)
        assert known > 0
        assert not projects.is_set_back(db, MINE, state, known)
        assert projects.is_set_back(db, MINE, state, known + 1)
