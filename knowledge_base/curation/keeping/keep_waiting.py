"""What came while a rule was off, or was another one: once the rule holds again it joins in its next window."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.curation.keeping.keep_matching import find, match
from knowledge_base.curation.keeping.keep_moves import decide
from knowledge_base.curation.masking.rule_joins import standings
from knowledge_base.store import projects
from knowledge_base.store.grouping import templates
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.rules.keep_scan import scanned
from knowledge_base.store.store import Store

AT_ONCE = 1_000
"""Templates of which one transaction lets those wait that a rule would move."""


def let_wait(store: Store, project: str, former: Sequence[KeepRule]) -> int:
    """Let templates wait that the rules would move and that the ``former`` rules did not hold; tell how many wait.

    They join as acts of Kea's own, each to be taken back by itself. What is in a category that people labelled stays.
    """
    with store.read() as db:
        rules = keep_rules.read(db, project)
    held = find(store, project, rules, _concerned(former, rules)).held
    numbers = sorted(each.template.id for each in held if each.template.category != each.rule.category)
    waiting = 0
    for start in range(0, len(numbers), AT_ONCE):
        with store.write() as db:
            projects.lock(db, project)
            rules = keep_rules.read(db, project)
            found = match(db, project, rules, scanned(db, project, numbers[start : start + AT_ONCE]))
            said = standings(db, project, {each.template.category for each in found.held})
            settled = {number for number, standing in said.items() if standing.labelled}
            wanted = sorted(decide(db, project, rules, found, settled=settled).moves)
            templates.wait_for_window(db, project, wanted)
            waiting += len(wanted)
    return waiting


def _concerned(former: Sequence[KeepRule], rules: Sequence[KeepRule]) -> list[KeepRule]:
    """Name the rules that may hold what they did not: all that are on, from the first on that differs."""
    before = [(rule.id, *rule.asks) for rule in former if rule.enabled]
    active = [rule for rule in rules if rule.enabled]
    same = 0
    while same < min(len(before), len(active)) and before[same] == (active[same].id, *active[same].asks):
        same += 1
    return active[same:]
