"""What users' rules make of a message, before Kea's own rules see it.

A mask becomes an ordinary placeholder. What is to be kept becomes a private character of plane 15, which is no part of
any word that the other rules know; it is put back at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.signature.custom.rule_engine import Span, spans
from knowledge_base.signature.custom.user_rules import Action, UserRule
from knowledge_base.signature.kinds import PLACEHOLDER
from knowledge_base.signature.masks.masking import Mask

MOST_KEPT = 200
"""Characters that a rule can keep in one place; what is longer is not protected."""

_FIRST_MARK = 0xF0000
_MOST_MARKS = 1_000
MARK = re.compile("[\U000f0000-\U000ffffd]")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A message behind users' rules; the mark with number *i* in ``text`` stands for ``kept[i]``."""

    text: str
    kept: tuple[str, ...]
    masks: tuple[Mask, ...]

    def put_back(self, text: str) -> str:
        """Put what was kept in place of its marks."""
        return MARK.sub(lambda mark: self.kept[ord(mark[0]) - _FIRST_MARK], text) if self.kept else text

    def is_whole(self, text: str) -> bool:
        """Tell whether a text still has all the marks."""
        return len(MARK.findall(text)) == len(self.kept)


def rewrite(message: str, rules: Sequence[UserRule]) -> Rewritten | None:
    """Apply rules in their order, each to one line at a time; None where nothing changes.

    A rule does not look into what an earlier one made.
    """
    for rule in rules:  # a plain loop: any() takes twice as long, and most lines end here
        if rule.contains in message:
            break
    else:
        return None
    if not message.isascii():
        message = MARK.sub("\ufffd", message)
    lines = message.split("\n")
    kept: list[str] = []
    masks: list[Mask] = []
    for rule in rules:
        if rule.contains not in message:
            continue
        for number, line in enumerate(lines):
            if rule.contains in line:
                lines[number] = _rewrite_line(rule, line, kept, masks)
    return Rewritten("\n".join(lines), tuple(kept), tuple(masks)) if masks else None


def _rewrite_line(rule: UserRule, line: str, kept: list[str], masks: list[Mask]) -> str:
    pieces: list[str] = []
    behind = 0
    for start, end in _targets(rule, line):
        matched = line[start:end]
        if rule.action is Action.MASK:
            placed = f"<{rule.kind}>"
        elif len(matched) <= MOST_KEPT and len(kept) < _MOST_MARKS:
            placed = chr(_FIRST_MARK + len(kept))
            kept.append(matched)
        else:
            continue
        if placed != matched:
            masks.append(Mask(rule.name, matched, matched if rule.action is Action.KEEP else placed))
            pieces += line[behind:start], placed
            behind = end
    return "".join((*pieces, line[behind:])) if pieces else line


def _targets(rule: UserRule, line: str) -> Iterator[Span]:
    """Give the places of a rule that cut no placeholder in two and hold nothing that an earlier rule keeps."""
    placeholders = [match.span() for match in PLACEHOLDER.finditer(line)] if "<" in line else []
    for start, end in spans(rule.pattern, line):
        cuts = any(
            first < end and start < last and not (start <= first and last <= end) for first, last in placeholders
        )
        if not cuts and not MARK.search(line, start, end):
            yield start, end
