"""Random changes of rules between lines, corrections and kills: no template loses its category or its solution."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import Pipeline
from knowledge_base.curation.masking import resigning
from knowledge_base.curation.masking.resigning import Resigner
from knowledge_base.curation.masking.rule_changes import adding, changed_rules, setting
from knowledge_base.curation.masking.rule_preview import sign_anew
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.errors import Conflict, InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.signature.custom.user_rules import UserRule
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories, template_reading
from knowledge_base.store.intake import sample_walk
from knowledge_base.store.rules import rule_sets
from tests.curation.rule_support import NOW, PROJECT, change, keep_lines, kept, mask, solve
from tests.support.commands import run_forked, start_forked

WORDS = ("acme", "zeta", "omega", "kilo")
FORMS = (
    "tenant {word} is over its quota",
    "tenant {word} was refused at gate {number}",
    "lane {number} is closed for {word}",
    "run {date} of {word} failed: code {number}",
    "{word} cannot open /spool/{word}/{number}.dat",
)
POOL = (
    mask("tenant", r"tenant (\w+)", "user"),
    mask("word", "acme|zeta", "str"),
    mask("wide", r"(?:gate|lane) \d+", "id"),
    mask("other", "omega", "host"),
    kept("lane", r"lane (\d+)"),
    kept("run", r"run (\d{8})"),
    kept("gate", r"gate \d"),
)
SEEDS = 6
STEPS = 25


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    settings = Settings(home=tmp_path / "home", database_url=database_url, samples_per_template=4)
    with KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder()) as base:
        with base.store.write() as db:
            projects.ensure_project(db, PROJECT, NOW)
        yield base


class Killed(Exception):
    """Stands for the end of a process in the middle of a step."""


class World:
    """A project, and what has to stay true of it."""

    def __init__(self, knowledge: KnowledgeBase, by: random.Random) -> None:
        self.knowledge = knowledge
        self.by = by
        self.pipelines = [Pipeline(knowledge, PROJECT), Pipeline(knowledge, PROJECT)]
        self.solutions: dict[str, str] = {}
        self.templates: set[str] = set()

    def lines(self) -> None:
        texts = [
            self.by.choice(FORMS).format(
                word=self.by.choice(WORDS), number=self.by.randrange(1, 4), date=20260300 + self.by.randrange(1, 5)
            )
            for _ in range(self.by.randrange(1, 12))
        ]
        found = keep_lines(self.by.choice(self.pipelines), texts)
        self.templates |= {template for template, _ in found.values()}

    def solve(self) -> None:
        free = sorted(self.templates - set(self.solutions))
        if not free:
            return
        category = self._category(self.by.choice(free))
        with self.knowledge.store.read() as db:
            number = number_of(Prefix.CATEGORY, category)
            if categories.get(db, PROJECT, number).solution_id is not None:
                return
            inside = [public_id(Prefix.TEMPLATE, each) for each in categories.templates_of(db, PROJECT, number)]
        solution = solve(self.knowledge, category, f"of {category}")
        self.solutions |= dict.fromkeys(inside, solution)

    def change(self) -> None:
        rules: list[UserRule] = self.by.sample(POOL, self.by.randrange(0, 4))
        try:
            before, behind = changed_rules(self.knowledge.store, PROJECT, setting(rules), force=True)
            foreseen = sign_anew(self.knowledge.store, PROJECT, before, behind).preview
            settled = self._is_settled()
            change(self.knowledge, setting(rules), "import")
        except (Conflict, InputError):  # too many under way, or nothing would change
            return
        if settled and self.by.random() < 0.5:
            self.migrate()
            with self.knowledge.store.read() as db:
                conflicts = rule_sets.newest(db, PROJECT)[0].conflicts
            named = [set(each.template_ids) for each in foreseen.joined if each.conflict is not None]
            for each in conflicts:
                assert any({each["keeps"], each["template"]} <= templates for templates in named), each

    def step(self) -> None:
        Resigner(self.knowledge.store, PROJECT).step()

    def kill(self) -> None:
        """Break off within a step, after something of it was written."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(resigning, "join", self._die)
            try:
                Resigner(self.knowledge.store, PROJECT).step()
            except Killed:
                return

    @staticmethod
    def _die(*_: object, **__: object) -> None:
        raise Killed

    def migrate(self) -> None:
        Resigner(self.knowledge.store, PROJECT).run()

    def check(self) -> None:
        """No template is lost, and none lost its solution."""
        for template in self.templates:
            category = self._category(template)
            with self.knowledge.store.read() as db:
                found = categories.get(db, PROJECT, number_of(Prefix.CATEGORY, category))
            if template in self.solutions:
                assert found.solution_id == self.solutions[template]
            elif found.solution_id is not None:
                self.solutions[template] = found.solution_id  # it came together with one that had it

    def check_samples(self) -> None:
        """Each stored sample leads to the category of its template, or to one that was named as a conflict."""
        with self.knowledge.store.read() as db:
            stored = sample_walk.templates_after(db, PROJECT, 0, 10_000)
            found = rule_sets.newest(db, PROJECT)
        conflicts = {(each["keeps"], each["template"]) for each in found[0].conflicts} if found else set()
        for template in stored:
            public = public_id(Prefix.TEMPLATE, template.number)
            for sample in template.samples:
                looked = self.knowledge.lookup(PROJECT, sample)
                assert looked.template is not None, sample
                if looked.template.category_id != public_id(Prefix.CATEGORY, template.category):
                    assert (looked.template.id, public) in conflicts, (sample, looked.template.id, public)

    def _is_settled(self) -> bool:
        return not Resigner(self.knowledge.store, PROJECT).is_due()

    def _category(self, template: str) -> str:
        with self.knowledge.store.read() as db:
            [found] = template_reading.read_templates(db, PROJECT, [number_of(Prefix.TEMPLATE, template)])
        return found.category_id


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_comes_off_whatever_happens(
    knowledge: KnowledgeBase, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resigning, "AT_ONCE", 3)
    by = random.Random(seed)
    world = World(knowledge, by)
    world.lines()
    acts = [world.lines] * 4 + [world.change] * 3 + [world.solve] * 2 + [world.step] * 3 + [world.kill] * 2
    for _ in range(STEPS):
        by.choice(acts)()
        world.check()
    world.migrate()
    world.check()
    world.check_samples()


COMMAND = ("rules", "migrate", "--project", PROJECT)


@pytest.mark.parametrize("seed", range(2))
def test_a_migration_that_is_killed_again_and_again_comes_to_its_end(
    knowledge: KnowledgeBase, seed: int, tmp_path: Path
) -> None:
    pipeline, by = Pipeline(knowledge, PROJECT), random.Random(seed)
    names = [f"{one}{two}{three}" for one in "abcdefghij" for two in "klmnopqrst" for three in "uvwxy"]
    lines = [f"tenant {name} was refused at gate {name}, {name} is over" for name in names]
    before = keep_lines(pipeline, lines)
    solution = solve(knowledge, before[lines[250]][1], "Raise the quota")
    change(knowledge, adding(mask("gate", r"gate (\w+)")))
    environment = {**os.environ, "KEA_HOME": str(tmp_path / "home"), "KEA_DATABASE_URL": knowledge.store.url}
    cursors = []
    for _ in range(4):
        process = start_forked(COMMAND, environment=environment)
        begun = _cursor(knowledge)
        end = time.monotonic() + 60
        # Killed once it got on, wherever it is then.
        while process.exitcode is None and _cursor(knowledge) == begun:
            assert time.monotonic() < end, "the migration does not get on"
            time.sleep(0.002)
        time.sleep(by.random() * 0.02)
        process.kill()
        process.join()
        cursors.append(_cursor(knowledge))
    assert cursors == sorted(cursors)
    done = run_forked(COMMAND, environment=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not Resigner(knowledge.store, PROJECT).is_due()
    assert keep_lines(pipeline, lines) == before
    assert knowledge.lookup(PROJECT, lines[250]).category.solution_id == solution  # type: ignore[union-attr]


def _cursor(knowledge: KnowledgeBase) -> int:
    with knowledge.store.read() as db:
        return rule_sets.newest(db, PROJECT)[0].cursor
