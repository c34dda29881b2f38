"""What a reclustering would change; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ingest.clustering.grouping import Standing
from ingest.clustering.items import Item
from ingest.clustering.reclustering.candidates import near_pairs
from ingest.clustering.reclustering.groups import Edge, Ground, Unit, few, group_component
from ingest.clustering.reclustering.naming import Share, heirs, name_groups
from ingest.clustering.reclustering.reading import Base, read_base
from ingest.clustering.reclustering.scoring import Scorer
from ingest.clustering.reclustering.vectors import Stored, stored_vectors
from knowledge_base.curation.grouping.together import Together
from knowledge_base.embedding.port import Embedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.judge import Judge
from knowledge_base.store import projects
from knowledge_base.store.rarity.term_statistics import statistics

Tick = Callable[[int], None]

WEIGHED = 20_000
"""Templates whose words are weighed by how often they come; a word of others alone counts as rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclustering:
    """A project as it is and as it would be.

    ``groups`` has the places of members, ``names`` the category that each group is (None for a new one), ``heirs`` for
    each id that no group keeps the group that most of its lines come to. The vectors hold for the block that gave this.
    """

    project: str
    backend: str
    base: Base
    items: tuple[Item, ...]
    stored: Stored
    scorer: Scorer
    groups: tuple[tuple[int, ...], ...]
    names: tuple[int | None, ...]
    heirs: Mapping[int, int]

    def moves(self) -> Iterator[tuple[int, int]]:
        """Give place and group of each member that leaves its category."""
        for group, places in enumerate(self.groups):
            name = self.names[group]
            yield from ((place, group) for place in places if self.base.members[place].category != name)


@contextmanager
def plan_reclustering(
    knowledge: KnowledgeBase, project: str, tick: Tick = lambda _more: None
) -> Iterator[Reclustering]:
    """Cluster a project anew, for the length of a block; ``tick`` is told twice of each template: embedded, compared.

    Raises NotFound for a project that is not there, ModelUnavailable where the model cannot be opened.
    """
    with knowledge.store.read() as db:
        projects.require_project(db, project)
        base = read_base(db, project)
    items = tuple(Item(each.id, each.category, each.text, each.codes, True) for each in base.members)
    embedder = knowledge.embedder_of(project)
    with stored_vectors(knowledge, project, embedder, base.members, tick) as stored:
        scorer = Scorer(items, stored, _judge(knowledge, project, embedder, items))
        units = _units(base, stored)
        groups = _groups(base, items, stored, scorer, units, knowledge.settings.group_threshold, tick)
        shares = [_shares(base, places) for places in groups]
        labelled = {number for number, standing in base.standings.items() if standing.labelled}
        names = name_groups(shares, labelled)
        yield Reclustering(
            project=project,
            backend=embedder.backend,
            base=base,
            items=items,
            stored=stored,
            scorer=scorer,
            groups=tuple(groups),
            names=tuple(names),
            heirs=heirs(shares, names),
        )


def _judge(knowledge: KnowledgeBase, project: str, embedder: Embedder, items: Sequence[Item]) -> Judge:
    """Give the judge that weighs words as the stream does now; of a large project those of its first templates."""
    judge = knowledge.judge_with(embedder)
    words = {word for item in items[:WEIGHED] for word in judge.words(item.text)}
    with knowledge.store.read() as db:
        seen = statistics(db, project, words)
    return judge.following(seen.templates_with, seen.templates)


def _units(base: Base, stored: Stored) -> dict[int, Unit]:
    places: dict[int, list[int]] = {}
    for place, unit in enumerate(base.units):
        places.setdefault(unit, []).append(place)
    return {number: Unit(tuple(held), few(stored, held), _standing(base, held)) for number, held in places.items()}


def _standing(base: Base, places: Sequence[int]) -> Standing:
    said = (base.standings[base.members[place].category] for place in places)
    return next((each for each in said if each.labelled), Standing(labelled=False, solution=None))


def _groups(
    base: Base,
    items: Sequence[Item],
    stored: Stored,
    scorer: Scorer,
    units: Mapping[int, Unit],
    threshold: float,
    tick: Tick,
) -> list[tuple[int, ...]]:
    linked = Together()
    edges: list[Edge] = []
    shown = [place for unit in units.values() for place in unit.shown]
    for pairs in near_pairs(stored, sorted(shown), tick):
        wanted = [pair for pair in pairs.tolist() if base.units[pair[0]] != base.units[pair[1]]]
        for (left, right), score in zip(wanted, scorer.pairs(wanted), strict=True):
            if score >= threshold:
                linked.join(base.units[left], base.units[right])
                edges.append((left, right, score))
    inside: dict[int, list[Edge]] = {}
    for edge in edges:
        inside.setdefault(linked.of(base.units[edge[0]]), []).append(edge)
    found: list[list[int]] = []
    for component in linked.groups():
        ground = Ground(items, stored, scorer, inside[component[0]], units, base.apart)
        found += group_component(ground, component, threshold)
    grouped = {number for group in found for number in group}
    found += [[number] for number in units if number not in grouped]
    parts = (part for group in found for part in _beside_labelled(base, units, group))
    return sorted(tuple(sorted(place for number in part for place in units[number].places)) for part in parts)


def _beside_labelled(base: Base, units: Mapping[int, Unit], group: Sequence[int]) -> list[list[int]]:
    """Let only whole categories come to a labelled one, as a window does; parts of others stay by themselves."""
    labelled = [number for number in group if units[number].standing.labelled]
    if not labelled or len(group) == 1:
        return [list(group)]
    inside = Counter(base.members[place].category for number in group for place in units[number].places)
    whole = {category for category, count in inside.items() if count == base.sizes[category]}
    joining = [
        number
        for number in group
        if number in labelled or all(base.members[place].category in whole for place in units[number].places)
    ]
    rest = [number for number in group if number not in joining]
    return [joining, rest] if rest else [joining]


def _shares(base: Base, places: Sequence[int]) -> dict[int, Share]:
    found: dict[int, Share] = {}
    for place in places:
        each = base.members[place]
        known = found.get(each.category, Share(lines=0, templates=0, by_person=False))
        found[each.category] = Share(
            lines=known.lines + each.lines,
            templates=known.templates + 1,
            by_person=known.by_person or each.by_person,
        )
    return found
