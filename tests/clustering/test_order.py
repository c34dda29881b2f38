"""The order in which lines come, and how many a window holds, hardly change the groups."""

from __future__ import annotations

import random
from collections import Counter
from math import comb
from pathlib import Path

from ingest.clustering import Clusterer
from tests.curation.pictures import picture
from tests.store.databases import MINE, copied_file
from tests.store.knowledge import ingest, knowledge_at

ERRORS = (
    (
        "lease of the worker lost by scheduler",
        "lease of the worker was lost by scheduler",
        "lease of the worker lost by the scheduler",
    ),
    ("heap space exhausted by task", "heap space was exhausted by task", "heap space exhausted by the old task"),
    ("broker connection refused by its peer", "broker connection was refused by its peer"),
    ("checkpoint of the job expired before completing", "the checkpoint of the job expired before completing"),
    ("quota of the project exceeded", "the quota of the project was exceeded", "quota of the project is exceeded"),
    ("table of ledgers not found in warehouse", "the table of ledgers was not found in warehouse"),
    ("permission denied for the reader of the topic", "permission was denied for the reader of the topic"),
    ("disk of the node is full", "the disk of the node is full", "disk of the node is now full"),
    ("certificate of the mailer has expired", "the certificate of the mailer has expired"),
    ("column missing from the ledger of orders", "column is missing from the ledger of orders"),
    ("timed out waiting for the replica of the shard", "timed out while waiting for the replica of the shard"),
    ("password of the courier rejected by directory", "password of the courier was rejected by directory"),
)
TRUTH = {f"ERROR {text}": number for number, forms in enumerate(ERRORS) for text in forms}
SIZES = (1, 3, 7, 1000)
SHUFFLES = 20
SPREAD = 0.03


def pairs(labels: list[object]) -> int:
    """How many pairs have the same label."""
    return sum(comb(count, 2) for count in Counter(labels).values())


def pair_f1(groups: dict[str, int]) -> float:
    right = pairs([(TRUTH[text], group) for text, group in groups.items()])
    return 2 * right / (pairs(list(TRUTH.values())) + pairs(list(groups.values())))


def groups_of(lines: list[str], size: int, url: str, home: Path) -> dict[str, int]:
    """Cluster lines in windows of a size, each window when it is full."""
    with knowledge_at(url, home, window_size=size) as knowledge:
        clusterer = Clusterer(knowledge)
        found: dict[str, str] = {}
        for start in range(0, len(lines), size):
            part = lines[start : start + size]
            found |= {text: each.template_id for text, each in zip(part, ingest(knowledge, *part), strict=True)}
            while clusterer.run_window(MINE) is not None:
                pass
        homes = picture(knowledge.store, MINE).homes
        return {text: homes[int(template.partition("-")[2])] for text, template in found.items()}


def test_the_order_of_lines_and_the_size_of_windows_hardly_matter(empty_file: Path, tmp_path: Path) -> None:
    by = random.Random(20)
    found: list[float] = []
    for number in range(SHUFFLES):
        lines = list(TRUTH)
        by.shuffle(lines)
        url = copied_file(empty_file, tmp_path / str(number) / "kea.db")
        found.append(pair_f1(groups_of(lines, SIZES[number % len(SIZES)], url, tmp_path / "home" / str(number))))
    assert max(found) - min(found) <= SPREAD, found
    assert min(found) > 0.5, "errors are grouped at all"
