"""No question about a few categories walks through the whole project (SQLite tells how it goes about it)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from knowledge_base.store.asking import escalations, learnt, learnt_upkeep, learnt_words, question_pages
from knowledge_base.store.grouping import categories, templates
from knowledge_base.store.grouping.templates import NewTemplate
from knowledge_base.store.messages import outbox_pages
from knowledge_base.store.representing import found_representatives, representatives
from knowledge_base.store.solving import solution_health, solution_list
from knowledge_base.store.solving.solution_list import SolutionFilter
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import demand, demand_rows
from knowledge_base.store.watching import dashboard_times
from tests.store.databases import MINE, START

QUESTIONS: dict[str, Callable[[Connection], object]] = {
    "representatives of categories": lambda db: representatives.of_categories(db, MINE, [1, 2, 3]),
    "representatives by number": lambda db: representatives.read(db, MINE, [1, 2, 3]),
    "representatives as a search reads them": lambda db: found_representatives.by_number(db, MINE, [1, 2, 3]),
    "what stands for categories": lambda db: found_representatives.by_category(db, MINE, [1, 2, 3], "model"),
    "solutions of categories": lambda db: categories.solutions_of(db, MINE, [1, 2, 3]),
    "changed representatives": lambda db: list(representatives.walk(db, MINE, "model", 7)),
    "templates of categories": lambda db: categories.templates_by_category(db, MINE, [1, 2, 3]),
    "aliases of categories": lambda db: categories.aliases_by_category(db, MINE, [1, 2, 3]),
    "templates of one": lambda db: categories.templates_of(db, MINE, 1),
    "one category": lambda db: categories.get(db, MINE, 1),
    "oldest template of one": lambda db: categories.first_template_of(db, MINE, 1),
    "aliases of one": lambda db: categories.aliases_of(db, MINE, 1),
    "what is wanted of categories": lambda db: demand_rows.look_at_categories(db, MINE, [1, 2, 3], START),
    "what is wanted of questions": lambda db: demand_rows.look_at_forms(db, MINE, ["f", "g"], START),
    "others who asked": lambda db: demand.asked_by_others(db, MINE, "f", user="ana", now=START),
    "those who wait for a person": lambda db: escalations.waiting(db, MINE, form="f", category=None),
    "those of a category who wait": lambda db: escalations.waiting(db, MINE, form="f", category=1),
    "what was learnt of a form": lambda db: learnt.by_form(db, MINE, "f"),
    "what is refused for a form": lambda db: learnt.refused(db, MINE, "f"),
    "all that was learnt of a form": lambda db: learnt.ever_of_form(db, MINE, "f"),
    "what was learnt about a category": lambda db: learnt.recent(db, MINE, limit=9, category=1),
    "learnt questions that wait": lambda db: learnt_upkeep.unrepresented(db, MINE, limit=9),
    "verdicts about a form": lambda db: learnt_words.words(db, MINE, "f"),
    "whether an asker was told": lambda db: learnt_words.was_told(db, MINE, 1),
    "health of solutions": lambda db: solution_health.measure(db, MINE, [1, 2, 3], START),
    "a page of solutions": lambda db: solution_list.find(db, MINE, SolutionFilter(), limit=9, cursor="7"),
    "questions that somebody has to look at": lambda db: question_pages.open_counts(db, MINE),
    "what was sent": lambda db: outbox_pages.sent_by_channel(db, MINE, START),
    "replies that were sent": lambda db: dashboard_times.replied_since(db, MINE, START, kind="reply"),
    "pending templates": lambda db: templates.pending(db, MINE),
}


def plans_of(store: Store, name: str) -> list[str]:
    """Tell how SQLite goes about a question."""
    plans: list[str] = []

    def explain(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        plans.extend(str(row[3]) for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    new = NewTemplate("f", "v", "disk full", (), "etl", "ERROR", START)
    with store.write() as db:
        assert templates.create(db, MINE, [new], START)["f"].category == 1
    with store.read() as db:
        event.listen(db.engine, "before_cursor_execute", explain)
        QUESTIONS[name](db)
        event.remove(db.engine, "before_cursor_execute", explain)
    return plans


@pytest.mark.parametrize("name", QUESTIONS)
def test_only_rows_that_are_asked_for_are_looked_at(sqlite_store: Store, name: str) -> None:
    plans = plans_of(sqlite_store, name)
    assert plans
    walks = [plan for plan in plans if plan.startswith("SCAN") or plan.endswith("(project=?)")]
    assert not set(walks) - {"SCAN totals", "SCAN anon_1"}, "those are made of what is asked for"


@pytest.mark.parametrize("name", ["what was sent", "replies that were sent"])
def test_what_was_sent_is_looked_up_by_its_time(sqlite_store: Store, name: str) -> None:
    assert [plan for plan in plans_of(sqlite_store, name) if "created_at>?" in plan and "state=?" in plan]
