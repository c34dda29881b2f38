"""Trying rules on the samples of a project: a rule that swallows nearly all of most lines makes one error of all."""

from __future__ import annotations

from knowledge_base.errors import InputError
from knowledge_base.signature.custom.rewriting import rewrite
from knowledge_base.signature.custom.user_rules import Action, RuleSet, UserRule
from knowledge_base.signature.steps import message_of
from knowledge_base.store.intake import sample_walk
from knowledge_base.store.store import Store

MOST_TRIED = 1_000
LEAST_TRIED = 5
SWALLOWED = 0.9
MOST_SWALLOWED = 0.5


def try_rules(store: Store, project: str, before: RuleSet, behind: RuleSet) -> None:
    """Raise InputError for a new rule that masks more than 90 % of the text of more than half of the samples."""
    fresh = [rule for rule in behind.active if rule not in before.active and rule.action is Action.MASK]
    if not fresh:
        return
    with store.read() as db:
        samples = sample_walk.some_samples(db, project, MOST_TRIED)
    if len(samples) < LEAST_TRIED:
        return
    messages = [message_of(sample) for sample in samples]
    for rule in fresh:
        swallowed = sum(_share(rule, message) > SWALLOWED for message in messages)
        if swallowed > MOST_SWALLOWED * len(messages):
            raise InputError(
                f"rule {rule.name!r} masks nearly all of {swallowed:,} of {len(messages):,} samples, so that errors"
                " could not be told apart; make the pattern narrower, or pass --force (`force` in the API)"
            )


def _share(rule: UserRule, message: str) -> float:
    """Tell how much of a message a rule masks."""
    made = rewrite(message, [rule])
    return sum(len(mask.matched) for mask in made.masks) / len(message) if made is not None else 0.0
