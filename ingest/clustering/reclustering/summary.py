"""What a reclustering would change, in numbers and in the largest changes, for people and for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.clustering.reclustering.planning import Reclustering
from ingest.clustering.reclustering.why import Reasons
from knowledge_base.ids import Prefix, public_id


@dataclass(frozen=True, slots=True)
class Move:
    """A template that would leave its category; ``to`` is None for a new one. ``lines`` counts what was seen of it."""

    template_id: str
    text: str
    source: str
    to: str | None
    lines: int
    why: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Merged:
    """Categories that would become part of another one, whole."""

    into: str | None
    merged: tuple[str, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Split:
    """A category whose templates would come to several ones; None stands for new ones."""

    category_id: str
    into: tuple[str | None, ...]
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What would change. The lists have the largest changes first, ``most`` of each; the numbers count all."""

    categories_before: int
    categories_after: int
    templates: int
    moved_templates: int
    moved_lines: int
    new_categories: int
    merges: int
    splits: int
    moves: tuple[Move, ...]
    merged: tuple[Merged, ...]
    split: tuple[Split, ...]


def summarise(plan: Reclustering, threshold: float, *, most: int) -> Summary:
    """Describe a reclustering, with ``most`` entries of each list."""
    members = plan.base.members
    moves = sorted(plan.moves(), key=lambda move: (-members[move[0]].lines, members[move[0]].id))
    shown = moves[:most]
    why = Reasons(plan, threshold).of(shown)
    went: dict[int, dict[int, int]] = {}
    for group, places in enumerate(plan.groups):
        for place in places:
            to = went.setdefault(members[place].category, {})
            to[group] = to.get(group, 0) + members[place].lines
    splits = [
        Split(public_id(Prefix.CATEGORY, category), tuple(_name(plan, group) for group in to), sum(to.values()))
        for category, to in went.items()
        if len(to) > 1
    ]
    merged: dict[int, list[int]] = {}
    for category, to in went.items():
        (group, *others) = to
        if not others and plan.names[group] != category:
            merged.setdefault(group, []).append(category)
    lines = Counter({group: sum(went[each][group] for each in found) for group, found in merged.items()})
    merges = [
        Merged(_name(plan, group), tuple(public_id(Prefix.CATEGORY, each) for each in sorted(found)), lines[group])
        for group, found in merged.items()
    ]
    return Summary(
        categories_before=len(went),
        categories_after=len(plan.groups),
        templates=len(members),
        moved_templates=len(moves),
        moved_lines=sum(members[place].lines for place, _ in moves),
        new_categories=sum(name is None for name in plan.names),
        merges=len(merges),
        splits=len(splits),
        moves=tuple(
            Move(
                template_id=public_id(Prefix.TEMPLATE, members[place].id),
                text=members[place].text,
                source=public_id(Prefix.CATEGORY, members[place].category),
                to=_name(plan, group),
                lines=members[place].lines,
                why=why[members[place].id],
            )
            for place, group in shown
        ),
        merged=tuple(sorted(merges, key=lambda each: (-each.lines, each.merged))[:most]),
        split=tuple(sorted(splits, key=lambda each: (-each.lines, each.category_id))[:most]),
    )


def _name(plan: Reclustering, group: int) -> str | None:
    name = plan.names[group]
    return None if name is None else public_id(Prefix.CATEGORY, name)
