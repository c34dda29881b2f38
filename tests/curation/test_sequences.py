"""Random sequences of acts, new lines and windows: what must hold after each of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ingest.clustering import Clusterer
from knowledge_base import curation
from knowledge_base.errors import Conflict
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import categories
from knowledge_base.store.solutions import SolutionText
from knowledge_base.types import FactKind
from tests.curation.pictures import Picture, picture
from tests.store.databases import MINE, copied_file, emptied
from tests.store.knowledge import ingest, knowledge_at

TEXTS = (
    "ERROR lease of worker lost by scheduler",
    "ERROR lease of worker was lost by scheduler",
    "ERROR lease of worker lost by the scheduler",
    "FATAL heap space exhausted by task",
    "FATAL heap space exhausted by the task",
    "FATAL heap space was exhausted by task",
    "WARN broker connection refused by peer",
    "WARN broker connection was refused by peer",
    "ERROR checkpoint expired before completing",
    "ERROR quota of project exceeded",
)
NAMES = st.sampled_from(["disk", "network", "quota"])
PICK = st.integers(min_value=0, max_value=10_000)


class Sequences(RuleBasedStateMachine):
    """Acts on one project, beside a stack of pictures to compare with when an act is taken back."""

    def __init__(self, make_url: Callable[[Path], str]) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kea-sequences-"))
        self.knowledge: KnowledgeBase = knowledge_at(make_url(self.folder), self.folder, window_size=4).open()
        self.store = self.knowledge.store
        self.waiting = list(TEXTS)
        self.stack: list[tuple[int, Picture]] = []
        self.acts: list[int] = []
        self.seen: set[int] = set()
        self.saved = 0

    def teardown(self) -> None:
        self.knowledge.close()
        shutil.rmtree(self.folder)

    def look(self) -> Picture:
        return picture(self.store, MINE)

    def pick(self, number: int) -> str:
        ids = sorted(self.look().active)
        return public_id(Prefix.CATEGORY, ids[number % len(ids)])

    def done(self, before: Picture, audit_id: int) -> None:
        self.stack.append((audit_id, before))
        self.acts.append(audit_id)

    @initialize()
    def first_lines(self) -> None:
        ingest(self.knowledge, *(self.waiting.pop(0) for _ in range(6)))

    @precondition(lambda self: self.waiting)
    @rule(count=st.integers(1, 3))
    def new_lines(self, count: int) -> None:
        before = self.look()
        ingest(self.knowledge, *(self.waiting.pop(0) for _ in range(min(count, len(self.waiting)))))
        after = self.look()
        assert {number: after.active[number] for number in before.active} == before.active
        self.stack.clear()

    @rule()
    def windows(self) -> None:
        before = self.look()
        clusterer = Clusterer(self.knowledge)
        while clusterer.run_window(MINE) is not None:
            pass
        after = self.look()
        for number, look in before.active.items():
            if look.labelled:
                now = after.active[number]
                assert (now.label, now.solution, now.ignored) == (look.label, look.solution, look.ignored)
                assert now.templates >= look.templates
        for look in before.active.values():
            assert len({after.homes[template] for template in look.templates}) == 1, "the machine never splits"
        assert after.facts == before.facts
        with self.store.read() as db:
            self.acts = sorted(
                {*self.acts, *db.exec_driver_sql("SELECT id FROM audit WHERE action = 'merge'").scalars()}
            )
        self.stack.clear()

    @rule(at=PICK, name=NAMES)
    def label(self, at: int, name: str) -> None:
        before = self.look()
        done = curation.label(self.store, MINE, self.pick(at), name, actor="Mei")
        assert done.category.label == name
        self.done(before, done.audit_id)

    @rule(at=PICK, ignored=st.booleans())
    def ignore(self, at: int, ignored: bool) -> None:
        before = self.look()
        done = curation.ignore(self.store, MINE, self.pick(at), ignored=ignored, actor="Mei")
        self.done(before, done.audit_id)

    @rule(at=PICK)
    def attach(self, at: int) -> None:
        before, category = self.look(), self.pick(at)
        self.saved += 1
        with self.store.read() as db:
            shown = categories.get(db, MINE, number_of(Prefix.CATEGORY, category)).solution_id
            based_on = None
            if shown is not None:
                based_on = db.exec_driver_sql(
                    f"SELECT version FROM solution WHERE id = {number_of(Prefix.SOLUTION, shown)}"
                ).scalar_one()
        text = SolutionText(f"title {self.saved}", "cause", "body")
        done = curation.attach(self.store, MINE, category, text, actor="Jonas", based_on=based_on)
        assert done.solution is not None
        assert done.solution.title == text.title
        self.done(before, done.audit_id)

    @precondition(lambda self: any(look.solution for look in self.look().active.values()))
    @rule(at=PICK, source=PICK)
    def link(self, at: int, source: int) -> None:
        before = self.look()
        with self.store.read() as db:
            linked = sorted(categories.solutions_of(db, MINE, list(before.active)).values())
        wanted = public_id(Prefix.SOLUTION, linked[source % len(linked)])
        done = curation.link(self.store, MINE, self.pick(at), wanted, actor="Jonas")
        assert done.category.solution_id == wanted
        self.done(before, done.audit_id)

    @rule(at=PICK)
    def detach(self, at: int) -> None:
        before = self.look()
        done = curation.detach(self.store, MINE, self.pick(at), actor="Jonas")
        assert done.category.solution_id is None
        self.done(before, done.audit_id)

    @precondition(lambda self: len(self.look().active) > 1)
    @rule(into=PICK, other=PICK, third=PICK)
    def merge(self, into: int, other: int, third: int) -> None:
        before, target = self.look(), self.pick(into)
        others = sorted({self.pick(other), self.pick(third)} - {target})
        if not others:
            return
        done = curation.merge(self.store, MINE, target, others, actor="Mei", reason="the same")
        look = self.look().active[number_of(Prefix.CATEGORY, target)]
        joined = [before.active[number_of(Prefix.CATEGORY, each)] for each in (target, *others)]
        assert look.templates == frozenset().union(*(each.templates for each in joined))
        assert look.solution == next((each.solution for each in joined if each.solution), None)
        assert look.label == next((each.label for each in joined if each.label), None)
        self.done(before, done.audit_id)

    @precondition(lambda self: any(len(look.templates) > 1 for look in self.look().active.values()))
    @rule(at=PICK, chosen=st.integers(min_value=1))
    def split(self, at: int, chosen: int) -> None:
        before = self.look()
        large = sorted(number for number, look in before.active.items() if len(look.templates) > 1)
        number = large[at % len(large)]
        inside = sorted(before.active[number].templates)
        moved = [each for place, each in enumerate(inside) if chosen >> place & 1][: len(inside) - 1] or inside[:1]
        done = curation.split(
            self.store,
            MINE,
            public_id(Prefix.CATEGORY, number),
            [public_id(Prefix.TEMPLATE, each) for each in moved],
            actor="Mei",
        )
        after = self.look()
        assert after.active[number_of(Prefix.CATEGORY, done.category.id)].templates == frozenset(moved)
        old = before.active[number]
        assert after.active[number].templates == old.templates - set(moved)
        assert (after.active[number].label, after.active[number].solution) == (old.label, old.solution)
        self.done(before, done.audit_id)

    @precondition(lambda self: self.stack)
    @rule()
    def take_the_last_act_back(self) -> None:
        audit_id, before = self.stack.pop()
        curation.undo(self.store, MINE, audit_id, actor="Ravi")
        now = self.look()
        assert now.active == before.active
        assert now.homes == before.homes
        assert before.aliases.items() <= now.aliases.items()
        with pytest.raises(Conflict):
            curation.undo(self.store, MINE, audit_id, actor="Ravi")

    @precondition(lambda self: self.acts)
    @rule(at=PICK)
    def take_any_act_back(self, at: int) -> None:
        before = self.look()
        try:
            curation.undo(self.store, MINE, self.acts[at % len(self.acts)], actor="Ravi")
        except Conflict:
            assert self.look() == before
        else:
            self.stack.clear()

    @invariant()
    def no_template_is_lost(self) -> None:
        now = self.look()
        assert all(home in now.active for home in now.homes.values())
        assert all(look.templates for look in now.active.values())

    @invariant()
    def every_id_leads_to_an_active_category(self) -> None:
        now = self.look()
        assert all(target in now.active for target in now.aliases.values())
        known = {*now.active, *now.aliases}
        assert self.seen <= known, "no id is ever forgotten"
        assert all(number > max(self.seen, default=0) for number in known - self.seen), "nor used again"
        self.seen = known

    @invariant()
    def what_people_said_holds(self) -> None:
        now = self.look()
        for fact in now.facts:
            together = now.homes[fact.left] == now.homes[fact.right]
            assert together == (fact.kind is FactKind.MUST_LINK), fact


def run(make_url: Callable[[Path], str], *, examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    run_state_machine_as_test(lambda: Sequences(make_url), settings=chosen)


def test_sequences_of_acts_on_sqlite(empty_file: Path) -> None:
    run(lambda folder: copied_file(empty_file, folder / "kea.db"), examples=10, steps=20)


@pytest.mark.postgres
def test_sequences_of_acts_on_postgresql(postgres_store_url: str) -> None:
    run(lambda _: emptied(postgres_store_url), examples=3, steps=15)
