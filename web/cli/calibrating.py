"""A calibration in words, and as a document for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.calibrating.choosing import FEWEST, Choice, Why

if TYPE_CHECKING:
    from assistant.calibrating import Calibration, Changed
    from assistant.calibrating.counting import Counted, Tally

TEXT_SHOWN = 70


def lines(found: Calibration) -> list[str]:
    """Tell how good answers are, what is proposed and what that would change."""
    told = [
        f"{found.cases:,} judged questions, one for all that say the same; engineers judged {found.by_engineers:,}."
        f" Of {found.judged:,} it is known whether the best candidate is right."
    ]
    if not found.is_complete:
        told.append("More were judged; the newest were looked at.")
    if found.judged:
        told += ["", *_table(found), "", *_reliability(found)]
    told += ["", _choice("answer", found.answer), _choice("suggest", found.suggest)]
    if found.changed:
        told.append(f"{found.changed:,} of these questions would end otherwise:")
        told += [_changed(each) for each in found.examples]
        more = found.changed - len(found.examples)
        told += [f"  and {more:,} more"] if more else []
    return told


def document(found: Calibration) -> dict[str, object]:
    """Give all of it as JSON has it."""
    return {
        **asdict(found),
        "constant_brier": found.constant_brier,
        "before": _tally(found.before),
        "after": _tally(found.after),
    }


def _tally(counted: Tally) -> dict[str, object]:
    return {**asdict(counted), "answered": _counted(counted.answered), "suggested": _counted(counted.suggested)}


def _counted(counted: Counted) -> dict[str, object]:
    return {**asdict(counted), "precision": counted.share, "interval": list(counted.interval)}


def _table(found: Calibration) -> list[str]:
    both = (found.before, found.after) if found.proposed is not None else (found.before,)
    rows = [
        ("", ["now", "proposed"]),
        ("answers from", [f"{each.thresholds.answer:g}" for each in both]),
        ("suggests from", [f"{each.thresholds.suggest:g}" for each in both]),
        ("answered", [f"{each.answered.count:,}" for each in both]),
        ("  right, wrong", [_right(each.answered) for each in both]),
        ("  precision", [_precision(each.answered) for each in both]),
        ("  without a solution", [f"{each.unsolved:,}" for each in both]),
        ("suggested", [f"{each.suggested.count:,}" for each in both]),
        ("  right, wrong", [_right(each.suggested) for each in both]),
        ("  precision", [_precision(each.suggested) for each in both]),
        ("unknown", [f"{each.unknown:,}" for each in both]),
    ]
    return [f"{name:22}" + "".join(f"{cell:26}" for cell in cells[: len(both)]).rstrip() for name, cells in rows]


def _right(counted: Counted) -> str:
    return f"{counted.right:,}, {counted.wrong:,}"


def _precision(counted: Counted) -> str:
    if counted.share is None:
        return "-"
    low, high = counted.interval
    return f"{counted.share:.3f} ({low:.3f} to {high:.3f})"


def _reliability(found: Calibration) -> list[str]:
    told = [f"{'confidence':14}{'questions':>10}{'said':>8}{'right':>8}"]
    told += [
        f"{f'{row.low:.1f} to {row.high:.1f}':14}{row.count:>10,}{row.confidence:>8.2f}{row.right:>8.2f}"
        for row in found.reliability
        if row.count
    ]
    if found.brier is not None and found.constant_brier is not None:
        told.append(f"Brier score {found.brier:.4f}; always the same would have {found.constant_brier:.4f}")
    if found.auroc is not None:
        told.append(f"a right one is more confident than a wrong one in {found.auroc:.1%} of pairs (AUROC)")
    return told


def _choice(name: str, choice: Choice) -> str:
    if choice.why is Why.TOO_FEW:
        below = "" if name == "answer" else " below the answer threshold"
        return f"{name}: too few: {choice.count} of at least {FEWEST} judged questions{below}; it stays as it is."
    seen = f"{choice.right:,} of {choice.count:,} were right there, so at least {choice.low:.3f} of all are"
    if choice.threshold is not None:
        return f"{name} from {choice.threshold:g}: {seen} (wanted: {choice.wanted:g})."
    if not choice.count:
        return f"{name}: no candidate was likely enough; it stays as it is."
    return f"{name}: no threshold is sure to be right in {choice.wanted:g}. At best {seen}; it stays as it is."


def _changed(each: Changed) -> str:
    row = each.row
    judged = {True: "right", False: "wrong", None: "not known"}[row.right]
    meant = f", {row.right_id} is meant" if row.right is False and row.right_id else ""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in row.text).split())
    shown = text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + "…"
    return (
        f"  {row.question_id or '-':8} {each.before} -> {each.after} {row.category_id} {row.confidence:.3f}"
        f" ({judged}{meant})  {shown}"
    )
