"""What a correction means for the rules that keep one of its categories."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy import Connection

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.rules import keep_rules
from web.pages.opening import Opened
from web.replaying.replays import Wanted

NAMED = 5


def rule_notes(db: Connection, page: Opened, wanted: Wanted, concerned: Sequence[int]) -> tuple[Markup, ...]:
    """Tell which rules keep what is merged or taken apart, and what they keep then; nothing where none does.

    ``concerned`` has the category that the correction is done to first.
    """
    _n = page.visit.formats.translator.plural
    rules: dict[int, list[str]] = {}
    for rule in keep_rules.read(db, page.project):
        if rule.enabled:
            rules.setdefault(rule.category, []).append(rule.public)
    target = public_id(Prefix.CATEGORY, concerned[0])
    notes = []
    for number in concerned if wanted.kind == "merge" else concerned[-1:]:
        found, own = rules.get(number, []), public_id(Prefix.CATEGORY, number)
        if not found or wanted.kind not in ("merge", "split", "move"):
            continue
        ids = ", ".join(found[:NAMED]) + (" …" if len(found) > NAMED else "")
        if wanted.kind != "merge":
            notes.append(
                _n(
                    "Rule %(ids)s keeps %(id)s: what you take out stays out, and new templates that the rule holds "
                    "still join %(id)s.",
                    "Rules %(ids)s keep %(id)s: what you take out stays out, and new templates that the rules hold "
                    "still join %(id)s.",
                    len(found),
                    ids=ids,
                    id=own,
                )
            )
        elif own == target:
            notes.append(
                _n(
                    "Rule %(ids)s keeps %(id)s, and will.",
                    "Rules %(ids)s keep %(id)s, and will.",
                    len(found),
                    ids=ids,
                    id=own,
                )
            )
        else:
            notes.append(
                _n(
                    "Rule %(ids)s keeps %(id)s; from then on it keeps %(target)s.",
                    "Rules %(ids)s keep %(id)s; from then on they keep %(target)s.",
                    len(found),
                    ids=ids,
                    id=own,
                    target=target,
                )
            )
    return tuple(notes[:NAMED])
