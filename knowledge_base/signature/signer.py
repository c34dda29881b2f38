"""Text in, signature out: alone, or many with a memory of what was seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.scrub import scrub, scrub_all
from knowledge_base.signature.header import header_span
from knowledge_base.signature.json_lines import read_json_line
from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.kinds import KINDS
from knowledge_base.signature.limits import MAX_TEMPLATE_LINE, MAX_TOKEN, SIGNATURE_VERSION
from knowledge_base.signature.masking import Hole, apply_rules, fill_holes, mark_holes
from knowledge_base.signature.reducing import Reduction, clip, reduce_all, reduce_text
from knowledge_base.signature.traces import condense, is_frame
from knowledge_base.types import Signature

_DEFAULT_MEMORY = 50_000
_MAX_ROUNDS = 6
_LONGEST_PLACEHOLDER = max(len(kind.placeholder) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reduction leads to: a template whose marked places still wait for their digits."""

    marked: str
    holes: tuple[Hole, ...]


def _message(scrubbed: str) -> str:
    text = scrubbed.strip()
    if text.startswith("{") and (row := read_json_line(text)):
        text = scrub(row.text).strip()
    return clip(text)


def message_of(text: str) -> str:
    """Scrub a text, take the message out of a JSON line, and clip it; the first step of every signature."""
    return _message(scrub(text))


def plan(reduced: str) -> Plan:
    """Take off the header, condense a trace and mask the rest of a reduced text."""
    marked, holes = mark_holes(reduced)
    # The header is read without the marks, which have the length of what they stand for.
    lines = condense(marked[header_span(reduced).end :]).split("\n")
    masked = (line if number and is_frame(line) else apply_rules(line) for number, line in enumerate(lines))
    return Plan("\n".join(masked), holes)


def _bound(template: str) -> str:
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


def _template(reduction: Reduction) -> str:
    made = plan(reduction.text)
    return _bound(fill_holes(made.marked, made.holes, reduction.runs) if made.holes else made.marked)


def _finish(template: str) -> Signature:
    """Mask a template until nothing changes any more, so that it has the signature of its line."""
    template = _bound(template)
    for _ in range(_MAX_ROUNDS):
        again = _template(reduce_text(message_of(template)))
        if again == template:
            break
        template = again
    return Signature(template, fingerprint_of(key_of(template)), SIGNATURE_VERSION)


def sign(text: str) -> Signature:
    """Sign one text; a pure function of it and of :data:`SIGNATURE_VERSION`.

    >>> sign("2024-06-11 10:22:33 ERROR Job: read of /data/a.csv failed after 31 s").template
    'Job: read of <path> failed after <duration>'
    """
    return _finish(_template(reduce_text(message_of(text))))


class Signer:
    """Signs as :func:`sign` does, and remembers templates by what is left of a line without its digits.

    ``memory`` bounds how many reductions are remembered; the one that was not used for longest goes first.
    Not safe to be shared by threads.
    """

    def __init__(self, *, memory: int = _DEFAULT_MEMORY) -> None:
        self._memory = memory
        self._known: OrderedDict[str, Signature | Plan] = OrderedDict()
        self._filled: OrderedDict[tuple[str, tuple[str, ...]], Signature] = OrderedDict()

    def sign(self, text: str) -> Signature:
        """Sign one text."""
        return self._look_up(reduce_text(message_of(text)))

    def sign_all(self, texts: Sequence[str]) -> list[Signature]:
        """Sign texts; one signature each, in their order, equal to :func:`sign` of it."""
        return self.sign_scrubbed(scrub_all(texts))

    def sign_scrubbed(self, texts: Sequence[str]) -> list[Signature]:
        """Do the same for texts that were scrubbed before."""
        return [self._look_up(reduction) for reduction in reduce_all([_message(text) for text in texts])]

    def _look_up(self, reduction: Reduction) -> Signature:
        known = self._known.get(reduction.text)
        if known is None:
            made = plan(reduction.text)
            known = made if made.holes else _finish(made.marked)
            self._known[reduction.text] = known
            if len(self._known) > self._memory:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(reduction.text)
        if isinstance(known, Signature):
            return known
        runs = reduction.runs
        codes = tuple(runs[hole.run] for hole in known.holes)
        place = (reduction.text, codes)
        filled = self._filled.get(place)
        if filled is None:
            filled = self._filled[place] = _finish(fill_holes(known.marked, known.holes, runs))
            if len(self._filled) > self._memory:
                self._filled.popitem(last=False)
        else:
            self._filled.move_to_end(place)
        return filled
