"""Random verdicts, acts, merges and splits against a simple model of who counts and what holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from knowledge_base import curation
from knowledge_base.errors import Conflict, InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import audit
from knowledge_base.store.asking import learnt, questions
from knowledge_base.store.grouping import templates
from knowledge_base.store.store import Store
from knowledge_base.types import Verdict
from tests.curation.learning_support import ask, form_named, known, say, solved
from tests.store.databases import MINE

SAYS = ("lost", "full", "slow")
PEOPLE = ("ann", "Ann@example.com", "bob", "cid", "dan")
YES, NO = Verdict.HELPFUL, Verdict.NOT_HELPFUL
Homes = dict[int, int]


@dataclass
class Taught:
    """Something that holds, or held; ``by`` is an engineer or empty for people."""

    says: str
    yes: bool
    template: int
    by: str = ""
    holds: bool = True
    final: bool = False
    vetoed: bool = False
    contrary: list[Taught] = field(default_factory=list)
    pointed: tuple[str, int | None] | None = None


@dataclass
class Model:
    """The rules in a few lines: everything is looked for in plain lists."""

    asked: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    words: list[tuple[str, str, bool]] = field(default_factory=list)
    taught: list[Taught] = field(default_factory=list)
    by_act: dict[int, Taught] = field(default_factory=dict)

    def known(self, says: str, homes: Homes) -> tuple[int | None, set[int]]:
        holding = [each for each in self.taught if each.holds and each.says == says]
        yes = [each for each in holding if each.yes and each.by] or [each for each in holding if each.yes]
        meant = {homes[each.template] for each in yes}
        refused = {homes[each.template] for each in holding if not each.yes}
        certain = meant.copy() if len(meant) == 1 and not meant & refused else set[int]()
        return (certain.pop() if certain else None), refused - meant

    def says(self, user: str, question: str, yes: bool, homes: Homes) -> None:
        person = user.lower().partition("@")[0]
        says, template = self.asked[question]
        assert person
        assert template is not None
        before = [
            word
            for mine, other, word in self.words
            if mine.lower().partition("@")[0] == person
            and self.asked[other][0] == says
            and homes.get(self.asked[other][1] or 0) == homes[template]
        ]
        self.words = [*(word for word in self.words if word[:2] != (user, question)), (user, question, yes)]
        changed = before[-1] if before and before[-1] != yes else None
        self.settle(says, homes, changed, homes[template])

    def settle(self, says: str, homes: Homes, changed: bool | None = None, about: int = 0) -> None:
        said: dict[tuple[int, str], tuple[bool, int, int]] = {}
        for user, question, yes in self.words:
            mine, template = self.asked[question]
            if mine == says and template is not None:
                said[homes[template], user.lower().partition("@")[0]] = (
                    yes,
                    number_of(Prefix.QUESTION, question),
                    template,
                )
        for category in {category for category, _ in said}:
            here = [word for (home, _), word in said.items() if home == category]
            for yes in (True, False):
                agree = [(question, template) for word, question, template in here if word is yes]
                old = [
                    each
                    for each in self.taught
                    if each.says == says and each.yes is yes and not each.by and homes[each.template] == category
                ]
                if len(here) - len(agree) >= 2 or (changed is yes and about == category and len(agree) < 2):
                    for each in old:
                        each.holds, each.final = False, True
                elif len(agree) >= 2 and not any(each.holds or each.vetoed for each in old):
                    new = Taught(says, yes, max(agree)[1])
                    if not self.contrary(new, homes, engineers=True):
                        self.taught.append(new)

    def contrary(self, new: Taught, homes: Homes, *, engineers: bool = False) -> list[Taught]:
        found = []
        for each in self.taught:
            if each.holds and each.says == new.says and (each.by or not engineers):
                same = homes[each.template] == homes[new.template]
                if (each.yes != new.yes and same) or (each.yes and new.yes and not same):
                    found.append(each)
        return found

    def repeated(self, new: Taught, homes: Homes) -> bool:
        return any(
            each.holds
            and (each.says, each.yes, bool(each.by)) == (new.says, new.yes, bool(new.by))
            and homes[each.template] == homes[new.template]
            for each in self.taught
        )

    def teach(self, act: int, new: Taught, homes: Homes) -> None:
        new.contrary = self.contrary(new, homes)
        for each in new.contrary:
            each.holds = False
        self.taught.append(new)
        self.by_act[act] = new

    def undo(self, act: int, homes: Homes) -> None:
        gone = self.by_act.pop(act)
        gone.holds, gone.final, gone.vetoed = False, True, not gone.by
        for each in gone.contrary:
            fits = not self.contrary(each, homes, engineers=True) and not self.repeated(each, homes)
            if not each.holds and not each.final and fits:
                each.holds = True
        if gone.pointed is not None:
            question, template = gone.pointed
            self.asked[question] = (gone.says, template)
        self.settle(gone.says, homes)


class Sequence:
    """One random sequence, in the store and in the model."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.random = random.Random(seed)
        self.model = Model()
        self.refs = solved(store, *"abcde")
        self.is_rearranged = False

    def homes(self) -> Homes:
        with self.store.read() as db:
            return templates.homes(db, MINE, [ref.template for ref in self.refs])

    def step(self) -> None:
        steps: list[tuple[int, Callable[[], None]]] = [
            (4, self.question),
            (8, self.verdict),
            (2, self.confirm),
            (2, self.reject),
            (2, self.pick),
            (4, self.undo),
            (1, self.merge),
            (1, self.split),
        ]
        weights = [weight for weight, _ in steps]
        self.random.choices([each for _, each in steps], weights)[0]()
        homes = self.homes()
        for says in SAYS:
            assert known(self.store, says) == self.model.known(says, homes), says
        with self.store.read() as db:
            standing = [each for says in SAYS for each in learnt.of_form(db, MINE, form_named(says))]
        mine = [each for each in self.model.taught if each.holds]
        assert sorted(
            (each.form, each.kind.is_positive, each.category, bool(each.people)) for each in standing
        ) == sorted((form_named(each.says), each.yes, homes[each.template], not each.by) for each in mine)

    def question(self) -> None:
        ref = self.random.choice([*self.refs, None])
        says = self.random.choice(SAYS)
        asked = ask(self.store, says, ref)
        self.model.asked[asked] = (says, ref.template if ref else None)

    def some_question(self) -> str | None:
        return self.random.choice(sorted(self.model.asked)) if self.model.asked else None

    def verdict(self) -> None:
        question = self.some_question()
        if question is None:
            return
        user, verdict = self.random.choice(PEOPLE), self.random.choice((YES, YES, NO))
        try:
            say(self.store, user, question, verdict)
        except InputError:
            return  # it got no solution
        self.model.says(user, question, verdict is YES, self.homes())

    def confirm(self) -> None:
        self.judge(curation.confirm, yes=True)

    def reject(self) -> None:
        self.judge(curation.reject, yes=False)

    def judge(self, act: Callable[..., curation.Done], *, yes: bool) -> None:
        question = self.some_question()
        if question is None:
            return
        says, template = self.model.asked[question]
        if template is None:
            with pytest.raises(InputError):
                act(self.store, MINE, question, actor="Mei")
            return
        self.taught(Taught(says, yes, template, by="Mei"), lambda: act(self.store, MINE, question, actor="Mei"))

    def pick(self) -> None:
        question = self.some_question()
        if question is None:
            return
        homes = self.homes()
        says, template = self.model.asked[question]
        category = self.random.choice(sorted(set(homes.values())))
        inside = [each for each, home in homes.items() if home == category]
        chosen = template if template in inside else min(inside)
        new = Taught(says, True, chosen, by="Lin")
        target = public_id(Prefix.CATEGORY, category)
        unanswered = template is None or self.has_no_solution(question)
        done = self.taught(new, lambda: curation.pick(self.store, MINE, question, target, actor="Lin"))
        if done and unanswered and (template is None or homes[template] != category):
            new.pointed = (question, template)
            self.model.asked[question] = (says, chosen)

    def has_no_solution(self, question: str) -> bool:
        with self.store.read() as db:
            return questions.get(db, MINE, question).solution_id is None

    def taught(self, new: Taught, act: Callable[[], curation.Done]) -> bool:
        homes = self.homes()
        if self.model.repeated(new, homes):
            with pytest.raises(Conflict):
                act()
            return False
        before = [known(self.store, says) for says in SAYS]
        done = act()
        self.model.teach(done.audit_id, new, homes)
        if self.random.random() < 0.2:
            curation.undo(self.store, MINE, done.audit_id, actor="Mei")
            self.model.undo(done.audit_id, homes)
            # A merge may have brought words together that nobody has looked at since.
            assert self.is_rearranged or [known(self.store, says) for says in SAYS] == before
            return False
        return True

    def undo(self) -> None:
        with self.store.read() as db:
            acts = [each.act for says in SAYS for each in learnt.ever_of_form(db, MINE, form_named(says)) if each.act]
        if not acts:
            return
        act = self.random.choice(sorted(acts))
        with self.store.read() as db:
            entry = audit.get(db, MINE, act)
            mine = learnt.get(db, MINE, entry.undo["learnt"] if entry.undo else 0)
        if mine.people and act not in self.model.by_act:
            found = [
                each
                for each in self.model.taught
                if not each.by and each.template == mine.template and form_named(each.says) == mine.form
                if each.yes == mine.kind.is_positive and each.holds
            ]
            if found:
                self.model.by_act[act] = found[0]
        taught = self.model.by_act.get(act)
        if taught is None or not taught.holds or mine.undone_at is not None:
            with pytest.raises(Conflict):
                curation.undo(self.store, MINE, act, actor="Mei")
            return
        curation.undo(self.store, MINE, act, actor="Mei")
        self.model.undo(act, self.homes())

    def merge(self) -> None:
        categories = sorted(set(self.homes().values()))
        if len(categories) > 2:
            into, other = self.random.sample(categories, 2)
            self.is_rearranged = True
            ids = [public_id(Prefix.CATEGORY, each) for each in (into, other)]
            curation.merge(self.store, MINE, ids[0], ids[1:], actor="Mei")

    def split(self) -> None:
        homes = self.homes()
        shared = [each for each in homes if list(homes.values()).count(homes[each]) > 1]
        if shared:
            template = self.random.choice(shared)
            category = public_id(Prefix.CATEGORY, homes[template])
            done = curation.split(self.store, MINE, category, [f"T-{template}"], actor="Mei")
            made = number_of(Prefix.CATEGORY, done.category.id)
            assert self.homes()[template] == made


@pytest.mark.parametrize("seed", range(12))
def test_random_sequences(store: Store, seed: int) -> None:
    sequence = Sequence(store, seed)
    for _ in range(60):
        sequence.step()


def test_one_person_alone_teaches_nothing_whatever_they_say(store: Store) -> None:
    rng = random.Random(7)
    refs = solved(store, *"abc")
    asked = [ask(store, rng.choice(SAYS), rng.choice(refs), user=rng.choice(PEOPLE)) for _ in range(12)]
    for _ in range(80):
        say(
            store,
            rng.choice(("ann", "ANN", "ann@example.com", "ann@elsewhere.org")),
            rng.choice(asked),
            rng.choice((YES, NO)),
        )
        assert all(known(store, says) == (None, set()) for says in SAYS)
