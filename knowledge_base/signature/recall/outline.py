"""What is worked out once for all texts that differ only in their digits and in words that no rule knows.

It is a short cut: what :mod:`knowledge_base.signature.steps` makes of each of these texts is made of stand-ins, and
the words and digits are put in. Where that could differ, :meth:`Outline.sign` says None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from knowledge_base.scrub import may_hold_number_of_any_digits, may_hold_secret, may_hold_secret_with_other_words
from knowledge_base.signature.limits import MAX_TOKEN
from knowledge_base.signature.recall.forms import Form, form_of
from knowledge_base.signature.recall.words import Codes, codes_in, is_ruined, put_back, split_at_stand_ins, stand_ins
from knowledge_base.signature.reducing import reduce_text
from knowledge_base.signature.steps import MAX_ROUNDS, finish, plan
from knowledge_base.types import Signature

_MOST_VARIANTS = 64
_MOST_CHARACTERS = 100_000
# What clip replaces, white space that only Python knows, and letters that are others in lower case.
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u0130\u0131\u017f\u212a\ue000-\uf8ff]")


class _Unmet(Enum):
    UNMET = "forms pay from the second time on"


class _UnclearError(Exception):
    """Stand-ins do not tell what becomes of a text."""


class Outline:
    """What an abstract text leads to.

    ``odd``: what collapses to it may be JSON or has to be clipped, each text by itself. ``wary``: it names what goes
    before secrets. ``ruined``: stand-ins tell nothing here. ``runs`` numbers the digits that are kept, among those that
    are in no word, and ``shown`` the words.
    """

    __slots__ = ("_codes", "_made", "_variants", "_words", "odd", "ruined", "runs", "shown", "wary")

    def __init__(self, abstract_text: str, codes: Codes) -> None:
        standing = stand_ins(abstract_text)
        self._codes = codes
        self._words = len(codes_in(abstract_text))
        self._made = plan(*standing)
        self.runs = tuple([hole.run for hole in self._made.holes])
        self.ruined = self._words > 0 and is_ruined(self._made.marked)
        self.shown = tuple(sorted(split_at_stand_ins(self._made.marked)[1])) if self._words else ()
        self.odd = standing.text.startswith("{") or _SPECIAL.search(standing.text) is not None
        self.wary = any(map(may_hold_secret_with_other_words, (standing.text, self._made.marked)))
        self._variants: dict[tuple[int, ...], Form | _Unmet | None] = {}

    def sign(self, words: Sequence[str], kept: Sequence[str]) -> Signature | None:
        """Sign a text with these words and the digits of ``runs``; None where it has to go through all steps."""
        lengths = tuple(map(len, kept)) if kept else ()
        form = self._variants.get(lengths, _Unmet.UNMET)
        if isinstance(form, _Unmet):
            form = self._learn(lengths, kept)
        signature = form.sign([*words, *kept] if kept else words) if form is not None else None
        if signature is None or (self.wary and may_hold_secret(signature.template)):
            return None
        return signature

    def template(self, words: Sequence[str], kept: Sequence[str]) -> str:
        """Make the template of a text with these words and digits, before it is masked again."""
        return put_back(self._made.fill(kept), words)

    def _learn(self, lengths: tuple[int, ...], kept: Sequence[str]) -> Form | None:
        if lengths and lengths not in self._variants:
            if len(self._variants) >= min(_MOST_VARIANTS, _MOST_CHARACTERS // (len(self._made.marked) + 1) + 1):
                self._variants.clear()
            self._variants[lengths] = _Unmet.UNMET
            return None

        def template(digits: Sequence[str]) -> str:
            made = self._made.fill(digits)
            whole = self._finish(made) if self._words else finish(made, self._codes)
            if self._words and is_ruined(whole):
                raise _UnclearError
            if digits and (whole.startswith("{") or may_hold_number_of_any_digits(whole)):
                raise _UnclearError
            return whole

        try:
            form = form_of(template, self._words, kept)
        except _UnclearError:
            form = None
        self._variants[lengths] = form
        return form

    def _finish(self, template: str) -> str:
        """Do as ``finish`` does, with stand-ins instead of words."""
        for _ in range(MAX_ROUNDS):
            template = template.strip()
            if len(template) > MAX_TOKEN or template.startswith("{") or "\n" in template or _SPECIAL.search(template):
                raise _UnclearError
            reduction = reduce_text(template)
            made = plan(reduction.text)
            runs = reduction.runs if made.holes else ()
            again = made.fill(made.kept(runs, range(len(runs))))
            if again == template:
                break
            template = again
        return template
