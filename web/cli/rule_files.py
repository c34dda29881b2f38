"""Rules in files: JSON lines, one rule in each, in their order."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.errors import InputError
from knowledge_base.signature.custom.rule_checks import check_rules
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.store.rules.rule_documents import read_document
from web.cli.output import read_rows


def read_rules(path: Path) -> RuleSet:
    """Read and check rules; raises InputError naming the line or the rule that is wrong."""
    found = []
    for number, values in read_rows(path):
        try:
            found.append(read_document(values))
        except InputError as error:
            raise InputError(f"{path}, line {number}: {error}") from None
    rules = RuleSet(tuple(found))
    check_rules(rules)
    return rules
