"""What the page of the rules shows of those that keep templates in a category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.curation.keeping.keep_changes import ACTIONS
from knowledge_base.curation.keeping.keep_checks import MOST_RULES
from knowledge_base.curation.keeping.keep_matching import match
from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import briefs, categories, category_services
from knowledge_base.store.intake import sample_walk
from knowledge_base.store.rules import keep_rules, keep_scan
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.solving import solution_texts

CHANGES_SHOWN = 20
LINES_LOOKED_AT = 1_000
SUGGESTED = 30
TEMPLATES_READ = 200


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One rule, with the category that it keeps now; ``label`` is empty where that has neither name nor solution."""

    rule: KeepRule
    category_id: str
    label: str

    @property
    def template_id(self) -> str:
        """The id of the template that it asks for; empty where it asks for none."""
        return public_id(Prefix.TEMPLATE, self.rule.template) if self.rule.template else ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the form for a new rule begins with, and what is offered: the category from whose page somebody came."""

    category_id: str = ""
    label: str = ""
    template_id: str = ""
    code: str = ""
    codes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPart:
    """The rules in their order, who changed what, and the form for a new one."""

    rows: tuple[KeptRow, ...]
    changes: tuple[Entry, ...]
    begun: Begun
    is_full: bool


@dataclass(frozen=True, slots=True)
class KeptHits:
    """How many of the recent lines each rule holds; None for a rule that is off."""

    hits: tuple[tuple[str, int | None], ...]
    of: int


def read_kept(db: Connection, project: str, *, category_id: str = "", template_id: str = "") -> KeptPart:
    """Read the rules; ``category_id`` and ``template_id`` are what a new one is begun for, if anything."""
    rules = keep_rules.read(db, project)
    named = _names(db, project, {rule.category for rule in rules})
    rows = [KeptRow(rule, public_id(Prefix.CATEGORY, rule.category), named.get(rule.category, "")) for rule in rules]
    return KeptPart(
        rows=tuple(rows),
        changes=tuple(audit.of_actions(db, project, set(ACTIONS.values()), limit=CHANGES_SHOWN)),
        begun=_begun(db, project, category_id, template_id) if category_id else Begun(),
        is_full=len(rules) >= MOST_RULES,
    )


def read_kept_hits(db: Connection, project: str) -> KeptHits:
    """Count for each rule the stored recent lines of templates that it holds, being the first to do so."""
    recent = Counter(each.template for each in sample_walk.recent_after(db, project, -1, LINES_LOOKED_AT))
    rules = keep_rules.read(db, project)
    found = match(db, project, rules, keep_scan.scanned(db, project, sorted(recent))) if rules else None
    lines: Mapping[int, int] = Counter()
    if found is not None:
        lines = sum((Counter({each.rule.id: recent[each.template.id]}) for each in found.held), Counter[int]())
    hits = tuple((rule.public, lines.get(rule.id, 0) if rule.enabled else None) for rule in rules)
    return KeptHits(hits, sum(recent.values()))


def _begun(db: Connection, project: str, category_id: str, template_id: str) -> Begun:
    """Offer what the templates of a category have; one error code that all of them have is filled in."""
    try:
        number = categories.resolve_public(db, project, category_id)
        one = number_of(Prefix.TEMPLATE, template_id) if template_id else 0
    except NotFound:
        return Begun()
    wanted = [one] if one else categories.living_templates_of(db, project, number)[:TEMPLATES_READ]
    found = keep_scan.scanned(db, project, wanted)
    codes = Counter(code for each in found for code in each.codes)
    common = next((code for code, count in codes.most_common() if count == len(found)), "")
    return Begun(
        category_id=public_id(Prefix.CATEGORY, number),
        label=_names(db, project, {number}).get(number, ""),
        template_id=public_id(Prefix.TEMPLATE, one) if one and found and not common else "",
        code=common,
        codes=tuple(code for code, _ in codes.most_common(SUGGESTED)),
        services=tuple(each.name for each in category_services.services_of(db, project, number)[:SUGGESTED]),
    )


def _names(db: Connection, project: str, numbers: Collection[int]) -> dict[int, str]:
    """Call categories by their labels, or by what solves them."""
    known = briefs.briefs(db, project, numbers)
    solved = sorted({each.solution for each in known.values() if each.solution is not None})
    titles = {number: each.title for number, each in solution_texts.read(db, project, solved).items()}
    return {number: each.label or titles.get(each.solution or 0, "") for number, each in known.items()}
