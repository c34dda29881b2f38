"""A question made ready: what may be an error in it, signed, read and embedded. No database is needed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index.lexical_terms import TermReader
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.signature.codes import error_codes
from knowledge_base.signature.custom.project_signer import sign_under
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import Signing, signatures_of
from knowledge_base.types import Signature

SEGMENTS = 40
QUESTION_LIMIT = 20_000
LINES_READ = 6


@dataclass(frozen=True, slots=True)
class Signed:
    """A question and each of its lines with the signatures that they may be known by; ``form`` names what it says."""

    text: str
    form: str
    signatures: tuple[tuple[Signature, ...], ...]
    codes: frozenset[str]
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question that can be compared: a profile of each of its forms and a row of ``vectors`` for each.

    ``terms`` are what it is looked for by in the lexical index, each with its weight.
    """

    signed: Signed
    profiles: tuple[Profile, ...]
    vectors: Vectors
    terms: Mapping[str, float]


def sign_question(text: str, signing: Signing, *, around: str = "") -> Signed:
    """Read a question as far as it takes to look it up exactly; ``around`` is the message that it stands in."""
    text = text[:QUESTION_LIMIT]
    return Signed(
        text=text,
        form=form_of(text, signing.rules),
        signatures=tuple(dict.fromkeys(signatures_of(signing, segment) for segment in segments(text))),
        codes=frozenset(error_codes(text)),
        templates=tuple(_templates(text, around[:QUESTION_LIMIT], signing.rules)),
    )


def prepare(signed: Signed, embedder: Embedder, judge: Judge) -> Query:
    """Read and embed a question; this is the slow part. Raises ModelUnavailable."""
    vectors = embedder.embed([cleaned(each) for each in signed.templates])
    codes = tuple(sorted(signed.codes))
    profiles = judge.profiles([(each, codes) for each in signed.templates], vectors)
    terms = TermReader(judge.reader).asked("\n".join(signed.templates[:1]), codes)
    return Query(signed, tuple(profiles), vectors, terms)


def form_of(text: str, rules: RuleSet) -> str:
    """Name what a question says but for its variables, in 32 hexadecimal digits."""
    clean = cleaned(sign_under(rules, text[:QUESTION_LIMIT]).template)
    return hashlib.sha256(clean.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def segments(text: str) -> list[str]:
    r"""Cut a question into what may be an error by itself: the whole, then its lines.

    >>> segments("hi all\nE: disk full")
    ['hi all\nE: disk full', 'hi all', 'E: disk full']
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()][:SEGMENTS]
    return list(dict.fromkeys([text.strip(), *lines]))


def _templates(text: str, around: str, rules: RuleSet) -> list[str]:
    """Give the templates to compare: of the question, of the line that says most, and of all that was written."""
    whole = sign_under(rules, text).template
    lines = [sign_under(rules, line).template for line in segments(text)[1:LINES_READ]]
    longest = max(lines, key=lambda each: len(cleaned(each)), default="")
    forms: dict[str, str] = {}
    for each in (whole, longest, *([sign_under(rules, around).template] if around else [])):
        if cleaned(each):
            forms.setdefault(cleaned(each), each)
    return list(forms.values())
