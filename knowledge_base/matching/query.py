"""A question made ready: what may be an error in it, signed, read and embedded. No database is needed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.stop_words import STOP
from knowledge_base.index.lexical_terms import TermReader
from knowledge_base.matching.telling import telling, without_harmless
from knowledge_base.pairs.judge import Judge, content_words
from knowledge_base.pairs.profile import Profile
from knowledge_base.signature.codes import error_codes
from knowledge_base.signature.custom.project_signer import ProjectSigner, sign_under
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import Signing
from knowledge_base.types import Signature

SEGMENTS = 40
QUESTION_LIMIT = 20_000
LINES_READ = 6

ENOUGH = 5
"""Different words from which an error speaks for itself."""

MOST_OF_IT = 0.5
"""A line with this share of what a question says tells what it is about; the rest is said around it."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A question and its telling lines with the signatures that they may be known by; ``form`` names what it says."""

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


def sign_question(text: str, signing: Signing, *, around: str = "", verbatim: str = "") -> Signed:
    """Read a question as far as it takes to look it up exactly; ``around`` is the message that it stands in.

    ``verbatim`` is that message with its mark-up: what looks like mark-up may be part of a line that is known.
    """
    whole, *lines = segments(text)
    parts = [whole, *telling(lines)]
    if verbatim and verbatim != text:
        whole, *lines = segments(verbatim)
        parts += [whole, *telling(lines)]
    text = text[:QUESTION_LIMIT]
    signers = [_Signer(rules) for rules in signing.all_rules]
    return Signed(
        text=text,
        form=_form(signers[0].sign(text)),
        signatures=tuple(dict.fromkeys(tuple(signer.sign(each) for signer in signers) for each in parts)),
        codes=frozenset(error_codes(text)),
        templates=tuple(_templates(text, around[:QUESTION_LIMIT], signers[0])),
    )


class _Signer:
    """Signs texts under rules, each once: the whole of a question of one line is that line, too."""

    def __init__(self, rules: RuleSet) -> None:
        self._signer = ProjectSigner(rules)
        self._signed: dict[str, Signature] = {}

    def sign(self, text: str) -> Signature:
        """Sign one text."""
        found = self._signed.get(text)
        if found is None:
            found = self._signed[text] = self._signer.sign(text)
        return found


def prepare(signed: Signed, embedder: Embedder, judge: Judge) -> Query:
    """Read and embed a question; this is the slow part. Raises ModelUnavailable."""
    vectors = embedder.embed([cleaned(each) for each in signed.templates])
    codes = tuple(sorted(signed.codes))
    profiles = judge.profiles([(each, codes) for each in signed.templates], vectors)
    terms = TermReader(judge.reader).asked("\n".join(signed.templates[:1]), codes)
    return Query(signed, tuple(profiles), vectors, terms)


def form_of(text: str, rules: RuleSet) -> str:
    """Name what a question says but for its variables, in 32 hexadecimal digits."""
    return _form(sign_under(rules, text[:QUESTION_LIMIT]))


def _form(signature: Signature) -> str:
    clean = cleaned(signature.template)
    return hashlib.sha256(clean.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def segments(text: str) -> list[str]:
    r"""Cut a question into what may be an error by itself: the whole, then its lines; of many the first and the last.

    >>> segments("hi all\nE: disk full")
    ['hi all\nE: disk full', 'hi all', 'E: disk full']
    """
    lines = [line.strip()[:QUESTION_LIMIT] for line in text.splitlines() if line.strip()]
    if len(lines) > SEGMENTS:
        # What was pasted often ends in the error.
        lines = [*lines[: SEGMENTS // 2], *lines[-SEGMENTS // 2 :]]
    return list(dict.fromkeys([text[:QUESTION_LIMIT].strip(), *lines]))


def _templates(text: str, around: str, signer: _Signer) -> list[str]:
    """Give the templates to compare: of the question, of the line that says most, and of all that was written.

    A line that says nearly all of a question stands for it; what is written around an error is read only where that
    says little by itself. What logs say besides errors is not
    compared: it may well be known, and is not what anybody asks about.
    """
    text, around = without_harmless(text), without_harmless(around)
    whole = signer.sign(text).template
    lines = [signer.sign(line).template for line in segments(text)[1:LINES_READ]]
    longest = max(lines, key=lambda each: len(cleaned(each)), default="")
    said = content_words(cleaned(whole))
    telling_words = said - STOP
    is_most = len(telling_words & content_words(cleaned(longest))) >= MOST_OF_IT * len(telling_words)
    forms = [longest] if longest and is_most else [whole, longest]
    if around and len(said) < ENOUGH:
        forms.append(signer.sign(around).template)
    different: dict[str, str] = {}
    for each in forms:
        if cleaned(each):
            different.setdefault(cleaned(each), each)
    return list(different.values())
