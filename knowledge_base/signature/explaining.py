"""How a signature came about, for the page and the command line that show it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_base.signature.header import header_span
from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.masking import Mask, fill_holes, mark_holes, trace_rules
from knowledge_base.signature.reading import Header, read_header
from knowledge_base.signature.reducing import reduce_text
from knowledge_base.signature.signer import message_of, sign
from knowledge_base.signature.traces import condense


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps from text to fingerprint; ``masks`` in the order in which the rules did them."""

    header: Header
    masks: tuple[Mask, ...]
    template: str
    key: str
    fingerprint: str


def explain(text: str) -> Explanation:
    """Explain the signature of a text; digits of what was masked are shown as ``0``."""
    reduction = reduce_text(message_of(text))
    marked, holes = mark_holes(reduction.text)
    body = condense(marked[header_span(reduction.text).end :])
    runs = reduction.runs
    masks = tuple(
        Mask(mask.rule, fill_holes(mask.matched, holes, runs), fill_holes(mask.placeholder, holes, runs))
        for line in body.split("\n")
        for mask in trace_rules(line)
    )
    template = sign(text).template
    key = key_of(template)
    return Explanation(read_header(text), masks, template, key, fingerprint_of(key))
