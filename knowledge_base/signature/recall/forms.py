"""What all lines of one abstract text lead to: a template and a key with places for the words and digits of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.limits import MAX_TEMPLATE_LINE, MAX_TOKEN, SIGNATURE_VERSION
from knowledge_base.signature.recall.words import split_at_stand_ins
from knowledge_base.types import Signature

_MOST_RUNS = 8


@dataclass(frozen=True, slots=True)
class Blank:
    """A text whose odd pieces are empty places; ``values`` tells which of the values stands in each."""

    pieces: tuple[str, ...]
    values: tuple[int, ...]

    def fill(self, values: Sequence[str]) -> str:
        """Put values into the places."""
        if not self.values:
            return self.pieces[0]
        filled = list(self.pieces)
        filled[1::2] = map(values.__getitem__, self.values)
        return "".join(filled)


def blank_of_digits(text: str, first: int) -> Blank:
    """Make the blank of a text whose digits are missing: the values from ``first`` on stand for each ``0``.

    >>> blank_of_digits("0x0f", 0).fill(["0", "7"])
    '0x7f'
    """
    return _interleaved(text.split("0"), range(first, first + text.count("0")))


def _interleaved(pieces: Sequence[str], values: Iterable[int]) -> Blank:
    with_places = [""] * (2 * len(pieces) - 1)
    with_places[::2] = pieces
    return Blank(tuple(with_places), tuple(values))


@dataclass(frozen=True, slots=True)
class Form:
    """A template and its key, for words and kept digits of which only the shape is known.

    ``fixed`` is the signature, where there is nothing to fill in.
    """

    template: Blank
    key: Blank
    fixed: Signature | None

    def sign(self, values: Sequence[str]) -> Signature | None:
        """Make the signature for these values; None where the template becomes so long that it would be cut."""
        if self.fixed is not None:
            return self.fixed
        template = self.template.fill(values)
        if len(template) > MAX_TOKEN and not _is_whole(template):
            return None
        key = self.key.fill([value.lower() for value in values])
        return Signature(template, fingerprint_of(key), SIGNATURE_VERSION)


def _is_whole(template: str) -> bool:
    return len(template) <= MAX_TEMPLATE_LINE and max(map(len, template.split())) <= MAX_TOKEN


def form_of(make: Callable[[Sequence[str]], str], words: int, codes: Sequence[str]) -> Form | None:
    """Learn a form from templates with stand-ins, which ``make`` makes of digits of the lengths of ``codes``.

    Rules tell digits from other characters, and never one digit from another. So what becomes of a text is told by
    two samples of it, in which each run of kept digits has a digit of its own: where the samples differ, a digit was
    kept. The values of the form are the words and then the runs. None where it cannot be told.

    >>> form = form_of(lambda codes: f"error {codes[0]} of <n>", 0, ["42"])
    >>> form.sign(["13"]).template
    'error 13 of <n>'
    """
    if len(codes) > _MOST_RUNS:
        return None
    one, other = make(_sample(codes, 1)), make(_sample(codes, 2)) if codes else ""
    template = _blank(one, other, words, codes)
    key = _blank(key_of(one), key_of(other), words, codes)
    if template is None or key is None:
        return None
    fixed = None
    if not template.values:
        fixed = Signature(one, fingerprint_of(key_of(one)), SIGNATURE_VERSION)
    return Form(template, key, fixed)


def _blank(one: str, other: str, words: int, codes: Sequence[str]) -> Blank | None:
    pieces, values, begin, place = list[str](), list[int](), 0, 0

    def take(end: int) -> None:
        between, numbers = split_at_stand_ins(one[begin:end]) if words else ([one[begin:end]], [])
        pieces.extend(between)
        values.extend(numbers)

    if codes and len(one) != len(other):
        return None
    while codes and place < len(one):
        if one[place] == other[place]:
            place += 1
            continue
        run = int(one[place]) - 1
        end = place + len(codes[run])
        # A run that was cut or torn apart is no value.
        if one[place:end] != codes_of(codes, run, 1) or other[place:end] != codes_of(codes, run, 2):
            return None
        take(place)
        values.append(words + run)
        begin = place = end
    take(len(one))
    return _interleaved(pieces, values)


def codes_of(codes: Sequence[str], run: int, first: int) -> str:
    """Write a code in a digit of its own."""
    return str(run + first) * len(codes[run])


def _sample(codes: Sequence[str], first: int) -> list[str]:
    """Write each code in a digit of its own.

    >>> _sample(["404", "42"], 1), _sample(["404", "42"], 2)
    (['111', '22'], ['222', '33'])
    """
    return [codes_of(codes, run, first) for run in range(len(codes))]
