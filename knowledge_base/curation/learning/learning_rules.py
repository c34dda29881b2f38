"""What contradicts what, among the things that were learnt about questions."""

from __future__ import annotations

import hashlib

from knowledge_base.signature.custom.project_signer import sign_under
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.store.asking.learnt import TEXT_LIMIT, Learnt, LearntKind

EMPTY_FORM = hashlib.sha256(b"").hexdigest()[:32]
"""The form of questions that have no words: they have nothing else in common."""


def contradicts(known: Learnt, kind: LearntKind, category: int) -> bool:
    """Tell whether what is known cannot hold beside a new thing that is said of a category."""
    if not kind.is_positive:
        return known.kind.is_positive and known.category == category
    return known.kind.is_positive != (known.category == category)


def says_the_same(known: Learnt, kind: LearntKind, category: int) -> bool:
    """Tell whether what is known already says it."""
    return known.kind.is_positive == kind.is_positive and known.category == category


def signed(text: str, rules: RuleSet) -> str:
    """Give what stands for a scrubbed question in the index: its text without variables."""
    return sign_under(rules, text[:TEXT_LIMIT]).template
