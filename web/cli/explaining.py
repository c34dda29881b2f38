"""An explanation laid out for a terminal: the line with its marks, the signature, a table of what was done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.harmless import without_controls
from knowledge_base.signature import Family, Limit, Stage

if TYPE_CHECKING:
    from knowledge_base.signature import Explanation, Step

_SHOWN = 2_000
_ROWS = 60
_CELL = 400
_STYLES = {
    Family.QUANTITY: "blue",
    Family.IDENTITY: "magenta",
    Family.PLACE: "green",
    Family.NAME: "yellow",
    Family.TIME: "cyan",
    Family.SECRET: "red",
}
_STAGE_STYLES = {
    Stage.HEADER: "dim",
    Stage.LEFT_OUT: "dim strike",
    Stage.FRAME: "underline",
    Stage.KEPT: "bold underline",
}
_LIMITS = {
    Limit.EVENT: "the event is longer than a signature looks at; its end was left out",
    Limit.LINES: "the event has more lines than a signature looks at; the last ones were left out",
    Limit.LINE: "a line is longer than a signature looks at; its end was left out",
    Limit.TOKEN: "a word is longer than a signature looks at; its end was left out",
    Limit.TEMPLATE: "the template is longer than one may be; its end was cut",
}


def print_explanation(explanation: Explanation) -> None:
    """Print how a text is read."""
    out = narrow_console()
    out.print(_marked(explanation))
    out.print()
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(explanation):
        facts.add_row(name, Text(plain(value)))
    out.print(facts)
    rows = [row for row in map(_row, sorted(explanation.steps, key=_place)) if row is not None]
    if rows:
        out.print()
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("text", overflow="fold", ratio=4)
        table.add_column("becomes", overflow="fold", ratio=2)
        table.add_column("rule", overflow="fold", ratio=3)
        for row in rows[:_ROWS]:
            table.add_row(*row)
        out.print(table)
    hidden = max(0, len(rows) - _ROWS) + explanation.more
    if hidden:
        out.print(
            f"{hidden:,} more steps; --json lists {'them' if not explanation.more else 'some of them'}", style="dim"
        )
    for limit in dict.fromkeys(step.rule for step in explanation.of(Stage.LIMIT)):
        out.print(f"Limit: {_LIMITS[Limit(limit)]}.", style="yellow")
    if not explanation.followed:
        out.print("Some steps could not be followed to their places in the line.", style="yellow")


def narrow_console() -> Console:
    """Make a console that folds tables to the width of the terminal."""
    return Console(highlight=False)


def plain(text: str) -> str:
    """Make a text harmless for a terminal, each character in its place."""
    return without_controls(text).replace("\r", " ")


def _cell(text: str) -> str:
    line = " ⏎ ".join(plain(text).strip().splitlines())
    return line if len(line) <= _CELL else f"{line[:_CELL]}…"


def _marked(explanation: Explanation) -> Text:
    text = Text(plain(explanation.text[:_SHOWN]).replace("\t", " "))
    for step in explanation.marks():
        if step.start is not None and step.end is not None and step.start < _SHOWN:
            text.stylize(_style(step), step.start, min(step.end, _SHOWN))
    if len(explanation.text) > _SHOWN:
        text.append(f" … {len(explanation.text) - _SHOWN:,} more characters", style="dim")
    return text


def _style(step: Step) -> str:
    if step.family is not None:
        return f"{_STYLES[step.family]} underline"
    return _STAGE_STYLES.get(step.stage, "")


def _facts(explanation: Explanation) -> Iterable[tuple[str, str]]:
    header = explanation.header
    parts = [
        f"time {_time(header.at)}" if header.at else "",
        f"level {header.level}" if header.level else "",
        f"service {header.service}" if header.service else "",
        f"host {header.host}" if header.host else "",
    ]
    yield "header", ", ".join(part for part in parts if part) or "none"
    if explanation.json_line:
        yield "JSON", "the line is a JSON object; its message and error are read"
    yield "template", explanation.template
    yield "key", explanation.key
    yield "fingerprint", explanation.fingerprint
    yield "version", explanation.version
    if explanation.error_codes:
        yield "codes", ", ".join(explanation.error_codes)
    if explanation.exception_classes:
        yield "exceptions", ", ".join(explanation.exception_classes)


def _time(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def _place(step: Step) -> tuple[bool, int, int]:
    """Sort steps as their texts stand in the line, what is around something before it."""
    return step.start is None, step.start or 0, -(step.end or 0)


def _row(step: Step) -> tuple[Text, Text, Text] | None:
    """Lay a step out; what the header and the limits say stands elsewhere."""
    if step.stage in (Stage.HEADER, Stage.LIMIT, Stage.JSON):
        return None
    matched, becomes, rule = _cell(step.matched), _cell(step.placeholder), plain(step.rule)
    if step.stage is Stage.SECRET:
        matched, rule = "(not shown)", f"{rule}, taken out"
    elif step.stage is Stage.LEFT_OUT:
        becomes, rule = "left out", rule
    elif step.placeholder == step.matched:
        becomes = "kept"
    if step.stage is Stage.USER_RULE:
        rule = f"{rule} (a rule of yours)"
    style = _style(step)
    if step.inside:
        rule, style = f"{rule}, then masked by a later rule", "dim"
    return Text(matched, style=style), Text(becomes, style=style), Text(rule, style="dim" if step.inside else "")
