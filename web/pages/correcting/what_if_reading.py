"""Works out what a correction would change, and puts it into words and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from assistant.what_if import Act, ChangedAnswers, Moves, what_if, what_moves
from assistant.what_if.replaying import UNCHANGED, Reply
from knowledge_base.curation import basis_of
from knowledge_base.curation.foreseeing.foreseen_saying import Saying
from knowledge_base.errors import KeaError, NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import briefs, categories, proposals, template_reading
from knowledge_base.types import Outcome, Verdict
from web.pages.correcting.what_if_context import AnswerRow, Said, TemplateRow, WhatIfPage
from web.pages.correcting.what_if_pictures import picture_of
from web.pages.correcting.what_if_rules import rule_notes
from web.pages.opening import Opened
from web.pages.queueing.queue_wanted import read_address
from web.replaying.replays import Wanted, write_replay
from web.showing.segments import template_segments

TEMPLATES_SHOWN = 50
ACTS_SHOWN = 5
REPLAY_SECONDS = 2.0
"""So long questions are asked again for somebody who waits; those that an act concerns come first."""
_SOLVED = frozenset({Outcome.ANSWERED, Outcome.SUGGESTED})


def work_out(
    page: Opened, wanted: Wanted, *, reason: str = "", since: Wanted | None = None, asks: bool = False
) -> WhatIfPage:
    """Try a correction; ``since`` is what was shown before, where others changed something meanwhile.

    Questions are asked again only if it ``asks``. Raises what the act would raise.
    """
    knowledge, project = page.parts.knowledge, page.project
    act = wanted.act
    # What changes while the replay runs has to be noticed, so the state is read first.
    with knowledge.store.read() as db:
        concerned = concerned_by(db, project, wanted)
        bound = wanted.worked_out(basis=basis_of(db, project, concerned), at=int(page.visit.formats.now.timestamp()))
    found, asked = try_out(page, act, asks=asks)
    with knowledge.store.read() as db:
        picture = picture_of(db, page, bound, concerned, found)
        templates = _templates(db, project, bound, concerned)
        return WhatIfPage(
            replay=write_replay(page.parts.key, project, bound),
            confirm="/what-if/confirm",
            ask="/what-if/answers",
            kind=wanted.kind,
            cancel=back_to(page, wanted),
            title=picture.title,
            found=found,
            before=picture.before,
            after=picture.after,
            flow=picture.flow,
            asked=asked,
            answers=renamed_rows(db, project, wanted, found.saying)
            if found.saying
            else answer_rows(db, project, asked),
            templates=templates,
            verb=picture.verb,
            promise=picture.promise,
            reason=reason[:500],
            is_stale=since is not None,
            meanwhile=() if since is None else acts_since(db, project, since, concerned),
            notes=rule_notes(db, page, wanted, concerned),
        )


def try_out(page: Opened, act: Act, *, asks: bool) -> tuple[Moves, ChangedAnswers | None]:
    """Tell what an act would move, and which answers it would change if it ``asks``; those of a word are known so."""
    if asks:
        found = what_if(page.parts.knowledge, page.project, act, budget=REPLAY_SECONDS)
        return found, found.answers
    moves = what_moves(page.parts.knowledge.store, page.project, act)
    return moves, UNCHANGED if moves.saying else None


def back_to(page: Opened, wanted: Wanted) -> str:
    """Write the address of the page that a correction was begun on."""
    if wanted.address:
        return page.visit.url(wanted.back, **dict(read_address(wanted.address).parameters()))
    return page.visit.url(wanted.back or f"/categories/{wanted.category}")


def is_stale(db: Connection, project: str, wanted: Wanted) -> bool:
    """Tell whether the categories of a correction are not as they were when it was shown."""
    try:
        return basis_of(db, project, concerned_by(db, project, wanted)) != wanted.basis
    except KeaError:
        return True


def concerned_by(db: Connection, project: str, wanted: Wanted) -> tuple[int, ...]:
    """Name the categories that a correction is about, the one that it is done to first. Raises NotFound."""
    target = categories.resolve_public(db, project, wanted.category)
    if wanted.kind == "move":
        template = template_reading.get_template(db, project, wanted.templates[0])
        others = [number_of(Prefix.CATEGORY, template.category_id)]
    elif wanted.kind == "dismiss":
        found = proposals.get(db, project, wanted.proposal)
        others = [found.left, found.right]
    else:
        others = [categories.resolve_public(db, project, each) for each in wanted.others]
    return tuple(dict.fromkeys((target, *others)))


def answer_rows(db: Connection, project: str, asked: ChangedAnswers | None) -> tuple[AnswerRow, ...]:
    """Put the changed answers into rows, with the labels of their categories."""
    if asked is None:
        return ()
    named = {reply.category_id for each in asked.examples for reply in (each.before, each.after)}
    numbers = [number_of(Prefix.CATEGORY, each) for each in named if each is not None and each != "new"]
    labels = {each.id: each.label or "" for each in briefs.briefs(db, project, numbers).values()}
    rows = []
    for each in asked.examples:
        had, gets = each.before.outcome in _SOLVED, each.after.outcome in _SOLVED
        effect = "gains" if gets and not had else "loses" if had and not gets else "changes"
        rows.append(
            AnswerRow(
                question_id=each.question_id,
                text=" ".join(each.text.split())[:200],
                before=_said(each.before, labels),
                after=_said(each.after, labels),
                effect="confirmed" if each.verdict is Verdict.HELPFUL else effect,
                verdict=each.verdict or "",
            )
        )
    return tuple(rows)


def renamed_rows(db: Connection, project: str, wanted: Wanted, saying: Saying) -> tuple[AnswerRow, ...]:
    """Put the newest answers into rows that were given under a name which would be another one."""
    known = briefs.briefs(db, project, saying.categories)
    labels = {each.id: each.label or "" for each in known.values()}
    rows = []
    for each in saying.examples:
        was = Reply(each.outcome, each.confidence, each.category_id, each.solution_id)
        rows.append(
            AnswerRow(
                question_id=each.id,
                text=" ".join(each.text.split())[:200],
                before=_said(was, labels),
                after=_said(was, dict.fromkeys(labels, wanted.label)),
                effect="renamed",
                verdict=each.verdict or "",
            )
        )
    return tuple(rows)


def _said(reply: Reply, labels: dict[str, str]) -> Said:
    named = reply.category_id or ""
    return Said(named, labels.get(named, ""), reply.solution_id or "", reply.confidence, reply.outcome)


def _templates(db: Connection, project: str, wanted: Wanted, concerned: Sequence[int]) -> tuple[TemplateRow, ...]:
    if wanted.kind == "merge":
        moving = [
            template
            for number in concerned[1 : TEMPLATES_SHOWN + 1]
            for template in template_reading.templates_in(db, project, number, TEMPLATES_SHOWN)
        ]
    elif wanted.kind not in ("split", "move"):
        moving = []
    else:
        chosen = [number_of(Prefix.TEMPLATE, each) for each in wanted.templates[:TEMPLATES_SHOWN]]
        moving = template_reading.read_templates(db, project, chosen)
    after = "" if wanted.kind == "split" else wanted.category
    rows = [TemplateRow(each.id, template_segments(each.text), each.category_id, after, each.count) for each in moving]
    return tuple(sorted(rows, key=lambda row: -row.count)[:TEMPLATES_SHOWN])


def acts_since(db: Connection, project: str, since: Wanted, concerned: Sequence[int] = ()) -> tuple[Entry, ...]:
    """Read what people did to these categories, or to what they were made of, since they were last looked at."""
    begin = datetime.fromtimestamp(since.at, UTC)
    found: dict[int, Entry] = {}
    for number in (*concerned[:ACTS_SHOWN], *_former(since)):
        for entry in audit.of_category(db, project, number, limit=ACTS_SHOWN):
            if entry.at >= begin:
                found[entry.id] = entry
    return tuple(found[number] for number in sorted(found, reverse=True)[:ACTS_SHOWN])


def _former(since: Wanted) -> list[int]:
    try:
        return [number_of(Prefix.CATEGORY, each) for each in (since.category, *since.others)][:ACTS_SHOWN]
    except NotFound:
        return []
