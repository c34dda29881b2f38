"""What people judged, answered again: how good answers are, which thresholds fit, and what those would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.calibrating.choosing import Choice, choose_answer, choose_suggest
from assistant.calibrating.counting import Tally, tally
from assistant.calibrating.replaying import Replay, Replayed
from knowledge_base.measures import Bin, auroc, brier, reliability
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.types import Outcome

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Changed:
    """A judged question that would end otherwise."""

    row: Replayed
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How ``cases`` judged questions would be answered today, ``judged`` of which tell right from wrong.

    ``proposed`` are the thresholds to take, None where those that hold are as good as any; ``after`` counts what they
    would lead to. ``changed`` counts the questions that would end otherwise, ``examples`` shows some. A Brier score and
    an AUROC are None where they cannot be told.
    """

    cases: int
    judged: int
    by_engineers: int
    is_complete: bool
    before: Tally
    answer: Choice
    suggest: Choice
    proposed: Thresholds | None
    after: Tally
    brier: float | None
    auroc: float | None
    reliability: tuple[Bin, ...]
    changed: int
    examples: tuple[Changed, ...]

    @property
    def constant_brier(self) -> float | None:
        """The Brier score of one who always gives the share that is right; a confidence has to be below it."""
        counts = sum(row.count for row in self.reliability)
        right = sum(row.count * row.right for row in self.reliability)
        return right / counts * (1 - right / counts) if counts else None


def calibrate(replay: Replay, present: Thresholds, *, answer_precision: float, suggest_precision: float) -> Calibration:
    """Choose thresholds and compare them with those that hold; nothing is written."""
    rows = replay.rows
    told = [each for each in rows if each.right is not None]
    answer = choose_answer(rows, precision=answer_precision)
    limit = present.answer if answer.threshold is None else answer.threshold
    suggest = choose_suggest(rows, answer=limit, precision=suggest_precision)
    wanted = min(limit, present.suggest if suggest.threshold is None else suggest.threshold)
    fitting = Thresholds(limit, wanted)
    changed = _changed(rows, present, fitting)
    pairs = [(each.confidence, bool(each.right)) for each in told]
    return Calibration(
        cases=len(rows),
        judged=len(told),
        by_engineers=sum(each.by_engineer for each in rows),
        is_complete=replay.is_complete,
        before=tally(rows, present),
        answer=answer,
        suggest=suggest,
        proposed=None if fitting == present else fitting,
        after=tally(rows, fitting),
        brier=brier(pairs),
        auroc=auroc(pairs),
        reliability=reliability(pairs),
        changed=len(changed),
        examples=tuple(changed[:MOST_SHOWN]),
    )


def _changed(rows: Sequence[Replayed], before: Thresholds, after: Thresholds) -> list[Changed]:
    """List what would end otherwise: first what is wrong, then what is right, then what nobody can tell of."""
    found = [Changed(each, each.outcome(before), each.outcome(after)) for each in rows]
    return sorted(
        (each for each in found if each.before is not each.after),
        key=lambda each: (each.row.right is not False, each.row.right is None, -each.row.confidence),
    )
