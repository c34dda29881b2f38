"""Signs many texts with a memory of what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from knowledge_base.scrub import holds_number, may_hold_secret
from knowledge_base.signature.limits import MAX_TOKEN
from knowledge_base.signature.recall.collapsing import Collapsed, collapse_all
from knowledge_base.signature.recall.forms import Blank, blank_of_digits
from knowledge_base.signature.recall.memory import Memory
from knowledge_base.signature.recall.moulds import Moulds
from knowledge_base.signature.recall.outline import Outline
from knowledge_base.signature.recall.words import Abstract, Codes, abstract
from knowledge_base.signature.reducing import RESERVED, clip, may_be_hexadecimal, reduce_text
from knowledge_base.signature.steps import finish, message_of, signature_of
from knowledge_base.types import Signature

_DEFAULT_MEMORY = 50_000
_AT_ONCE = 2000


class _Unclear(Enum):
    UNCLEAR = "each text has to be scrubbed and read by itself"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A text whose signature depends on some of its runs of digits: those that are kept and those in its words."""

    outline: Outline
    bare: tuple[str, ...]
    runs: tuple[int, ...]
    """Numbers of the kept ones, and then of those in words."""
    torn: tuple[tuple[int, Blank], ...]
    """Numbers of the words with digits, and these words."""

    def words(self, digits: Sequence[str]) -> Sequence[str]:
        """Give the words, with their digits."""
        if not self.torn:
            return self.bare
        words = list(self.bare)
        for number, blank in self.torn:
            words[number] = blank.fill(digits)
        return words


_Known: TypeAlias = Signature | _Waiting | _Unclear


class Signer:
    """Signs as :func:`knowledge_base.signature.sign` does, and remembers what lines without their digits lead to.

    ``memory`` bounds how many are remembered. Not safe to be shared by threads.
    """

    def __init__(self, *, memory: int = _DEFAULT_MEMORY) -> None:
        self._codes = Codes()
        self._outlines: Memory[str, Outline] = Memory(memory)
        self._moulds = Moulds(memory)
        # By the text without its digits; then also without its hexadecimal values; and by the message of a text.
        self._collapsed: Memory[str, _Known] = Memory(memory)
        self._masked: Memory[str, _Known] = Memory(memory)
        self._certain: Memory[str, bool] = Memory(memory)
        self._messages: Memory[str, Signature | _Waiting] = Memory(memory)
        self._shown: Memory[tuple[object, ...], Signature] = Memory(memory, length=_length_of_words)
        self._numbered: Memory[tuple[str, tuple[str, ...]], Signature] = Memory(memory, length=_length_of_text)

    def sign(self, text: str) -> Signature:
        """Sign one text."""
        reduction = reduce_text(message_of(text))
        known = self._messages.get(reduction.text)
        if known is None:
            known = self._messages[reduction.text] = self._begin(reduction.text, *self._abstract(reduction.text))
        if isinstance(known, Signature):
            return known
        runs = reduction.runs
        return self._fill(reduction.text, known, tuple([runs[run] for run in known.runs]))

    def sign_all(self, texts: Sequence[str]) -> list[Signature]:
        """Sign texts; one signature each, in their order, equal to that of ``sign``."""
        signed: list[Signature] = []
        for start in range(0, len(texts), _AT_ONCE):
            signed += self._sign_some(texts[start : start + _AT_ONCE])
        return signed

    def _sign_some(self, texts: Sequence[str]) -> list[Signature]:
        collapsed = collapse_all(texts)
        if collapsed is None:
            return self._sign_halves(texts)
        found = self._collapsed.get_all(collapsed.texts)
        for at in _unclear(texts, collapsed):
            found[at] = _Unclear.UNCLEAR
        new: list[int] = []
        waiting: list[tuple[int, str, _Waiting]] = []
        for at in [at for at, known in enumerate(found) if type(known) is not Signature]:
            known = found[at]
            if known is _Unclear.UNCLEAR:
                found[at] = self.sign(texts[at])
            elif type(known) is _Waiting:
                waiting.append((at, collapsed.texts[at], known))
            else:
                new.append(at)
        for at, signature in self._fill_all(collapsed, waiting):
            found[at] = signature
        if new:
            signed = self._sign_new([texts[at] for at in new], [collapsed.texts[at] for at in new])
            for at, signature in zip(new, signed, strict=True):
                found[at] = signature
        return found  # type: ignore[return-value]

    def _sign_halves(self, texts: Sequence[str]) -> list[Signature]:
        """Sign texts of which one cannot be collapsed, so that it is the only one that is signed alone."""
        if len(texts) == 1:
            return [self.sign(texts[0])]
        half = len(texts) // 2
        return [*self._sign_some(texts[:half]), *self._sign_some(texts[half:])]

    def _sign_new(self, texts: Sequence[str], bare: Sequence[str]) -> list[Signature]:
        """Sign texts that collapse to something that was not met, or that may hold hexadecimal values."""
        masked = collapse_all(texts, masked=True)
        if masked is None:
            return self._sign_halves(texts)
        found = self._masked.get_all(masked.texts)
        waiting: list[tuple[int, str, _Waiting]] = []
        for at, short in enumerate(masked.texts):
            known = found[at] or self._masked.get(short)
            if known is None:
                known = self._masked[short] = self._look_at(short, masked.shapes[at])
            # Most of what comes twice comes often.
            elif bare[at] == short and self._is_certain(short):
                self._collapsed[short] = known
            if type(known) is Signature:
                found[at] = known
            elif type(known) is _Waiting:
                waiting.append((at, short, known))
            else:
                found[at] = self.sign(texts[at])
        for at, signature in self._fill_all(masked, waiting):
            found[at] = signature
        return found  # type: ignore[return-value]

    def _is_certain(self, collapsed: str) -> bool:
        """Tell whether all that collapses to this has no hexadecimal value, whatever its digits are."""
        certain = self._certain.get(collapsed)
        if certain is None:
            certain = self._certain[collapsed] = not may_be_hexadecimal(collapsed)
        return certain

    def _fill_all(
        self, collapsed: Collapsed, waiting: Sequence[tuple[int, str, _Waiting]]
    ) -> Iterator[tuple[int, Signature]]:
        if waiting:
            digits = collapsed.kept([(at, known.runs) for at, _, known in waiting])
            for (at, text, known), kept in zip(waiting, digits, strict=True):
                yield at, self._fill(text, known, kept)

    def _look_at(self, masked: str, shape: bytes) -> _Known:
        """Tell what becomes of all texts that collapse to this one."""
        reduced = masked.strip()
        taken = self._moulds.find(reduced, shape)
        if taken is None:
            if not masked.isprintable() and RESERVED.search(masked):
                return _Unclear.UNCLEAR
            taken = self._abstract(reduced)
            self._moulds.learn(*taken, shape)
        found, outline = taken
        if outline.odd or (outline.wary and may_hold_secret(masked)):
            return _Unclear.UNCLEAR
        return self._begin(reduced, found, outline)

    def _abstract(self, reduced: str) -> tuple[Abstract, Outline]:
        found = abstract(reduced, self._codes)
        outline = self._outline(found.text)
        if outline.ruined:
            found, outline = Abstract(reduced, ()), self._outline(reduced)
        return found, outline

    def _outline(self, abstract_text: str) -> Outline:
        outline = self._outlines.get(abstract_text)
        if outline is None:
            outline = self._outlines[abstract_text] = Outline(abstract_text, self._codes)
        return outline

    def _begin(self, reduced: str, found: Abstract, outline: Outline) -> Signature | _Waiting:
        torn = [each for each in found.torn if each[0] in outline.shown] if found.torn else ()
        if not outline.runs and not torn:
            if not outline.shown:  # its form is all there is to remember
                return self._work_out(outline, found.words, ())
            shown = (outline, *map(found.words.__getitem__, outline.shown))
            signature = self._shown.get(shown)
            if signature is None:
                signature = self._shown[shown] = self._work_out(outline, found.words, ())
            return signature
        free = found.free(reduced.count("0"))
        runs, blanks = [free[run] for run in outline.runs], list[tuple[int, Blank]]()
        for number, first in torn:
            blank = blank_of_digits(found.words[number], len(runs))
            runs += range(first, first + len(blank.values))
            blanks.append((number, blank))
        return _Waiting(outline, found.words, tuple(runs), tuple(blanks))

    def _fill(self, text: str, waiting: _Waiting, digits: tuple[str, ...]) -> Signature:
        signature = self._numbered.get((text, digits))
        if signature is None:
            kept = digits[: len(waiting.outline.runs)]
            signature = self._work_out(waiting.outline, waiting.words(digits), kept)
            self._numbered[text, digits] = signature
        return signature

    def _work_out(self, outline: Outline, words: Sequence[str], kept: Sequence[str]) -> Signature:
        signature = outline.sign(words, kept)
        if signature is None:
            signature = signature_of(finish(outline.template(words, kept), self._codes))
        return signature


def _length_of_words(key: tuple[Outline, *tuple[str, ...]]) -> int:
    return sum(map(len, key[1:]))


def _length_of_text(key: tuple[str, tuple[str, ...]]) -> int:
    return len(key[0])


def _unclear(texts: Sequence[str], collapsed: Collapsed) -> list[int]:
    """Tell which texts are to be looked at by themselves, whatever they collapse to."""
    unclear = [at for at in collapsed.with_number() if holds_number(texts[at])]
    if max(map(len, texts)) > MAX_TOKEN:
        unclear += [at for at, text in enumerate(texts) if len(text) > MAX_TOKEN and clip(text) != text]
    return unclear
