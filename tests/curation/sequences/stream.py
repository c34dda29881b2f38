"""What happens to a project without people: lines, windows, restarts, other models, rules and versions."""

from __future__ import annotations

import io

from ingest.clustering import Clusterer
from ingest.clustering.reclustering import apply_plan, plan_reclustering
from ingest.clustering.reindexing import Reindexing
from knowledge_base.curation.masking.resigning import Resigner
from knowledge_base.curation.masking.rule_changes import change_rules, setting
from knowledge_base.errors import Conflict, InputError
from knowledge_base.exchange.exporting import export_rows
from knowledge_base.exchange.importing import import_rows
from knowledge_base.exchange.loading import import_export
from knowledge_base.exchange.reading import Export
from knowledge_base.exchange.writing import export_lines
from knowledge_base.store.grouping import eviction
from tests.curation.pictures import picture
from tests.curation.rule_support import look_old, mask
from tests.curation.sequences.checks import (
    check_each_id,
    check_facts,
    check_others,
)
from tests.curation.sequences.lines import some_lines
from tests.curation.sequences.world import World
from tests.exchange.test_round_trip import meaning
from tests.store.databases import MINE, copied_file

RULES = (
    mask("node", r"node (\w+)", "host"),
    mask("castle", r"visit of (\w+)", "user"),
    mask("was", r"(?:was|has) ", "str"),
)


class Stream(World):
    """The steps; each is told three numbers, any ones."""

    def first_lines(self, number: int) -> None:
        self.keep(some_lines(number, 0, -5) + some_lines(number + 9, 0, 5))
        self.everything_holds()

    def new_lines(self, number: int, word: int, count: int) -> None:
        self.keep(some_lines(number, word, (-5, -3, -2, -1, 1, 2, 6)[count % 7]))
        after = self.anew()
        check_others(self.look(), after, ())
        assert after.facts == self.look().facts
        self.stack.clear()

    def windows(self, windows: int) -> None:
        def work() -> None:
            for _ in range((1, 2, 50)[windows % 3]):
                if self.clusterer.run_window(MINE) is None:
                    break

        self.machine(work)

    def evict(self, share: int) -> None:
        def work() -> None:
            with self.store.write() as db:
                wanted = (len(self.look().homes) - len(self.look().evicted)) // (2, 4, 8)[share % 3]
                found = eviction.coldest(db, MINE, wanted)
                if found.seen_until is not None:
                    eviction.evict(db, MINE, found.templates, seen_until=found.seen_until, now=self.clock())

        after = self.machine(work)
        touched = {each for fact in after.facts for each in (fact.left, fact.right)}
        assert not touched & after.evicted
        assert after.tombstones.isdisjoint(n for n, look in self.look().active.items() if look.labelled)

    def recluster(self, twice: int) -> None:
        def work() -> None:
            with plan_reclustering(self.knowledge, MINE) as plan:
                done = apply_plan(self.knowledge, plan, actor="Mei")
            assert done.skipped == ()

        self.machine(work, may_split=True)
        if twice % 3 == 0:
            self.machine(work, may_split=True)

    def restart(self) -> None:
        self.knowledge.close()
        self.open_again()
        assert self.anew() == self.look()
        check_each_id(self.knowledge, self.look(), self.memory)

    def reindex(self) -> None:
        self.knowledge.close()
        self.dimension = 96 - self.dimension + 64
        self.open_again()
        work = Reindexing(self.knowledge)
        work.of(MINE).request()
        work.settle(MINE)
        assert self.anew() == self.look()

    def users_rules(self, chosen: int, steps: int) -> None:
        wanted = [each for place, each in enumerate(RULES) if chosen >> place & 1]
        self.own_templates.clear()  # where two share a signature, the older one owns what comes

        def work() -> None:
            try:
                change_rules(self.store, MINE, setting(wanted), action="import", subject="", actor="Mei", force=True)
            except (Conflict, InputError):  # nothing would change, or too much is under way
                return
            if steps % 3:
                Resigner(self.store, MINE).run()

        self.machine(work)

    def a_new_kea(self) -> None:
        def work() -> None:
            look_old(self.knowledge, MINE)
            Resigner(self.store, MINE).run()

        self.own_templates.clear()
        self.machine(work)

    def export_and_import(self) -> None:
        if self.is_exported:
            return
        lines = list(export_lines(self.store, [MINE]))
        with self.opened(copied_file(self.empty, self.folder / "whole.db"), "whole") as whole:
            export = Export(io.BytesIO("".join(lines).encode()), "file")
            import_export(whole.store, export, project=MINE, actor="Mei", tick=lambda _bytes: None)
            assert list(export_lines(whole.store, [MINE])) == lines
        rows = list(export_rows(self.store, MINE))
        with self.opened(copied_file(self.empty, self.folder / "other.db"), "other") as other:
            import_rows(other.store, MINE, list(enumerate(rows, 1)), actor="Mei", name="file")
            check_facts(picture(other.store, MINE))
            there, here = meaning(list(export_rows(other.store, MINE))), meaning(rows)
            # What was said twice is said once there.
            assert {**there, "fact": set(there["fact"])} == {**here, "fact": set(here["fact"])}
            clusterer = Clusterer(other)
            while clusterer.run_window(MINE) is not None:
                check_facts(picture(other.store, MINE))
        self.is_exported = True
