"""What people do to a project."""

from __future__ import annotations

import pytest

from knowledge_base import curation
from knowledge_base.errors import Conflict
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.grouping.proposal_values import Proposal, ProposalKind, ProposalState
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from tests.curation.pictures import Look
from tests.curation.sequences.checks import (
    check_others,
)
from tests.curation.sequences.world import World, category_id, template_id
from tests.store.databases import MINE

NAMES = ("disk", "network", "quota")


class People(World):
    """The steps; each is told three numbers, any ones."""

    def label(self, at: int, which: int) -> None:
        number = self.pick(at)
        name = NAMES[which % len(NAMES)]
        done = curation.label(self.store, MINE, category_id(number), name, actor="Mei")
        assert done.category.label == name
        check_others(self.look(), self.anew(), {number})
        self.done(done.audit_id)

    def ignore(self, at: int, ignored: int) -> None:
        number = self.pick(at)
        done = curation.ignore(self.store, MINE, category_id(number), ignored=bool(ignored % 2), actor="Mei")
        check_others(self.look(), self.anew(), {number})
        self.done(done.audit_id)

    def attach(self, at: int) -> None:
        number = self.pick(at)
        self.saved += 1
        with self.store.read() as db:
            shown = categories.get(db, MINE, number).solution_id
            based_on = None if shown is None else solutions.get(db, MINE, number_of(Prefix.SOLUTION, shown)).version
        text = SolutionText(f"title {self.saved}", "cause", "body")
        done = curation.attach(self.store, MINE, category_id(number), text, actor="Jonas", based_on=based_on)
        assert done.solution is not None
        assert done.solution.title == text.title
        self.done(done.audit_id)

    def link(self, at: int, source: int) -> None:
        number = self.pick(at)
        with self.store.read() as db:
            linked = sorted(categories.solutions_of(db, MINE, list(self.look().active)).values())
        if not linked:
            return
        wanted = public_id(Prefix.SOLUTION, linked[source % len(linked)])
        done = curation.link(self.store, MINE, category_id(number), wanted, actor="Jonas")
        assert done.category.solution_id == wanted
        check_others(self.look(), self.anew(), {number})
        self.done(done.audit_id)

    def detach(self, at: int) -> None:
        number = self.pick(at)
        done = curation.detach(self.store, MINE, category_id(number), actor="Jonas")
        assert done.category.solution_id is None
        check_others(self.look(), self.anew(), {number})
        self.done(done.audit_id)

    def merge(self, into: int, other: int, third: int) -> None:
        target = self.pick(into)
        others = sorted({self.pick(other), self.pick(third)} - {target})
        if not others:
            return
        named = [category_id(each) for each in others]
        done = curation.merge(self.store, MINE, category_id(target), named, actor="Mei", reason="the same")
        after = self.anew()
        look = after.active[target]
        joined = [self.look().active[each] for each in (target, *others)]
        assert look.templates == frozenset().union(*(each.templates for each in joined))
        assert look.solution == next((each.solution for each in joined if each.solution), None)
        assert look.label == next((each.label for each in joined if each.label), None)
        check_others(self.look(), after, {target, *others})
        self.done(done.audit_id)

    def split(self, at: int, chosen: int) -> None:
        large = self.large()
        if not large:
            return
        number = large[at % len(large)]
        inside = self.living(number)
        moved = [each for place, each in enumerate(inside) if (1 + chosen) >> place & 1][: len(inside) - 1] or inside[
            :1
        ]
        named = [template_id(each) for each in moved]
        done = curation.split(self.store, MINE, category_id(number), named, actor="Mei")
        after, old = self.anew(), self.look().active[number]
        assert after.active[number_of(Prefix.CATEGORY, done.category.id)].templates == frozenset(moved)
        assert after.active[number] == Look(old.templates - set(moved), old.label, old.solution, old.ignored)
        check_others(self.look(), after, {number})
        self.done(done.audit_id)

    def move(self, at: int, to: int, which: int) -> None:
        large = self.large()
        if not large:
            return
        number = large[at % len(large)]
        others = sorted(self.look().active.keys() - {number})
        if not others:
            return
        target = others[to % len(others)]
        inside = self.living(number)
        template = inside[which % len(inside)]
        done = curation.move(self.store, MINE, template_id(template), category_id(target), actor="Mei")
        after = self.anew()
        assert after.homes == {**self.look().homes, template: target}
        check_others(self.look(), after, {number, target})
        self.done(done.audit_id)

    def proposed(self) -> list[Proposal]:
        with self.store.read() as db:
            return proposals.open_proposals(db, MINE)

    def accept(self, at: int) -> None:
        known = self.proposed()
        if not known:
            return
        chosen = known[at % len(known)]
        try:
            done = curation.accept(self.store, MINE, chosen.public_id, actor="Mei")
        except Conflict:  # what it is about was evicted
            assert chosen.kind is ProposalKind.SPLIT
            assert self.anew() == self.look()
            return
        after = self.anew()
        if chosen.kind is ProposalKind.MERGE:
            assert after.active.keys() & {chosen.left, chosen.right} == {number_of(Prefix.CATEGORY, done.category.id)}
        elif chosen.kind is ProposalKind.SPLIT:
            going = {each.template for each in chosen.grounds.going}
            assert after.active[number_of(Prefix.CATEGORY, done.category.id)].templates == going
        else:
            given, taken = after.active[chosen.right], after.active[chosen.left]
            assert (taken.label, taken.solution) == (given.label, given.solution)
        check_others(self.look(), after, {chosen.left, chosen.right})
        self.done(done.audit_id)

    def dismiss(self, at: int) -> None:
        known = self.proposed()
        if not known:
            return
        chosen = known[at % len(known)]
        going = {each.template for each in chosen.grounds.going}
        try:
            done = curation.dismiss(self.store, MINE, chosen.public_id, actor="Mei")
        except Conflict:
            assert chosen.kind is ProposalKind.SPLIT
            return
        left = set(self.living(chosen.left))
        other = left - going if chosen.kind is ProposalKind.SPLIT else set(self.living(chosen.right))
        pairs = {(one, another) for one in going or left for another in other}
        self.memory.dismissed[done.audit_id] = (chosen.kind, pairs)
        after = self.anew()
        assert (after.active, after.homes) == (self.look().active, self.look().homes)
        with self.store.read() as db:
            assert proposals.get(db, MINE, chosen.public_id).state is ProposalState.DISMISSED
        self.done(done.audit_id)

    def take_the_last_act_back(self) -> None:
        if not self.stack:
            return
        audit_id, before = self.stack.pop()
        curation.undo(self.store, MINE, audit_id, actor="Ravi")
        self.memory.dismissed.pop(audit_id, None)
        now = self.anew()
        assert now.active == before.active
        assert now.homes == before.homes
        assert before.aliases.items() <= now.aliases.items()
        with pytest.raises(Conflict):
            curation.undo(self.store, MINE, audit_id, actor="Ravi")

    def take_any_act_back(self, at: int) -> None:
        if not self.acts:
            return
        audit_id = self.acts[at % len(self.acts)]
        with self.store.read() as db:
            is_rule = audit.get(db, MINE, audit_id).action.endswith(("rule", "rules"))
        if is_rule:
            return
        try:
            curation.undo(self.store, MINE, audit_id, actor="Ravi")
        except Conflict:
            assert self.anew() == self.look()
        else:
            self.memory.dismissed.pop(audit_id, None)
            self.stack.clear()
