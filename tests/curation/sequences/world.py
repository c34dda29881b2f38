"""One project, what it looked like when a step began, and what was ever seen in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.clustering import Clusterer
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.judge import Profiles
from knowledge_base.settings import Settings
from knowledge_base.store.store import Store
from tests.curation.pictures import Picture, picture
from tests.curation.sequences.checks import (
    Memory,
    check_everything,
    check_machine,
)
from tests.store.databases import MINE, SteppingClock
from tests.store.knowledge import ingest

READ = Profiles()
"""What reads texts takes milliseconds for each; sequences have many in common."""


def category_id(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def template_id(number: int) -> str:
    return public_id(Prefix.TEMPLATE, number)


class World:
    """One project, beside a stack of pictures to compare with when an act is taken back."""

    def __init__(self, empty: Path, folder: Path, url: str) -> None:
        self.empty = empty
        self.folder = folder
        self.url = url
        self.clock = SteppingClock()
        self.dimension = 64
        self.open_again()
        self.picture: Picture | None = None
        self.memory = Memory()
        self.stack: list[tuple[int, Picture]] = []
        self.acts: list[int] = []
        self.saved = 0
        self.own_templates: dict[str, str] = {}
        self.is_exported = False

    def opened(self, url: str = "", home: str = "home") -> KnowledgeBase:
        chosen = Settings(home=self.folder / home, database_url=url or self.url, window_size=8)
        return KnowledgeBase(chosen, clock=self.clock, embedder=HashingEmbedder(dimension=self.dimension)).open()

    def open_again(self) -> None:
        self.knowledge = self.opened()
        self.clusterer = Clusterer(self.knowledge)
        self.clusterer._profiles = READ

    def close(self) -> None:
        self.knowledge.close()

    @property
    def store(self) -> Store:
        return self.knowledge.store

    def look(self) -> Picture:
        """What the project looked like when this step began."""
        assert self.picture is not None
        return self.picture

    def anew(self) -> Picture:
        return picture(self.store, MINE)

    def pick(self, number: int) -> int:
        """Choose an active category."""
        ids = sorted(self.look().active)
        return ids[number % len(ids)]

    def large(self) -> list[int]:
        """Categories that hold more than one living template."""
        return sorted(number for number in self.look().active if len(self.living(number)) > 1)

    def living(self, number: int) -> list[int]:
        return sorted(self.look().active[number].templates - self.look().evicted)

    def done(self, audit_id: int) -> None:
        self.stack.append((audit_id, self.look()))
        self.acts.append(audit_id)

    def machine(self, work: Callable[[], object], *, may_split: bool = False) -> Picture:
        """Let the machine do something, and check that it kept to what people said."""
        work()
        after = self.anew()
        check_machine(self.look(), after, may_split=may_split)
        with self.store.read() as db:
            found = db.exec_driver_sql("SELECT id FROM audit WHERE undo IS NOT NULL AND undone_at IS NULL").scalars()
            self.acts = sorted({*self.acts, *found})
        self.stack.clear()
        return after

    def keep(self, lines: list[str]) -> None:
        kept = ingest(self.knowledge, *lines)
        self.memory.lines += len(lines)
        evicted = self.picture.evicted if self.picture else frozenset()
        for text, each in zip(lines, kept, strict=True):
            known = self.own_templates.get(text)
            if known is not None and number_of(Prefix.TEMPLATE, known) not in evicted:
                assert each.template_id == known, text
            elif each.is_new:
                self.own_templates[text] = each.template_id

    def everything_holds(self) -> None:
        self.picture = self.anew()
        check_everything(self.knowledge, self.picture, self.memory)
