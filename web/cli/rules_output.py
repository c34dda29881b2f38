"""How ``kea rules`` shows rules, changes and what would change."""

from __future__ import annotations

from knowledge_base.curation.masking.rule_preview import Preview
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signature.custom.user_rules import Action, UserRule
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.rules.rule_sets import StoredRules

_SHOWN = 10
_WIDTH = 160


def rule_lines(position: int, rule: UserRule) -> list[str]:
    """Show a rule."""
    done = "keeps" if rule.action is Action.KEEP else f"masks as <{rule.kind}>"
    off = "" if rule.enabled else "  (disabled)"
    lines = [f"{position:3}  {rule.name}  {done}{off}", f"     {_printable(rule.pattern)}"]
    if rule.contains:
        lines.append(f"     only where {_printable(rule.contains)!r} stands")
    return [*lines, *(f"     {_printable(each.text)} => {_printable(each.template)}" for each in rule.examples)]


def kept_line(position: int, rule: KeepRule) -> str:
    """Show a rule that keeps templates in a category."""
    asked = [
        f"code {_printable(rule.code)}" if rule.code else "",
        f"template {public_id(Prefix.TEMPLATE, rule.template)}" if rule.template else "",
        f"text {_printable(rule.pattern)}" if rule.pattern else "",
        f"service {_printable(rule.service)}" if rule.service else "",
    ]
    off = "" if rule.enabled else "  (disabled)"
    into = public_id(Prefix.CATEGORY, rule.category)
    return f"{position:3}  {rule.public}  {', '.join(filter(None, asked))}  ->  {into}{off}"


def state_line(stored: StoredRules | None) -> str:
    """Tell which rules hold, and how far the templates follow."""
    if stored is None:
        return "There are no rules."
    count = len(stored.rules.active)
    named = f"{count} {'rule holds' if count == 1 else 'rules hold'}, version {stored.version}."
    if not stored.rules.rules:
        named = "There are no rules."
    if stored.is_finished:
        return f"{named} All templates follow."
    return f"{named} Templates are still being signed anew; `kea rules migrate` does it now."


def change_lines(stored: StoredRules) -> list[str]:
    """Show one change."""
    at = stored.at.astimezone().strftime("%Y-%m-%d %H:%M")
    state = "all templates follow" if stored.is_finished else "not finished"
    what = f"{stored.action} {_printable(stored.subject)}".strip()
    lines = [f"{stored.number:4}  {at}  {_printable(stored.actor)}  {what}  {stored.version}  ({state})"]
    if stored.joined:
        lines.append(f"      {stored.joined:,} categories came together")
    return [
        *lines,
        *(f"      {each['template']} stays apart from {each['keeps']}: {each['reason']}" for each in stored.conflicts),
    ]


def preview_lines(preview: Preview) -> list[str]:
    """Show what would change: first what people have to decide, then the rest."""
    whole = "" if preview.is_complete else "; there are more, which were not looked at"
    lines = [
        f"Looked at {preview.texts:,} samples and recent lines of {preview.templates:,} templates{whole}.",
        f"{preview.changed_templates:,} templates would read otherwise ({preview.changed_lines:,} lines so far);"
        f" {preview.joins:,} times several would come together, {preview.splits:,} would have several forms.",
    ]
    if preview.solutions:
        lines.append(f"Solutions of templates that change: {', '.join(preview.solutions[:_SHOWN])}. None comes off.")
    lines += [
        f"! {', '.join(each.template_ids[:_SHOWN])} stay in their categories, for {each.conflict};"
        f" {each.template_ids[0]} keeps the signature, and further lines are counted there:  {_line(each.after)}"
        for each in preview.joined
        if each.conflict is not None
    ][:_SHOWN]
    lines += [
        f"+ {', '.join(each.template_ids[:_SHOWN])} come together:  {_line(each.after)}"
        for each in preview.joined
        if each.conflict is None
    ][:_SHOWN]
    lines += [
        f"/ {each.template_id} has {len(each.afters)} forms, which stay with it:  {_line(' | '.join(each.afters))}"
        for each in preview.split[:_SHOWN]
    ]
    for each in preview.changed[:_SHOWN]:
        lines += [
            f"  {each.template_id}  {_line(each.before)}",
            f"    {'becomes':>{len(each.template_id)}}  {_line(each.after)}",
        ]
    return lines


def _line(text: str) -> str:
    text = _printable(text)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)
