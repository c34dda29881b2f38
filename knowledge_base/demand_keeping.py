"""Keeps the demand queue as it should be, in short steps beside everything else.

What somebody asks or does is followed at once. Lines come by thousands a second and grow old by themselves:
a round goes over all rows, a few at a time, and begins again a minute after it ended. Steps of several processes
may overlap; a row that was computed from an older state is right again with the next round.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from knowledge_base.matching import form_of
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import read_signing
from knowledge_base.store.asking import learnt_words
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import demand_rows, demand_state
from knowledge_base.store.wanted.demand_rows import Changes
from knowledge_base.store.wanted.demand_state import DemandState
from knowledge_base.store.wanted.demand_values import DemandKind

AT_ONCE = 25
BETWEEN_ROUNDS = timedelta(minutes=1)


def refresh(store: Store, project: str, categories: Collection[int]) -> None:
    """Bring the rows of a few categories up to date at once, for somebody who looks at them."""
    with store.read() as db:
        changes = demand_rows.look_at_categories(db, project, categories, store.clock())
    if changes:
        with store.write() as db:
            demand_rows.write(db, project, changes)


class DemandKeeper:
    """Works on the queues of the projects of one store; keeps nothing of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def settle(self, project: str) -> int:
        """Follow all that was asked and done, and go once over all rows; tell how many steps that took."""
        steps = 1
        while self._follow(project):
            steps += 1
        while self._give_forms(project):
            steps += 1
        with self._store.read() as db:
            state = demand_state.read_state(db, project)
        self._begin(project, state)  # also where a round is under way: it may be past what has changed
        while self._go_on(project):
            steps += 1
        return steps

    def step(self, project: str) -> bool:
        """Do one short step; False where nothing is to do at present."""
        if self._follow(project):
            return True
        with self._store.read() as db:
            state = demand_state.read_state(db, project)
        now = self._store.clock()
        if state.kind == "" and (state.round_at is None or now - state.round_at >= BETWEEN_ROUNDS):
            if self._give_forms(project):
                return True
            self._begin(project, state)
        return self._go_on(project)

    def _follow(self, project: str) -> bool:
        """Follow changes and questions; False where there are none."""
        with self._store.read() as db:
            before = demand_state.read_state(db, project)
            found = demand_state.touched(db, project, before)
            if found.state == before:
                return False
            now = self._store.clock()
            categories = sorted(found.categories)
            parts = [
                demand_rows.look_at_categories(db, project, categories[start : start + AT_ONCE], now)
                for start in range(0, len(categories), AT_ONCE)
            ]
            parts.append(demand_rows.look_at_forms(db, project, found.forms, now))
        self._write(project, before, found.state, parts)
        return True

    def _give_forms(self, project: str) -> bool:
        """Read what some questions say that were kept before they had forms; False where there is none."""
        with self._store.read() as db:
            found = demand_state.without_form(db, project, AT_ONCE)
            rules = read_signing(db, project).rules if found else RuleSet()
        forms = {number: form_of(text, rules) for number, text in found.items()}
        if forms:
            with self._store.write() as db:
                for number, form in forms.items():
                    learnt_words.set_form(db, project, number, form)
        return bool(forms)

    def _begin(self, project: str, state: DemandState) -> None:
        with self._store.write() as db:
            demand_state.move(db, project, state, replace(state, kind=str(DemandKind.CATEGORY), behind=""))

    def _go_on(self, project: str) -> bool:
        """Compute the next rows of a round; False where none is under way."""
        with self._store.read() as db:
            before = demand_state.read_state(db, project)
            if before.kind == "":
                return False
            changes, after = self._next(db, project, before)
        self._write(project, before, after, [changes])
        return True

    def _next(self, db: Connection, project: str, state: DemandState) -> tuple[Changes, DemandState]:
        now = self._store.clock()
        if state.kind == DemandKind.CATEGORY:
            numbers = demand_state.next_categories(db, project, state.behind, AT_ONCE)
            if numbers:
                changes = demand_rows.look_at_categories(db, project, numbers, now)
                return changes, replace(state, behind=str(numbers[-1]))
            return Changes(), replace(state, kind=str(DemandKind.QUESTION), behind="")
        forms = demand_state.next_forms(db, project, state.behind, AT_ONCE)
        if forms:
            return demand_rows.look_at_forms(db, project, forms, now), replace(state, behind=forms[-1])
        return Changes(), replace(state, kind="", behind="", round_at=now)

    def _write(self, project: str, before: DemandState, after: DemandState, parts: list[Changes]) -> None:
        """Write rows, together with how far the queue is; nothing where somebody else has gone on meanwhile."""
        with self._store.write() as db:
            if demand_state.move(db, project, before, after):
                for each in parts:
                    if each:
                        demand_rows.write(db, project, each)
