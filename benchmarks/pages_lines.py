"""Templates and lines of a large project: a million texts in categories of all sizes, and 30 days of counts.

A few templates come every few minutes, some every hour, most a few times in a month; one category has 50,000
templates, half of them no more than 20. Counts lie as the product keeps them: three days by minutes, the rest by
hours. All of it follows from the seed and from ``now``.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from benchmarks.varied import texts
from knowledge_base.signature import sign
from knowledge_base.store.bulk import replace_all
from knowledge_base.store.intake.counts import MINUTES_KEPT
from knowledge_base.store.store import Store
from knowledge_base.store.tables import FingerprintRow, HourCountRow, MinuteCountRow, SampleRow, TemplateRow
from knowledge_base.types import Why

SEED = 41
SERVICES = tuple(
    f"{team}-{part}" for team in ["etl", "orders", "search", "mail", "pay", "auth"] for part in "abcdefghij"
)
LARGEST = 0.05
HOT, WARM = 500, 1_500
HOT_EVERY, WARM_EVERY = 5, 45
"""Minutes between two lines, so far as they lie within the last days."""
DAYS = 30
SAMPLES = 20
AT_ONCE = 20_000

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Project:
    """What is made: its name, its time, and how many categories and templates it has."""

    name: str
    now: datetime
    categories: int
    templates: int

    @property
    def minute(self) -> int:
        """The minute that it is."""
        return int(self.now.timestamp() // 60)


def columns(project: Project, count: int, /, **given: object) -> dict[str, list[object]]:
    """Give columns as lists; a single value stands in each row."""
    full = {"project": project.name, **given}
    return {name: list(value) if isinstance(value, list | range) else [value] * count for name, value in full.items()}


def wordings(project: Project) -> list[str]:
    """Give what each category says."""
    return list(itertools.islice(texts(SEED), project.categories))


def homes(project: Project) -> Numbers:
    """Give the category of each template, from number 1 on; the first templates are one of each category."""
    by = np.random.default_rng(SEED)
    rest = project.templates - project.categories
    weights = np.minimum(by.pareto(0.9, project.categories) + 0.05, 1000)
    weights[0] = 0
    shares = weights / weights.sum() * (1 - LARGEST)
    shares[0] = LARGEST
    further = by.choice(np.arange(1, project.categories + 1), rest, p=shares)
    return np.concatenate([np.arange(1, project.categories + 1), further])


def write_templates(store: Store, project: Project, home: Numbers) -> None:
    """Write templates with fingerprints, samples and counts, some thousands in a transaction."""
    said, popular = wordings(project), _popular(project)
    for start in range(0, project.templates, AT_ONCE):
        numbers = np.arange(start + 1, min(project.templates, start + AT_ONCE) + 1)
        by = np.random.default_rng((SEED, start))
        lines = _Lines(project, numbers, home[numbers - 1], popular[numbers - 1], by)
        _write(store, project, lines, said, by)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Counts: the template of each, its slot and its lines."""

    template: Numbers
    slot: Numbers
    lines: Numbers


class _Lines:
    """When lines of some templates came."""

    def __init__(
        self, project: Project, numbers: Numbers, home: Numbers, popular: Numbers, by: np.random.Generator
    ) -> None:
        self.numbers, self.home, self.popular = numbers, home, popular
        end, kept = project.minute, int(MINUTES_KEPT.total_seconds() // 60)
        at = np.concatenate([*self._regular(end, by), *self._rare(end, by)], axis=1)
        template, minute, lines = at
        # Some categories grow on the last day.
        lines = np.where((home[template - numbers[0]] % 23 == 0) & (minute > end - 1440), lines * 5, lines)
        is_new = minute > end - kept
        self.minutes = _summed(template[is_new], minute[is_new], lines[is_new])
        self.hours = _summed(template[~is_new], minute[~is_new] // 60, lines[~is_new])
        place = template - numbers[0]
        self.first, self.last = np.full(len(numbers), end), np.zeros(len(numbers), np.int64)
        np.minimum.at(self.first, place, minute)
        np.maximum.at(self.last, place, minute)
        self.count = np.bincount(place, lines, len(numbers)).astype(np.int64)

    def _regular(self, end: int, by: np.random.Generator) -> Iterator[Numbers]:
        kept = int(MINUTES_KEPT.total_seconds() // 60)
        for kind, every in ((2, HOT_EVERY), (1, WARM_EVERY)):
            for number in self.numbers[self.popular == kind].tolist():
                recent = np.arange(end - kept, end, every)
                older = np.arange(end - DAYS * 1440, end - kept, 60)
                minute = np.concatenate([older[by.random(len(older)) < (1 if kind == 2 else 0.6)], recent])
                lines = by.poisson(40 if kind == 2 else 4, len(minute)) + 1
                yield np.stack([np.full(len(minute), number), minute, lines])

    def _rare(self, end: int, by: np.random.Generator) -> Iterator[Numbers]:
        times = 1 + by.poisson(1.2, len(self.numbers))
        template = np.repeat(self.numbers, times)
        # Each has its days; a third were seen no more for weeks.
        middle = np.repeat(by.uniform(0, DAYS, len(self.numbers)), times)
        ago = np.clip(middle + by.normal(0, 1.5, len(template)), 0.0, DAYS)
        minute = end - 1 - (ago * 1440).astype(np.int64)
        yield np.stack([template, minute, 1 + by.geometric(0.4, len(template))])


def _popular(project: Project) -> Numbers:
    """Tell of each template whether it comes often (2), each hour (1) or seldom (0)."""
    found = np.zeros(project.templates, np.int64)
    some = np.random.default_rng(SEED + 1).permutation(project.templates)[: HOT + WARM]
    found[some[:HOT]], found[some[HOT:]] = 2, 1
    return found


def _summed(template: Numbers, slot: Numbers, lines: Numbers) -> _Rows:
    width = int(slot.max(initial=0)) + 1
    keys, place = np.unique(template * width + slot, return_inverse=True)
    return _Rows(keys // width, keys % width, np.bincount(place, lines, len(keys)).astype(np.int64))


def _service(category: int) -> str:
    return SERVICES[category * 7 % len(SERVICES)]


def _write(store: Store, project: Project, lines: _Lines, said: list[str], by: np.random.Generator) -> None:
    numbers, home = lines.numbers.tolist(), lines.home.tolist()
    count, version = len(numbers), sign("x").version
    text = [
        _text(said[category - 1], number, number <= project.categories)
        for number, category in zip(numbers, home, strict=True)
    ]
    hashes = [
        sign(each).fingerprint if number <= 2_000 else _digest(each) for number, each in zip(numbers, text, strict=True)
    ]
    first, last = (
        [datetime.fromtimestamp(each * 60, UTC) for each in some.tolist()] for some in (lines.first, lines.last)
    )
    service = [_service(category) for category in home]
    of = dict(zip(numbers, service, strict=True))
    with store.write() as db:
        template = columns(project, count, id=numbers, category=home, text=text, codes=[[]] * count, service=service,
            level="ERROR", reason=[{"why": Why.SIMILARITY, "score": 0.9}] * count, clustered=True,
            count=lines.count.tolist(), first_seen=first, last_seen=last, evicted_at=None, counted=1)  # fmt: skip
        replace_all(db, TemplateRow, ("project", "id"), template)
        replace_all(db, FingerprintRow, ("project", "version", "fingerprint"),
            columns(project, count, version=version, fingerprint=hashes, template=numbers))  # fmt: skip
        for table, rows in ((MinuteCountRow, lines.minutes), (HourCountRow, lines.hours)):
            whose = rows.template.tolist()
            counts = columns(project, len(whose), template=whose, service=[of[each] for each in whose],
                slot=rows.slot.tolist(), lines=rows.lines.tolist())  # fmt: skip
            replace_all(db, table, ("project", "template", "service", "slot"), counts)
        each = np.where(lines.popular > 0, SAMPLES, 1).tolist()
        whose, slot = (
            [n for n, k in zip(numbers, each, strict=True) for _ in range(k)],
            [s for k in each for s in range(k)],
        )
        place = [number - numbers[0] for number in whose]
        value = by.integers(0, 10_000, len(whose)).tolist()
        event = [text[p].replace("<num>", str(v)) for p, v in zip(place, value, strict=True)]
        sampled = columns(project, len(whose), template=whose, slot=slot, at=[last[p] for p in place],
            service=[service[p] for p in place], text=event)  # fmt: skip
        replace_all(db, SampleRow, ("project", "template", "slot"), sampled)


def _text(said: str, number: int, is_first: bool) -> str:
    """Write a template of a category: what it says, and something that only this one says."""
    return said if is_first else f"{said} (attempt <num>, node {_digest(str(number))[:6]}, see step {number % 97})"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
