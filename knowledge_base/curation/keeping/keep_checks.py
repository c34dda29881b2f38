"""What a rule that keeps templates has to be like before it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge_base.curation.acts import Act
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signature.custom.rule_engine import MOST_STEPS, compile_pattern
from knowledge_base.signature.custom.user_rules import MOST_PATTERN
from knowledge_base.store.grouping import template_reading
from knowledge_base.store.rules.keep_rules import KeepRule

MOST_RULES = 50
MOST_CODE = MOST_SERVICE = 200
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def checked(this: Act, rule: KeepRule) -> KeepRule:
    """Give a rule as it is kept, without blanks around what it asks for.

    Raises InputError for one that cannot be used, NotFound where its category or template is not there, Conflict where
    the category was evicted.
    """
    tidy = replace(rule, code=rule.code.strip(), service=rule.service.strip(), reason=rule.reason.strip())
    if not (tidy.code or tidy.template or tidy.pattern.strip() or tidy.service):
        raise InputError("give an error code, a template, a pattern or a service; a rule for everything keeps nothing")
    for name, text, most in (
        ("error code", tidy.code, MOST_CODE),
        ("service", tidy.service, MOST_SERVICE),
        ("pattern", tidy.pattern, MOST_PATTERN),
    ):
        if len(text) > most:
            raise InputError(f"the {name} has {len(text):,} characters, {most} are allowed")
        if _CONTROL.search(text):
            raise InputError(f"the {name} holds a control character or half a character; type it anew")
    if tidy.pattern.strip():
        _check_pattern(tidy.pattern)
    else:
        tidy = replace(tidy, pattern="")
    this.category(public_id(Prefix.CATEGORY, tidy.category))
    if tidy.template:
        template_reading.get_template(this.db, this.project, public_id(Prefix.TEMPLATE, tidy.template))
    return tidy


def check_together(rules: Sequence[KeepRule]) -> None:
    """Raise InputError where there are too many rules, or two that ask for the same."""
    if len(rules) > MOST_RULES:
        raise InputError(f"a project can have {MOST_RULES} such rules; remove one, or write one pattern for several")
    seen: dict[tuple[object, ...], KeepRule] = {}
    for rule in rules:
        other = seen.setdefault((rule.code.casefold(), rule.template, rule.pattern, rule.service), rule)
        if other is not rule:
            known = other if other.id else rule
            raise InputError(f"{known.public} asks for the same; change that one")


def _check_pattern(source: str) -> None:
    pattern = compile_pattern(source)
    if pattern.programsize > MOST_STEPS:
        raise InputError(
            f"the pattern is too large ({pattern.programsize:,} steps, {MOST_STEPS:,} are allowed);"
            " use smaller repetitions such as + in place of {1,100}"
        )
    if pattern.search("") is not None:
        raise InputError("the pattern matches the empty text; let it ask for at least one character, with + for *")
