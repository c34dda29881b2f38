"""What a set of users' rules has to be like before it is kept."""

from __future__ import annotations

import re

from knowledge_base.errors import InputError
from knowledge_base.signature.custom.project_signer import ProjectSigner
from knowledge_base.signature.custom.rule_engine import MOST_STEPS, compile_pattern
from knowledge_base.signature.custom.user_rules import MOST_PATTERN, MOST_RULES, Action, RuleSet, UserRule
from knowledge_base.signature.kinds import FAMILY_OF

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_CONTAINS = 100
MOST_EXAMPLES = 10
MOST_EXAMPLE = 4_000
MOST_STEPS_TOGETHER = 5_000
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd]")


def check_rules(rules: RuleSet) -> None:
    """Raise InputError for the first thing that is wrong, naming the rule and what to do."""
    if len(rules.rules) > MOST_RULES:
        raise InputError(f"a project can have {MOST_RULES} rules; remove one, or write one pattern for several")
    names = [rule.name for rule in rules.rules]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"there are two rules of the name {name!r}; give one of them another")
    steps = 0
    for rule in rules.rules:
        try:
            steps += check_rule(rule)
        except InputError as error:
            raise InputError(f"rule {rule.name[:40]!r}: {error}") from None
    if steps > MOST_STEPS_TOGETHER:
        raise InputError(
            f"the rules are too large together ({steps:,} steps, {MOST_STEPS_TOGETHER:,} are allowed);"
            " use smaller repetitions such as + in place of {1,100}"
        )
    _check_examples(rules)


def check_rule(rule: UserRule) -> int:
    """Raise InputError where a rule by itself cannot be used; tell the size of its pattern in steps."""
    if not NAME.fullmatch(rule.name):
        raise InputError("a name is made of a-z, 0-9, - and _, 40 characters at most")
    if not rule.pattern.strip():
        raise InputError("the pattern is empty; write what is to be found, such as tenant-\\d+")
    if len(rule.pattern) > MOST_PATTERN:
        raise InputError(f"the pattern has {len(rule.pattern):,} characters, {MOST_PATTERN} are allowed")
    if _CONTROL.search(rule.pattern) or _CONTROL.search(rule.contains):
        raise InputError("the pattern or the literal holds a control character; a rule sees one line at a time")
    if len(rule.contains) > MOST_CONTAINS:
        raise InputError(f"the literal has {len(rule.contains):,} characters, {MOST_CONTAINS} are allowed")
    if rule.action is Action.MASK and rule.kind not in FAMILY_OF:
        raise InputError(f"there is no placeholder {rule.kind[:40]!r}; take one of {', '.join(FAMILY_OF)}")
    if rule.action is Action.KEEP and rule.kind:
        raise InputError("what is kept has no placeholder; leave it out")
    return _check_pattern(rule.pattern)


def _check_pattern(source: str) -> int:
    pattern = compile_pattern(source)
    steps: int = pattern.programsize
    if steps > MOST_STEPS:
        raise InputError(
            f"the pattern is too large ({steps:,} steps, {MOST_STEPS:,} are allowed);"
            " use smaller repetitions such as + in place of {1,100}"
        )
    if pattern.search("") is not None:
        raise InputError("the pattern matches the empty text; let it ask for at least one character, with + for *")
    return steps


def _check_examples(rules: RuleSet) -> None:
    signer = ProjectSigner(rules)
    for rule in rules.rules:
        if len(rule.examples) > MOST_EXAMPLES:
            raise InputError(f"rule {rule.name!r} has {len(rule.examples)} examples, {MOST_EXAMPLES} are allowed")
        for example in rule.examples:
            if max(len(example.text), len(example.template)) > MOST_EXAMPLE:
                raise InputError(f"an example of rule {rule.name!r} is longer than {MOST_EXAMPLE:,} characters")
            if not rule.enabled:
                continue
            found = signer.sign(example.text).template
            if found != example.template:
                raise InputError(
                    f"rule {rule.name!r}: of the example {example.text[:200]!r} comes {found[:200]!r},"
                    f" not {example.template[:200]!r}; mend the rule or the example"
                )
