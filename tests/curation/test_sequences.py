"""Random sequences of corrections, windows, restarts and reclusterings: none breaks what people said."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.curation.sequences.people import People
from tests.curation.sequences.stream import Stream
from tests.store.databases import copied_file, emptied

Step = tuple[str, tuple[int, ...]]

# How often each step comes, and how many numbers it is told.
STEPS = {
    "new_lines": (12, 3),
    "windows": (14, 1),
    "evict": (3, 1),
    "recluster": (5, 1),
    "restart": (2, 0),
    "reindex": (1, 0),
    "users_rules": (3, 2),
    "a_new_kea": (2, 0),
    "export_and_import": (1, 0),
    "label": (5, 2),
    "ignore": (3, 2),
    "attach": (5, 1),
    "link": (2, 2),
    "detach": (2, 1),
    "merge": (6, 3),
    "split": (7, 2),
    "move": (7, 3),
    "accept": (6, 1),
    "dismiss": (5, 1),
    "take_the_last_act_back": (5, 0),
    "take_any_act_back": (6, 1),
}
LENGTH = 14


class Project(People, Stream):
    """A project to which all of that happens."""


def steps_of(seed: int) -> list[Step]:
    """Make up a sequence; the same seed always gives the same one."""
    by = random.Random(seed)
    names = by.choices(list(STEPS), [weight for weight, _ in STEPS.values()], k=LENGTH)
    found = [("first_lines", 1), ("windows", 1), *((name, STEPS[name][1]) for name in names)]
    return [(name, tuple(by.randrange(10_000) for _ in range(count))) for name, count in found]


def play(steps: Sequence[Step], empty: Path, folder: Path, url: str) -> None:
    """Let the steps happen to a new project; says which ones did where one went wrong."""
    project = Project(empty, folder, url)
    done: list[Step] = []
    try:
        for name, numbers in steps:
            done.append((name, numbers))
            getattr(project, name)(*numbers)
            project.everything_holds()
    except BaseException as error:
        error.add_note(f"after {done}")
        raise
    finally:
        project.close()


def play_all(seeds: range, empty: Path, folder: Path, make_url: Callable[[Path], str]) -> None:
    for seed in seeds:
        home = folder / str(seed)
        home.mkdir()
        play(steps_of(seed), empty, home, make_url(home))


@pytest.mark.parametrize("part", range(4))
def test_sequences_on_sqlite(part: int, empty_file: Path, tmp_path: Path) -> None:
    play_all(
        range(50 * part, 50 * part + 50), empty_file, tmp_path, lambda home: copied_file(empty_file, home / "kea.db")
    )


@pytest.mark.postgres
def test_sequences_on_postgresql(empty_file: Path, tmp_path: Path, postgres_store_url: str) -> None:
    play_all(range(1000, 1008), empty_file, tmp_path, lambda _: emptied(postgres_store_url))
