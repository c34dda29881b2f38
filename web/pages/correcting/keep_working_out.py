"""Works out what a change of the rules that keep templates would change, and puts it into words and boxes."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from assistant.what_if import Keep
from knowledge_base.curation.keeping.keep_changes import ACTIONS, KeepPlan, plan_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import template_reading
from web.pages.correcting.keep_boxes import keep_boxes
from web.pages.correcting.keep_saying import promise_of, title_of, verb_of
from web.pages.correcting.what_if_context import TemplateRow, WhatIfPage
from web.pages.correcting.what_if_reading import answer_rows, try_out
from web.pages.opening import Opened
from web.replaying.keep_replays import ShownKeep, write_keep
from web.showing.segments import template_segments

TEMPLATES_SHOWN = 50
ACTS_SHOWN = 5


def work_out_keep(
    page: Opened, change: KeepChange, *, reason: str = "", since: ShownKeep | None = None, asks: bool = False
) -> WhatIfPage:
    """Try a change; ``since`` is what was shown before, where others changed something meanwhile.

    Questions are asked again only if it ``asks``. Raises what the act would raise.
    """
    knowledge, project = page.parts.knowledge, page.project
    plan = plan_keep(knowledge.store, project, change)
    found, asked = try_out(page, Keep(plan), asks=asks)
    shown = ShownKeep(change, plan.basis, int(page.visit.formats.now.timestamp()))
    with knowledge.store.read() as db:
        before, after, flow = keep_boxes(db, page, plan)
        return WhatIfPage(
            replay=write_keep(page.parts.key, project, shown),
            confirm="/rules/keep/confirm",
            ask="/rules/keep/what-if/answers",
            cancel=page.visit.url("/rules"),
            title=title_of(page, change, plan),
            found=found,
            before=before,
            after=after,
            flow=flow,
            asked=asked,
            answers=answer_rows(db, project, asked),
            templates=_templates(db, project, plan),
            verb=verb_of(page, change, plan),
            promise=promise_of(page, change, plan),
            reason=reason[:500],
            is_stale=since is not None,
            meanwhile=() if since is None else _meanwhile(db, project, plan, since),
        )


def _templates(db: Connection, project: str, plan: KeepPlan) -> tuple[TemplateRow, ...]:
    chosen = sorted(plan.moves.moves)[:TEMPLATES_SHOWN]
    rows = []
    for each, number in zip(template_reading.read_templates(db, project, chosen), chosen, strict=True):
        after = public_id(Prefix.CATEGORY, plan.moves.moves[number][1])
        rows.append(TemplateRow(each.id, template_segments(each.text), each.category_id, after, each.count))
    return tuple(sorted(rows, key=lambda row: -row.count))


def _meanwhile(db: Connection, project: str, plan: KeepPlan, since: ShownKeep) -> tuple[Entry, ...]:
    """Read what people did to the rules, or to the first of the categories, since they were last looked at."""
    begin = datetime.fromtimestamp(since.at, UTC)
    found = {each.id: each for each in audit.of_actions(db, project, set(ACTIONS.values()), limit=ACTS_SHOWN)}
    for number in (plan.edited.about.category, *sorted(plan.moves.concerned)[:ACTS_SHOWN]):
        found |= {each.id: each for each in audit.of_category(db, project, number, limit=ACTS_SHOWN)}
    return tuple(found[each] for each in sorted(found, reverse=True) if found[each].at >= begin)[:ACTS_SHOWN]
