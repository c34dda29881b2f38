"""Signing under the rules of a project's users."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.signature.custom.rewriting import MARK, Rewritten, rewrite
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.recall.memory import Memory
from knowledge_base.signature.recall.signer import Signer
from knowledge_base.signature.steps import message_of
from knowledge_base.types import Signature

_MEMORY = 50_000
_MAX_ROUNDS = 6


class ProjectSigner:
    """Signs as :class:`Signer` does, behind users' rules. Without rules it is nothing but that.

    Rules see the scrubbed message with its digits. They see the template again, until nothing changes any more, so
    that a template has the signature of its lines. The fingerprint hashes the key as ever: it is stored and looked up
    beside ``version`` alone. Not safe to be shared by threads.
    """

    def __init__(self, rules: RuleSet, signer: Signer | None = None) -> None:
        self.rules = rules
        self._signer = signer or Signer()
        self._settled: Memory[str, Signature] = Memory(_MEMORY)

    @property
    def version(self) -> str:
        """The version of its signatures."""
        return self.rules.version

    def sign(self, text: str) -> Signature:
        """Sign one text."""
        if not self.rules.active:
            return self._signer.sign(text)
        return self._settle(self._template(text))

    def sign_all(self, texts: Sequence[str]) -> list[Signature]:
        """Sign texts; one signature each, in their order, equal to that of ``sign``."""
        if not self.rules.active:
            return self._signer.sign_all(texts)
        rewritten = [rewrite(message_of(text), self.rules.active) for text in texts]
        given = [text if made is None else made.text for text, made in zip(texts, rewritten, strict=True)]
        signed = self._signer.sign_all(given)
        return [
            self._settle(signature.template if made is None else self._put_back(made, signature.template))
            for made, signature in zip(rewritten, signed, strict=True)
        ]

    def _template(self, text: str) -> str:
        made = rewrite(message_of(text), self.rules.active)
        if made is None:
            return self._signer.sign(text).template
        return self._put_back(made, self._signer.sign(made.text).template)

    def _settle(self, template: str) -> Signature:
        """Sign a template until nothing changes any more, once for all the lines that lead to it."""
        found = self._settled.get(template)
        if found is None:
            final = template
            for _ in range(_MAX_ROUNDS):
                again = self._template(final)
                if again == final:
                    break
                final = again
            found = Signature(final, fingerprint_of(key_of(final)), self.version)
            self._settled[template] = found
        return found

    def _put_back(self, made: Rewritten, template: str) -> str:
        """Put back what is kept, also where it stood inside of something that is masked as a whole."""
        if made.is_whole(template) or "\n" in made.text:
            return made.put_back(template)
        # Each side of what is kept is signed by itself; the mark before it keeps it from being read as a header.
        marks = [mark[0] for mark in MARK.finditer(made.text)]
        pieces = MARK.split(made.text)
        found = [self._signer.sign(pieces[0]).template]
        for mark, piece in zip(marks, pieces[1:], strict=True):
            signed = self._signer.sign(mark + piece).template if piece.strip() else mark
            found.append(signed if signed.startswith(mark) else mark + signed)
        return made.put_back(_joined(pieces, found))


def _joined(pieces: Sequence[str], found: Sequence[str]) -> str:
    """Join templates of pieces, with the space at their ends that signing takes off."""
    joined = found[0]
    for before, piece, template in zip(pieces, pieces[1:], found[1:], strict=False):
        gap = " " if before[-1:].isspace() and joined else ""
        inner = " " if not piece.strip() and piece else ""
        joined += gap + template + inner
    return " ".join(joined.split())


def sign_under(rules: RuleSet, text: str) -> Signature:
    """Sign one text under rules; a pure function, for threads that sign now and then."""
    return ProjectSigner(rules).sign(text)
