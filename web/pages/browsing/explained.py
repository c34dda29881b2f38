"""An explanation in the words of a page: the line cut at its marks, and a row for each step."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from knowledge_base.signature import Explanation, LeftOut, Limit, Stage, Step
from web.showing.language import Translator
from web.showing.segments import SHOWN, Segment, template_segments

CELL_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the line; ``css`` is the family of what varies or what else became of it."""

    text: str
    css: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One step: the text, what it became, and who did it."""

    text: str
    becomes: tuple[Segment, ...]
    verb: Markup
    rule: str
    says: Markup
    is_inside: bool


def pieces_of(explanation: Explanation, translator: Translator) -> list[Piece]:
    """Cut the line at its marks."""
    pieces, end = list[Piece](), 0
    for step in explanation.marks():
        start, stop = step.start or 0, min(step.end or 0, SHOWN)
        if start >= SHOWN:
            break
        if start > end:
            pieces.append(Piece(explanation.text[end:start]))
        pieces.append(Piece(explanation.text[start:stop], _css(step), _title(step, translator)))
        end = stop
    if end < min(len(explanation.text), SHOWN):
        pieces.append(Piece(explanation.text[end:SHOWN]))
    return pieces


def _css(step: Step) -> str:
    if step.family is not None:
        return f"variable {step.family}"
    return {Stage.HEADER: "head", Stage.LEFT_OUT: "left-out", Stage.LIMIT: "left-out", Stage.FRAME: "frame"}.get(
        step.stage, "kept"
    )


def _title(step: Step, translator: Translator) -> str:
    _ = translator.text
    if step.stage is Stage.HEADER:
        return str(_("header"))
    if step.stage in (Stage.LEFT_OUT, Stage.LIMIT):
        return str(_("left out"))
    said = str(_(step.meaning)) if step.meaning else ""
    return " · ".join(part for part in (step.rule, said) if part)


def row_of(step: Step, translator: Translator) -> Row:
    """Put a step into a row of the table."""
    _ = translator.text
    rule, verb, says = step.rule, Markup(""), _(step.meaning) if step.meaning else Markup("")
    if step.stage is Stage.SECRET:
        rule, says = "", _("%(kind)s, taken out before anything else", kind=says)
    elif step.stage is Stage.LEFT_OUT:
        rule, verb, says = "", _("left out"), _left_out(translator)[step.rule]
    elif step.stage is Stage.FRAME:
        rule, says = "", _("frame of your own code, without its line number")
    elif step.placeholder == step.matched:
        verb, says = _("kept"), _("digits that mean something")
    if step.stage is Stage.USER_RULE:
        says = _("a rule of this project")
    becomes = () if verb else template_segments(step.placeholder)
    text = step.matched if step.stage is not Stage.SECRET else "•••"
    return Row(_short(text), becomes, verb, rule, says, step.inside)


def _short(text: str) -> str:
    text = "\n".join(line.strip() for line in text.strip().split("\n"))
    return text if len(text) <= CELL_SHOWN else f"{text[:CELL_SHOWN]} …"


def _left_out(translator: Translator) -> dict[str, Markup]:
    _ = translator.text
    return {
        LeftOut.HEADING: _("heading of a trace"),
        LeftOut.PREFIX: _("header of a further line, or the name of a thread"),
        LeftOut.LIBRARY: _("frame of a library"),
        LeftOut.DEEPER: _("frame of your own code below the first two"),
        LeftOut.REPEATED: _("frames that the trace shows elsewhere"),
        LeftOut.SOURCE: _("source line of a frame"),
        LeftOut.SUPPRESSED: _("suppressed exception"),
        LeftOut.SIDE: _("detail that says only where"),
        LeftOut.OTHER: _("says nothing about which error it is"),
    }


def limits_of(translator: Translator) -> dict[str, Markup]:
    """Say what each limit means."""
    _ = translator.text
    return {
        Limit.EVENT: _("The event is longer than a signature looks at; its end was left out."),
        Limit.LINES: _("The event has more lines than a signature looks at; the last ones were left out."),
        Limit.LINE: _("A line is longer than a signature looks at; its end was left out."),
        Limit.TOKEN: _("A word is longer than a signature looks at; its end was left out."),
        Limit.TEMPLATE: _("The template is longer than one may be; its end was cut."),
    }
