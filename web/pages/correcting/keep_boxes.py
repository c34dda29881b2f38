"""Before and after of a change of the rules that keep templates: categories as boxes, and the lines between them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.curation.keeping.keep_changes import KeepPlan
from knowledge_base.store.grouping import categories
from knowledge_base.store.tables import TemplateRow
from web.drawing.flows import Flow, Stream
from web.pages.correcting.what_if_boxes import Drawing
from web.pages.correcting.what_if_context import Box
from web.pages.opening import Opened

SOURCES_SHOWN = 4
CHUNK = 500


def keep_boxes(db: Connection, page: Opened, plan: KeepPlan) -> tuple[tuple[Box, ...], tuple[Box, ...], Flow | None]:
    """Draw where lines go from, where all of it goes to one category."""
    targets = {target for _, target in plan.moves.moves.values()}
    if len(targets) != 1:
        return (), (), None
    going = _lines(db, page.project, plan)
    sources = sorted(going, key=lambda number: (-going[number], number))
    known = [categories.get(db, page.project, number) for number in (*targets, *sources[:SOURCES_SHOWN])]
    draw = Drawing(db, page, known, sum(going.values()))
    target, shown = known[0], known[1:]
    rest = sum(going[number] for number in sources[SOURCES_SHOWN:])
    before = [draw.box(each) for each in shown]
    streams = [Stream(place, 0, going[number], moves=True) for place, number in enumerate(sources[:SOURCES_SHOWN])]
    left: list[Box] = []
    if len(sources) == 1 and sources[0] not in plan.moves.emptied:
        # With several sources only what moves is drawn; their own numbers tell what stays.
        (each,) = shown
        stay = max(0, each.count - going[sources[0]])
        left.append(Box(title=draw.title(each), id=each.id, facts=draw.lines(stay), notes=draw.keeps(each)))
        streams.append(Stream(0, 1, stay, moves=False))
    if rest:
        plural = page.visit.formats.translator.plural
        hidden = len(sources) - SOURCES_SHOWN
        more = plural("%(n)s more category", "%(n)s more categories", hidden)
        streams.append(Stream(len(before), 0, rest, moves=True))
        before.append(Box(title=more, id="", facts=draw.lines(rest)))
    streams.append(Stream(len(before), 0, target.count, moves=False))
    before.append(draw.box(target))
    # What is emptied hands over what the kept category lacks, the oldest first.
    heirs = (each for number, each in sorted(zip(sources, shown, strict=False)) if number in plan.moves.emptied)
    ordered = [target, *heirs]
    solved = next((each for each in ordered if each.solution_id), target)
    label = next((each.label for each in ordered if each.label), None)
    whole = Box(
        title=draw.title(solved if label is None else target, label),
        id=target.id,
        facts=draw.lines(target.count + draw.moving),
        notes=draw.keeps(solved),
        is_changed=True,
    )
    after = (whole, *left)
    return tuple(before), after, draw.flow(streams, len(before), len(after))


def _lines(db: Connection, project: str, plan: KeepPlan) -> Mapping[int, int]:
    """Count the lines that would leave each category."""
    moving, found = sorted(plan.moves.moves), dict[int, int]()
    for start in range(0, len(moving), CHUNK):
        query = (
            select(col(TemplateRow.category), func.sum(col(TemplateRow.count)))
            .where(col(TemplateRow.project) == project, col(TemplateRow.id).in_(moving[start : start + CHUNK]))
            .group_by(col(TemplateRow.category))
        )
        for number, lines in db.execute(query):
            found[number] = found.get(number, 0) + int(lines)
    return found
