"""Which stored lines would belong to another category under other rules, once all templates follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.curation.foreseeing.foreseeing import Foreseen, shown
from knowledge_base.curation.foreseeing.foreseen_lines import MOST_SHOWN, MovedLine, MovedLines
from knowledge_base.curation.masking.rule_changes import changed_rules, setting
from knowledge_base.curation.masking.rule_preview import Preview, SignedAnew, sign_anew
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signature.custom.user_rules import RuleSet, UserRule
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories
from knowledge_base.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenRules:
    """What would be under the rules ``behind``; ``owners`` has the templates that new fingerprints would belong to."""

    behind: RuleSet
    foreseen: Foreseen
    owners: Mapping[str, int]
    lines: MovedLines
    preview: Preview
    is_complete: bool


def foresee_rules(
    store: Store, project: str, rules: Sequence[UserRule], *, most_templates: int, most_recent: int
) -> ForeseenRules:
    """Foresee other rules in place of all that hold, on so many of the oldest templates and of the recent lines.

    Raises NotFound, and InputError for rules that cannot be used.
    """
    with store.read() as db:
        projects.require_project(db, project)
    before, behind = changed_rules(store, project, setting(list(rules)), force=True)
    signed = sign_anew(store, project, before, behind, most_templates=most_templates, most_recent=most_recent)
    with store.read() as db:
        solved = categories.solutions_of(db, project, sorted({*signed.merged, *signed.merged.values()}))
    solutions: dict[int, int | None] = {}
    for source, target in sorted(signed.merged.items()):
        if target not in solved and source in solved:
            solutions.setdefault(target, solved[source])
    homes = {
        template: signed.merged[category] for template, category in signed.homes.items() if category in signed.merged
    }
    foreseen = Foreseen(
        homes=homes,
        merged=signed.merged,
        solutions=solutions,
        before={template: signed.homes[template] for template in homes},
    )
    return ForeseenRules(
        behind=behind,
        foreseen=foreseen,
        owners=signed.owners,
        lines=_lines(signed, foreseen),
        preview=signed.preview,
        is_complete=signed.preview.is_complete,
    )


def _lines(signed: SignedAnew, foreseen: Foreseen) -> MovedLines:
    moved = 0
    moving: set[int] = set()
    examples: list[MovedLine] = []
    for (template, fingerprint), count in signed.hits.items():
        owner = signed.owners[fingerprint]
        before = signed.homes[template]
        after = foreseen.category(owner, signed.homes[owner])
        if after == before:
            continue
        moved += count
        moving.add(template)
        if len(examples) < MOST_SHOWN:
            text = signed.examples.get((template, fingerprint), "")
            examples.append(MovedLine(text, public_id(Prefix.TEMPLATE, template), shown(before), shown(after)))
    return MovedLines(
        moved=moved,
        of=signed.preview.texts,
        templates=len(moving),
        seen=sum(signed.lines[each] for each in moving),
        examples=tuple(examples),
    )
