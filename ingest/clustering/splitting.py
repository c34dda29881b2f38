"""Which categories are two: their templates, compared with each other, fall into two parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ingest.clustering.items import Comparison, Item, Similarities
from ingest.clustering.proposing import in_common
from knowledge_base.curation.grouping.together import Together
from knowledge_base.store.grouping.proposal_values import Going, Grounds, ProposalKind, Proposed

LEAST_TEMPLATES = 3
NEXT_TO_NOTHING = 1e-6


def find_split(
    category: int,
    compared: Comparison,
    *,
    across: float,
    inside: float,
    together: Iterable[tuple[int, int]] = (),
    least: int = LEAST_TEMPLATES,
) -> Proposed | None:
    """Propose to split a category, given by its templates; None where it is one.

    Average linkage cuts in two; it is proposed where templates of different parts are alike by less than ``across`` on
    average, while those within are by ``inside`` at least. ``together`` holds pairs of templates that people linked:
    they go together or stay. The smaller part would go, of equal ones the one without the oldest template. The score is
    how far apart the parts are (1 minus their average), its threshold 1 minus ``across``. A category with fewer than
    ``least`` templates is left alone.
    """
    items, alike = compared.items, compared.block(range(len(compared.items)))
    linked = Together()
    for left, right in together:
        linked.join(left, right)
    places = [place for place, item in enumerate(items) if item.template is not None and item.clean]
    groups = [linked.of(items[place].template or 0) for place in places]
    if len(places) < least or len(set(groups)) < 2:
        return None
    parts = _cut(alike[np.ix_(places, places)], groups)
    stays, goes = _sides([[places[each] for each in part] for part in parts], items)
    crossing = alike[np.ix_(stays, goes)]
    between = float(np.mean(crossing))
    within = min(_within(alike, stays), _within(alike, goes))
    if between >= across or within < inside:
        return None
    row, column = np.unravel_index(int(np.argmax(crossing)), crossing.shape)
    shared = in_common(compared.judge, compared.profile(stays[int(row)]), compared.profile(goes[int(column)]))
    going = tuple(
        Going(items[place].template or 0, round(float(score), 4))
        for place, score in zip(goes, crossing.mean(axis=0), strict=True)
    )
    grounds = Grounds(
        threshold=1.0 - across,
        words=shared.words,
        codes=shared.codes,
        concepts=shared.concepts,
        against=shared.against,
        inside=within,
        going=going,
        version=compared.judge.version,
    )
    return Proposed(category, category, min(1.0, max(0.0, 1.0 - between)), ProposalKind.SPLIT, grounds)


def _cut(alike: Similarities, groups: Sequence[int]) -> list[list[int]]:
    """Cut items in two with average linkage; those of one group stay together."""
    from sklearn.cluster import AgglomerativeClustering

    # What is equal without being linked comes second: a link must not be cut for it.
    distances = np.maximum(1.0 - np.asarray(alike, np.float64), NEXT_TO_NOTHING)
    numbers = np.asarray(groups)
    distances[numbers[:, None] == numbers[None, :]] = 0.0
    labels = AgglomerativeClustering(n_clusters=2, metric="precomputed", linkage="average").fit_predict(distances)
    return [np.flatnonzero(labels == each).tolist() for each in (0, 1)]


def _sides(parts: Sequence[list[int]], items: Sequence[Item]) -> tuple[list[int], list[int]]:
    stays, goes = sorted(parts, key=lambda part: (-len(part), min(items[place].template or 0 for place in part)))
    return stays, goes


def _within(alike: Similarities, places: Sequence[int]) -> float:
    """Average how alike different items of a part are; a single one is whole."""
    size = len(places)
    if size < 2:
        return 1.0
    part = np.asarray(alike[np.ix_(places, places)], np.float64)
    np.fill_diagonal(part, 0.0)
    return float(part.sum() / (size * (size - 1)))
