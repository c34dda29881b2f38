"""What a line is recognised as, laid out for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from knowledge_base.recognised import How
from web.cli.explaining import narrow_console, plain

if TYPE_CHECKING:
    from knowledge_base.recognised import Candidate, Recognised

_HOW = {
    How.EXACT: "the very same fingerprint was seen before",
    How.JOINED: "its fingerprint was joined to this template: they differ in words that vary",
    How.LINE: "one of its lines has a fingerprint that was seen before",
    How.CODE: "it names the same error code",
    How.SIMILARITY: "it is similar",
}


def print_recognised(recognised: Recognised | None) -> None:
    """Print what a text is recognised as, and why."""
    out = narrow_console()
    out.print()
    if recognised is None:
        out.print("matched      nothing was looked up: there is no knowledge base yet", style="yellow")
        return
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True, min_width=11)
    facts.add_column(overflow="fold")
    for name, value in _findings(recognised):
        facts.add_row(name, Text(plain(value)))
    out.print(facts)


def _findings(recognised: Recognised) -> Iterable[tuple[str, str]]:
    best = recognised.best
    if recognised.how is How.NOTHING or best is None:
        yield "matched", "nothing"
        if recognised.not_searched:
            yield (
                "why",
                f"the fingerprint was not seen before; similar ones were not looked for: {recognised.not_searched}",
            )
        elif best is None:
            yield "why", "the fingerprint was not seen before, and nothing is similar"
        else:
            yield "why", f"the fingerprint was not seen before; nothing is sure by {recognised.threshold:.0%}"
            yield "nearest", f"{_named(best)}, {best.confidence:.0%}, a guess"
        return
    yield "matched", f"{_named(best)}, {best.category.count:,} {'line' if best.category.count == 1 else 'lines'}"
    if best.template is not None:
        yield "template", f"{best.template.id}  {best.template.text}"
    yield "why", _why(recognised, best)
    yield "solution", f"{best.solution.id}  {best.solution.title}" if best.solution else "none yet"
    if recognised.runner_up is not None:
        yield "runner-up", f"{_named(recognised.runner_up)}, {recognised.runner_up.confidence:.0%}"


def _why(recognised: Recognised, best: Candidate) -> str:
    why = _HOW[recognised.how]
    if recognised.how is How.CODE:
        why += f": {', '.join(best.evidence.codes)}"
    if recognised.how is How.SIMILARITY:
        words = ", ".join(best.evidence.words)
        why += f"; in common: {words}" if words else " in meaning; no word in common"
    return why if best.confidence >= 1 else f"{why} (confidence {best.confidence:.0%})"


def _named(candidate: Candidate) -> str:
    label = candidate.category.label
    return f"{candidate.category.id}  {label}" if label else candidate.category.id
