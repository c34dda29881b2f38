"""Folds templates of the stream that differ in a variable word: their categories become one.

The templates stay, each with its counts, samples and fingerprint; a template with the place left open joins them, which
takes in what comes with other words. So whoever takes the merge back finds everything as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from ingest.cardinality import MOST_VARIABLES
from ingest.clustering.fold_writing import MOST_MEMBERS, Fold, write_fold
from ingest.clustering.lease import Lease
from ingest.clustering.snapshot import PendingTemplate
from ingest.sightings import Sightings
from knowledge_base.absorbing import places_apart, places_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.signature.wildcards.candidates import Wildcard, wildcards
from knowledge_base.store import projects
from knowledge_base.store.grouping import wildcards as known_wildcards
from knowledge_base.store.grouping.wildcards import Sighting

MOST_SIGHTINGS = 500_000
"""Sightings that are kept for a project, about 100 bytes each; the oldest go first."""

MOST_WORDS = 16
"""Words that are kept of a place; people may keep templates apart at one that would be a variable by now."""

_SIGHTINGS_AT_ONCE = 2_000


def fold(knowledge: KnowledgeBase, lease: Lease, pending: Sequence[PendingTemplate]) -> int:
    """Fold pending templates with each other and with earlier ones; tell how many categories were merged.

    Raises LostOwnership where another process took over; what was folded by then holds.
    """
    project = lease.project
    with knowledge.store.read() as db:
        depths = known_wildcards.depths(db, project, [each.id for each in pending])
        new = {each.id: wildcards(each.text) for each in pending if depths.get(each.id, 0) < MOST_VARIABLES}
        folds, seen = _plan(db, project, pending, new)
    for part in _parts(seen, _SIGHTINGS_AT_ONCE):
        with knowledge.store.write() as db:
            projects.lock(db, project)
            lease.check(db)
            known_wildcards.add_sightings(db, project, part)
            known_wildcards.forget_oldest(db, project, keep=MOST_SIGHTINGS)
    merged = 0
    for each in folds:
        with knowledge.store.write() as db:
            projects.lock(db, project)
            lease.check(db)
            merged += write_fold(db, project, each, knowledge.clock())
    return merged


def _parts(everything: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (everything[start : start + size] for start in range(0, len(everything), size))


def _plan(
    db: Connection, project: str, pending: Sequence[PendingTemplate], new: Mapping[int, Sequence[Wildcard]]
) -> tuple[list[Fold], list[Sighting]]:
    """Decide what to fold, and what is to be kept of what was seen."""
    depth = known_wildcards.deepest(db, project)
    places = {each.id: places_of(each.text, depth=depth) if depth else () for each in pending}
    known = known_wildcards.find(db, project, (place for each in places.values() for place in each))
    apart = places_apart(db, project, {place: each.ref.template for place, each in known.items()})
    joining: dict[int, list[int]] = {}
    for each in pending:
        into = {known[place].ref for place in places[each.id] if place in known and place not in apart}
        for ref in into:
            if ref.category != each.category:
                joining.setdefault(ref.template, []).append(each.id)
    folds = [Fold(0, tuple(part), into) for into, members in joining.items() for part in _parts(members, MOST_MEMBERS)]
    earlier = known_wildcards.sightings(db, project, (each.hash for found in new.values() for each in found))
    met = {(each.place, each.word) for each in earlier}
    words = Counter(each.place for each in earlier)
    table, fresh = Sightings(), list[Sighting]()
    for sighting in earlier:
        table.add(sighting.place, sighting.word, sighting.template)
    for template, found in new.items():
        for wildcard in found:
            table.add(wildcard.hash, wildcard.word, template)
            if (wildcard.hash, wildcard.word) not in met and words[wildcard.hash] < MOST_WORDS:
                met.add((wildcard.hash, wildcard.word))
                words[wildcard.hash] += 1
                fresh.append(Sighting(wildcard.hash, wildcard.word, template))
    folds += [Fold(place, tuple(members), None) for place, members in table.variables().items() if place not in known]
    return folds, fresh
