"""What a signature is: from a text to its template in steps, which are done again until nothing changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from knowledge_base.scrub import scrub
from knowledge_base.signature.headers.header import header_span
from knowledge_base.signature.headers.json_lines import read_json_line
from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.kinds import KINDS
from knowledge_base.signature.limits import MAX_TEMPLATE_LINE, MAX_TOKEN, SIGNATURE_VERSION
from knowledge_base.signature.masks.masking import Hole, apply_rules, fill_holes, mark, mark_holes
from knowledge_base.signature.recall.words import Abstract, Codes, abstract, is_ruined, put_back, stand_ins
from knowledge_base.signature.reducing import clip, reduce_text
from knowledge_base.signature.traces import condense, is_frame
from knowledge_base.types import Signature

MAX_ROUNDS = 6
_LONGEST_PLACEHOLDER = max(len(kind.placeholder) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reduced text leads to: a template whose marked places still wait for their digits, each for its own.

    The holes number those runs of digits that are no part of a stand-in.
    """

    marked: str
    holes: tuple[Hole, ...]

    def fill(self, digits: Sequence[str]) -> str:
        """Put digits into the places; what is too long or too short for a code becomes ``<n>``."""
        return fill_holes(self.marked, self.holes, digits) if self.holes else self.marked

    def kept(self, runs: Sequence[str], free: Sequence[int]) -> list[str]:
        """Choose those of the runs of digits of a text that have a place; ``free`` numbers what is in no word."""
        return [runs[free[hole.run]] for hole in self.holes]


def message_of(text: str) -> str:
    """Scrub a text, take the message out of a JSON line, and clip it; the first step of every signature."""
    text = scrub(text).strip()
    if text.startswith("{") and (row := read_json_line(text)):
        text = scrub(row.text).strip()
    return clip(text)


def plan(reduced: str, own: Collection[int] = ()) -> Plan:
    """Take off the header, condense a trace and mask the rest of a reduced text.

    ``own`` numbers the digits that are part of stand-ins.
    """
    marked, holes = mark_holes(reduced)
    # The header is read without the marks, which have the length of what they stand for.
    lines = condense(marked[header_span(reduced).end :]).split("\n")
    masked = (line if number and is_frame(line) else apply_rules(line) for number, line in enumerate(lines))
    return _plan("\n".join(masked), holes, own)


def _plan(marked: str, holes: Sequence[Hole], own: Collection[int]) -> Plan:
    """Forget the holes that have been masked, and those of stand-ins."""
    left = [number for number, hole in enumerate(holes) if hole.run not in own and mark(number) in marked]
    if len(left) == len(holes) and not own:
        return Plan(marked, tuple(holes))
    places = {ord(mark(number)): mark(place) for place, number in enumerate(left)}
    marked = marked.translate({ord(mark(number)): "0" for number in range(len(holes))} | places)
    kept = [holes[number] for number in left]
    return Plan(marked, tuple([replace(hole, run=hole.run - sum(run < hole.run for run in own)) for hole in kept]))


def bound(template: str) -> str:
    """Cut the lines of a template, and their tokens, between two placeholders."""
    if len(template) <= MAX_TOKEN:
        return template
    return "\n".join(
        " ".join(_cut(token, MAX_TOKEN) for token in _cut(line, MAX_TEMPLATE_LINE).split(" "))
        for line in template.split("\n")
    )


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    end = text.rfind("<", length - _LONGEST_PLACEHOLDER, length)
    return text[: end if end > 0 and ">" not in text[end:length] else length]


def step(message: str, codes: Codes) -> str:
    """Make the template of a message; the template itself may still have to be masked."""
    reduction = reduce_text(message)
    found = abstract(reduction.text, codes)
    made = plan(*stand_ins(found.text))
    if is_ruined(made.marked):
        found, made = Abstract(reduction.text, ()), plan(reduction.text)
    runs = reduction.runs if made.holes or found.torn else ()
    filled = made.fill(made.kept(runs, found.free(len(runs))))
    return bound(put_back(filled, found.whole(runs)))


def finish(template: str, codes: Codes) -> str:
    """Mask a template until nothing changes any more, so that it has the signature of its line."""
    template = bound(template)
    for _ in range(MAX_ROUNDS):
        again = step(message_of(template), codes)
        if again == template:
            break
        template = again
    return template


def signature_of(template: str) -> Signature:
    """Make the signature of a finished template."""
    return Signature(template, fingerprint_of(key_of(template)), SIGNATURE_VERSION)


def sign(text: str) -> Signature:
    """Sign one text; a pure function of it and of :data:`SIGNATURE_VERSION`.

    >>> sign("2024-06-11 10:22:33 ERROR Job: read of /data/a.csv failed after 31 s").template
    'Job: read of <path> failed after <duration>'
    """
    codes = Codes()
    return signature_of(finish(step(message_of(text), codes), codes))
