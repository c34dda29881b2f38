"""Where templates go that rules hold: worked out under what people said, and made true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.curation.grouping.merging import merge_categories, move_templates
from knowledge_base.curation.keeping.keep_matching import Matches
from knowledge_base.errors import Conflict
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import facts, templates
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import FactKind, Why

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMoves:
    """What rules move.

    ``moves`` maps a template to the categories that it leaves and comes to, ``rules`` to the rule that holds it.
    ``emptied`` names for each category that nothing living would be left in the one that it becomes an alias of.
    ``new`` are those templates that no window has clustered yet. ``by_hand`` counts what stays where people put it,
    ``there`` what is where it belongs.
    """

    moves: Mapping[int, tuple[int, int]]
    rules: Mapping[int, str]
    emptied: Mapping[int, int]
    new: frozenset[int]
    by_hand: int
    there: int

    @property
    def concerned(self) -> set[int]:
        """The categories that templates leave or come to."""
        return {number for pair in self.moves.values() for number in pair}


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done: ``merges`` as ``merge_categories`` tells it, ``moved`` with why each template had been there."""

    merges: list[dict[str, object]]
    moved: list[dict[str, object]]


def decide(
    db: Connection, project: str, rules: Sequence[KeepRule], found: Matches, *, settled: Collection[int] = ()
) -> KeptMoves:
    """Work out what goes where under all rules. What people put somewhere by hand stays, and what is ``settled`` too.

    Raises Conflict where nothing would be left in a category that another rule keeps.
    """
    behind: dict[int, int] = {}
    there = 0
    active = _active(db, project, sorted({each.rule.category for each in found.held}))
    for each in found.held:
        if each.template.category == each.rule.category:
            there += 1
        elif each.template.category not in settled and each.rule.category in active:
            behind[each.template.id] = each.rule.category
    wanted = len(behind)
    behind = _allowed(db, project, behind)
    homes = {each.template.id: each.template.category for each in found.held}
    moves = {number: (homes[number], target) for number, target in sorted(behind.items())}
    emptied = _emptied(db, project, moves)
    for source in sorted(emptied.keys() & {rule.category for rule in rules if rule.enabled}):
        named = public_id(Prefix.CATEGORY, source)
        raise Conflict(
            f"nothing would be left in {named}, which another rule keeps; change that one or make it narrower"
        )
    return KeptMoves(
        moves=moves,
        rules={each.template.id: each.rule.public for each in found.held if each.template.id in moves},
        emptied=emptied,
        new=frozenset(each.template.id for each in found.held if each.template.id in moves and each.template.is_new),
        by_hand=wanted - len(behind),
        there=there,
    )


def apply(db: Connection, project: str, wanted: KeptMoves, *, now: datetime) -> Applied:
    """Make moves true within the caller's transaction, which has worked them out."""
    before = templates.reasons(db, project, list(wanted.moves))
    groups: dict[tuple[int, int, str], list[int]] = {}
    for template, (source, target) in wanted.moves.items():
        groups.setdefault((source, target, repr(sorted(before[template].items()))), []).append(template)
    moved: list[dict[str, object]] = [
        {"source": source, "target": target, "reason": before[members[0]], "templates": members}
        for (source, target, _), members in groups.items()
    ]
    why: dict[int, dict[str, object]] = {
        template: {"why": Why.RULE, "rule": wanted.rules[template]} for template in wanted.moves
    }
    merging = {template for template, (source, target) in wanted.moves.items() if wanted.emptied.get(source) == target}
    moving = {template: target for template, (_, target) in wanted.moves.items() if template not in merging}
    if moving:
        move_templates(db, project, moving, {template: why[template] for template in moving}, now=now)
    merges: list[dict[str, object]] = []
    for target in sorted(set(wanted.emptied.values())):
        sources = sorted(source for source, heir in wanted.emptied.items() if heir == target)
        reasons = {each: why[each] for each in merging if wanted.moves[each][1] == target}
        merges += merge_categories(db, project, target, sources, reasons, now=now)
    return Applied(merges, moved)


def _active(db: Connection, project: str, numbers: Sequence[int]) -> set[int]:
    """Tell which categories are there: a rule that came with an import may name one that is not."""
    query = select(col(CategoryRow.id)).where(
        col(CategoryRow.project) == project, col(CategoryRow.id).in_(numbers), col(CategoryRow.state) == "active"
    )
    return set(db.execute(query).scalars())


def _allowed(db: Connection, project: str, behind: Mapping[int, int]) -> dict[int, int]:
    """Leave out what would go against a fact: such a template was put where it is by a person."""
    known = facts.about(db, project, behind)
    others = sorted({number for fact in known for number in (fact.left, fact.right)})
    homes = templates.homes(db, project, others) if others else {}
    allowed = dict(behind)
    while True:
        stays = set()
        for fact in known:
            for mine, other in ((fact.left, fact.right), (fact.right, fact.left)):
                if mine not in allowed:
                    continue
                together = allowed.get(other, homes.get(other)) == allowed[mine]
                if together != (fact.kind is FactKind.MUST_LINK):
                    stays.add(mine)
        if not stays:
            return allowed
        allowed = {number: target for number, target in allowed.items() if number not in stays}


def _emptied(db: Connection, project: str, moves: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """Name the categories of which all that lives would go, each with the one that most of it comes to."""
    going = Counter(source for source, _ in moves.values())
    coming = {target for _, target in moves.values()}
    living: dict[int, int] = {}
    sources = sorted(going.keys() - coming)
    for start in range(0, len(sources), CHUNK):
        query = (
            select(col(TemplateRow.category), func.count())
            .where(
                col(TemplateRow.project) == project,
                col(TemplateRow.category).in_(sources[start : start + CHUNK]),
                col(TemplateRow.evicted_at).is_(None),
            )
            .group_by(col(TemplateRow.category))
        )
        living.update({row[0]: row[1] for row in db.execute(query)})
    heirs: dict[int, int] = {}
    for (source, target), _ in sorted(Counter(moves.values()).items(), key=lambda each: (-each[1], each[0])):
        heirs.setdefault(source, target)
    return {source: heirs[source] for source in sources if living.get(source) == going[source]}
