"""Raw lines before a judge."""

from __future__ import annotations

from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.profile import Profile
from knowledge_base.signature import error_codes, sign


class Court:
    """A judge and the embedder that it goes with."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.judge = knowledge.judge
        self.embedder = knowledge.embedder

    def read(self, line: str) -> tuple[Profile, Vectors]:
        """Sign a line, and read its template."""
        template = sign(line).template
        [vector] = self.embedder.embed([cleaned(template)])
        return self.judge.profile(template, error_codes(line), vector), vector

    def score(self, left: str, right: str) -> float:
        """Give the chance that two lines are the same error."""
        (one, its), (other, others) = self.read(left), self.read(right)
        return self.judge.score(one, other, float(its @ others))
