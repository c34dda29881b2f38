"""What the rules of a project's users made of a message, and where."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.signature.custom.rewriting import MARK, Rewritten, rewrite
from knowledge_base.signature.custom.user_rules import Action, UserRule
from knowledge_base.signature.masks.masking import Mask
from knowledge_base.signature.tracing.explanation import Stage
from knowledge_base.signature.tracing.following import Note
from knowledge_base.signature.tracing.tracking import Origin, Tracked, substitute, unknown


def follow_user_rules(message: Tracked, rules: Sequence[UserRule]) -> tuple[Tracked, Rewritten | None, list[Note]]:
    """Apply the rules one after the other; what they keep is a mark until it is put back."""
    text = message
    made: Rewritten | None = None
    notes = list[Note]()
    for number, rule in enumerate(rules, 1):
        done = len(made.masks) if made else 0
        after = rewrite(message.text, rules[:number]) if rule.contains in message.text else None
        if after is not None and len(after.masks) > done:
            text, found = _follow(text, after, after.masks[done:], keeps=rule.action is Action.KEEP)
            notes += found
            made = after
    return text, made, notes


def _follow(before: Tracked, after: Rewritten, masks: Sequence[Mask], *, keeps: bool) -> tuple[Tracked, list[Note]]:
    """Follow the replacements of one rule: between them both texts are equal."""
    origins, notes = list[Origin](), list[Note]()
    place = at = 0
    for mask in masks:
        while place < len(before.text) and not _is_replaced(before.text, place, after.text, at, mask, keeps=keeps):
            origins.append(before.origins[place])
            place, at = place + 1, at + 1
        if place >= len(before.text):
            return unknown(after.text), notes
        length = 1 if keeps else len(mask.placeholder)
        origin = before.origin(place, place + len(mask.matched))
        notes.append(Note(Stage.USER_RULE, mask.rule, origin, mask.matched, mask.placeholder))
        origins += [origin] * length
        place, at = place + len(mask.matched), at + length
    origins += before.origins[place:]
    return (Tracked(after.text, origins) if len(origins) == len(after.text) else unknown(after.text)), notes


def _is_replaced(before: str, place: int, after: str, at: int, mask: Mask, *, keeps: bool) -> bool:
    if not before.startswith(mask.matched, place):
        return False
    if keeps:
        return MARK.match(after, at) is not None and not MARK.match(before, place)
    return after.startswith(mask.placeholder, at) and not before.startswith(mask.placeholder, place)


def put_back(masked: Tracked, made: Rewritten) -> Tracked:
    """Put back what is kept."""
    after, _ = substitute(masked, MARK, lambda mark: made.put_back(mark[0]), trimmed=False)
    return after
