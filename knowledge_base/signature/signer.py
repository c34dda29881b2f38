"""Text in, signature out: alone, or many with a memory of what was seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from knowledge_base.scrub import may_hold_number_of_any_digits, may_hold_secret, scrub
from knowledge_base.signature.collapsing import SEPARATOR, Collapsed, collapse_all
from knowledge_base.signature.filling import Form, form_of
from knowledge_base.signature.header import header_span
from knowledge_base.signature.json_lines import read_json_line
from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.kinds import KINDS
from knowledge_base.signature.limits import MAX_TEMPLATE_LINE, MAX_TOKEN, SIGNATURE_VERSION
from knowledge_base.signature.masking import Hole, apply_rules, fill_holes, mark_holes
from knowledge_base.signature.memory import Memory
from knowledge_base.signature.reducing import HEX_CANDIDATE, Reduction, clip, mask_hexadecimal, reduce_text, runs_of
from knowledge_base.signature.traces import condense, is_frame
from knowledge_base.types import Signature

_DEFAULT_MEMORY = 50_000
_MAX_ROUNDS = 6
_AT_ONCE = 2000
# What clip replaces, white space that only Python knows, and letters that are others in lower case.
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u0130\u0131\u017f\u212a\ue000-\uf8ff]")
_LONGEST_PLACEHOLDER = max(len(kind.placeholder) for kind in KINDS)


FormKey: TypeAlias = tuple[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reduction leads to: a template whose marked places still wait for their digits."""

    marked: str
    holes: tuple[Hole, ...]

    @property
    def form(self) -> FormKey:
        """What tells, together with the digits, what becomes of it; which run a hole has makes no difference."""
        return self.marked, tuple([(hole.least, hole.most) for hole in self.holes])


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

    ``memory`` bounds how many are remembered. Not safe to be shared by threads.
    """

    def __init__(self, *, memory: int = _DEFAULT_MEMORY) -> None:
        self._known: Memory[str, Signature | Plan] = Memory(memory)
        self._finished: Memory[str, Signature] = Memory(memory)
        self._filled: Memory[tuple[FormKey, tuple[str, ...]], Signature] = Memory(memory)
        self._forms: Memory[tuple[FormKey, tuple[int, ...]], Forms] = Memory(memory)
        self._masked: Memory[str, bool] = Memory(memory)
        # What all texts that collapse to this one have in common.
        self._collapsed: Memory[str, Signature | Plan | Outlook] = Memory(memory)

    def sign(self, text: str) -> Signature:
        """Sign one text."""
        return self._look_up(reduce_text(message_of(text)))

    def sign_all(self, texts: Sequence[str]) -> list[Signature]:
        """Sign texts; one signature each, in their order, equal to :func:`sign` of it."""
        signed: list[Signature] = []
        for start in range(0, len(texts), _AT_ONCE):
            signed += self._sign_some(texts[start : start + _AT_ONCE])
        return signed

    def _sign_some(self, texts: Sequence[str]) -> list[Signature]:
        collapsed = collapse_all(texts)
        if collapsed is None:
            return [self.sign(text) for text in texts]
        found: list[Any] = self._collapsed.get_all(collapsed.texts)
        for at in self._unclear(texts, collapsed):
            found[at] = Outlook.UNCLEAR
        hexadecimal: list[int] = []
        for at in [at for at, known in enumerate(found) if type(known) is not Signature]:
            known, text = found[at], texts[at]
            if type(known) is Plan:
                found[at] = self._fill(known, runs_of(text))
            elif known is Outlook.UNCLEAR:
                found[at] = self.sign(text)
            elif HEX_CANDIDATE.search(collapsed.texts[at]):
                hexadecimal.append(at)  # not remembered: with other values it collapses to something else
            else:
                found[at] = self._sign_new(text, collapsed.texts[at])
        for at, signature in zip(hexadecimal, self._sign_masked([texts[at] for at in hexadecimal]), strict=True):
            found[at] = signature
        return found

    def _unclear(self, texts: Sequence[str], collapsed: Collapsed) -> list[int]:
        """Tell which texts are to be looked at by themselves, whatever they collapse to."""
        unclear = collapsed.with_number
        if max(map(len, texts)) > MAX_TOKEN:
            unclear += [at for at, text in enumerate(texts) if len(text) > MAX_TOKEN and clip(text) != text]
        return unclear

    def _sign_masked(self, texts: Sequence[str]) -> list[Signature]:
        """Sign texts in which digits may be part of hexadecimal values, by what is left without these."""
        if not texts:
            return []
        masked = mask_hexadecimal(SEPARATOR.join([text.strip() for text in texts])).split(SEPARATOR)
        collapsed = collapse_all(masked)
        if collapsed is None:
            return [self.sign(text) for text in texts]
        return [
            self.sign(text) if self._is_unclear(reduced) else self._look_up(Reduction(reduced, bare))
            for text, reduced, bare in zip(texts, collapsed.texts, masked, strict=True)
        ]

    def _is_unclear(self, reduced: str) -> bool:
        """Tell whether texts have to be looked at by themselves; no word that announces a secret is hexadecimal."""
        unclear = self._masked.get(reduced)
        if unclear is None:
            unclear = self._masked[reduced] = is_unclear(reduced)
        return unclear

    def _sign_new(self, text: str, collapsed: str) -> Signature:
        known = self._collapsed.get(collapsed)
        if known is None:
            known = Outlook.UNCLEAR if is_unclear(collapsed) else self._learn(collapsed.strip())
            self._collapsed[collapsed] = known
        if isinstance(known, Signature):
            return known
        return self._fill(known, runs_of(text)) if isinstance(known, Plan) else self.sign(text)

    def _learn(self, reduced: str) -> Signature | Plan:
        known = self._known.get(reduced)
        if known is None:
            made = plan(reduced)
            known = self._known[reduced] = made if made.holes else self._finish(made.marked)
        return known

    def _finish(self, template: str) -> Signature:
        """Finish a template, once for all the lines that lead to it."""
        finished = self._finished.get(template)
        if finished is None:
            finished = self._finished[template] = _finish(template)
        return finished

    def _look_up(self, reduction: Reduction) -> Signature:
        known = self._learn(reduction.text)
        return known if isinstance(known, Signature) else self._fill(known, reduction.runs)

    def _fill(self, made: Plan, runs: list[str]) -> Signature:
        codes = tuple([runs[hole.run] for hole in made.holes])
        form = made.form
        filled = self._filled.get((form, codes))
        if filled is None:
            place = (form, tuple(map(len, codes)))
            forms = self._forms.get(place)
            if forms is _MET:
                forms = self._forms[place] = _forms_of(made, runs, codes)
            elif forms is None:
                self._forms[place] = _MET  # forms pay from the second time on
            filled = forms.fill(codes) if forms is not None else None
            if filled is None:
                filled = self._finish(fill_holes(made.marked, made.holes, runs))
            self._filled[form, codes] = filled
        return filled


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a template and of its key; None where each set of digits has to be looked at by itself."""

    template: Form | None
    key: Form | None

    def fill(self, codes: Sequence[str]) -> Signature | None:
        """Make the signature for digits of the lengths that the forms are for."""
        if self.template is None or self.key is None:
            return None
        return Signature(self.template.fill(codes), fingerprint_of(self.key.fill(codes)), SIGNATURE_VERSION)


_MET = Forms(None, None)


def _forms_of(made: Plan, runs: Sequence[str], codes: Sequence[str]) -> Forms:
    def template(digits: Sequence[str]) -> str:
        changed = list(runs)
        for hole, code in zip(made.holes, digits, strict=True):
            changed[hole.run] = code
        return _finish(fill_holes(made.marked, made.holes, changed)).template

    whole = template(codes)
    if is_unclear(reduce_text(whole).text) or may_hold_number_of_any_digits(whole):
        return Forms(None, None)
    return Forms(form_of(template, codes), form_of(lambda digits: key_of(template(digits)), codes))


class Outlook(Enum):
    """What stands in place of a signature where a text without its digits does not tell enough."""

    UNCLEAR = "each text has to be scrubbed and read by itself"


def is_unclear(collapsed: str) -> bool:
    """Tell whether the texts that a collapsed one stands for may be JSON, hold secrets or have to be clipped.

    Numbers that are secrets, and length, are not looked for.

    >>> is_unclear("disk 0 is full"), is_unclear("password=0")
    (False, True)
    """
    return collapsed.lstrip().startswith("{") or _SPECIAL.search(collapsed) is not None or may_hold_secret(collapsed)
