"""A change of the rules that keep templates, in words."""

from __future__ import annotations

from markupsafe import Markup

from knowledge_base.curation.keeping.keep_changes import KeepPlan
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.rules.keep_rules import KeepRule
from web.pages.opening import Opened
from web.showing.rendering import strong


def said_of(page: Opened, rule: KeepRule) -> Markup:
    """Say what a rule asks for, in words."""
    _ = page.visit.formats.translator.text
    parts = []
    if rule.code:
        parts.append(_("the error code %(code)s", code=strong(rule.code)))
    if rule.template:
        parts.append(_("the template %(id)s", id=strong(public_id(Prefix.TEMPLATE, rule.template))))
    if rule.pattern:
        parts.append(_("a text like %(pattern)s", pattern=strong(rule.pattern)))
    if rule.service:
        parts.append(_("the service %(name)s", name=strong(rule.service)))
    return Markup(", ").join(parts)


def title_of(page: Opened, change: KeepChange, plan: KeepPlan) -> Markup:
    """Say what the change is, and what it leaves alone."""
    _ = page.visit.formats.translator.text
    rule = plan.edited.about
    asked, named = said_of(page, rule), strong(public_id(Prefix.CATEGORY, rule.category))
    if change.step == "remove":
        title = _("Remove the rule for %(asked)s. What is in %(category)s stays there.", asked=asked, category=named)
    elif change.step == "move":
        place = [each.id for each in plan.edited.rules].index(rule.id) + 1
        title = _("Try the rule for %(asked)s in place %(n)s.", asked=asked, n=place)
    elif not rule.enabled:
        title = _("Turn off the rule for %(asked)s. What is in %(category)s stays there.", asked=asked, category=named)
    else:
        title = _("Keep %(asked)s in %(category)s.", asked=asked, category=named)
    return Markup(" ").join([title, *_notes(page, plan)])


def _notes(page: Opened, plan: KeepPlan) -> list[Markup]:
    """Tell what matches, and is left where it is all the same."""
    _n = page.visit.formats.translator.plural
    hand, earlier, shared = plan.moves.by_hand, plan.earlier, plan.shared
    found = []
    if hand:
        found.append(
            _n("%(n)s template stays where people put it.", "%(n)s templates stay where people put them.", hand)
        )
    if earlier:
        found.append(
            _n(
                "%(n)s template is held by a rule that comes first.",
                "%(n)s templates are held by rules that come first.",
                earlier,
            )
        )
    if shared:
        found.append(
            _n(
                "%(n)s template is left out, since other services have it too.",
                "%(n)s templates are left out, since other services have them too.",
                shared,
            )
        )
    return found


def verb_of(page: Opened, change: KeepChange, plan: KeepPlan) -> Markup:
    """Say what the button does."""
    _, _n = page.visit.formats.translator.text, page.visit.formats.translator.plural
    count, rule = len(plan.moves.moves), plan.edited.about
    if change.step == "remove":
        return _("Remove 1 rule")
    if change.step == "move":
        return _("Move 1 rule")
    if not rule.enabled:
        return _("Turn off 1 rule") if change.step != "add" else _("Add 1 rule")
    if count:
        named = public_id(Prefix.CATEGORY, rule.category)
        return _n("Keep %(n)s template in %(id)s", "Keep %(n)s templates in %(id)s", count, id=named)
    return _("Add 1 rule") if change.step == "add" else _("Change 1 rule")


def promise_of(page: Opened, change: KeepChange, plan: KeepPlan) -> Markup:
    """Say what happens later, and that it can be taken back."""
    _ = page.visit.formats.translator.text
    if change.step == "remove" or not plan.edited.about.enabled:
        return _("What comes later is grouped by Kea again. You can undo it.")
    return _("What comes later and matches joins it too. You can undo it.")
