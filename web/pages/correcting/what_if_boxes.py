"""Before and after of a correction: the categories as boxes, and the lines that go from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import Connection

from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.solving import solutions
from knowledge_base.types import Category, Solution
from web.drawing.flows import Flow, Stream, draw_flow
from web.pages.correcting.what_if_context import Box
from web.pages.opening import Opened
from web.replaying.replays import Wanted
from web.showing.rendering import strong

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The correction in words and boxes."""

    title: Markup
    before: tuple[Box, ...]
    after: tuple[Box, ...]
    flow: Flow
    verb: Markup
    promise: Markup


class Drawing:
    """Puts one correction together; ``moving`` counts the lines of the templates that move."""

    def __init__(self, db: Connection, page: Opened, known: Sequence[Category], moving: int) -> None:
        self.db = db
        self.project = page.project
        self.formats = page.visit.formats
        self.known = known
        self.moving = moving

    def merge(self, total: int) -> Picture:
        """Several become one."""
        _, _n = self.formats.translator.text, self.formats.translator.plural
        target, sources = self.known[0], self.known[1:]
        hidden = total - len(self.known)
        before = [self.box(each) for each in self.known]
        streams = [Stream(place, 0, each.count, moves=place > 0) for place, each in enumerate(self.known)]
        if hidden:
            rest = self.moving - sum(each.count for each in sources)
            more = _n("%(n)s more category", "%(n)s more categories", hidden)
            before.append(Box(title=more, id="", facts=self.lines(max(0, rest))))
            streams.append(Stream(len(self.known), 0, max(0, rest), moves=True))
        solved = next((each for each in self.known if each.solution_id), None)
        notes = []
        if solved:
            notes.append(_("%(solution)s for all", solution=self.solution(solved)))
        gone = ", ".join(each.id for each in sources) + (" …" if hidden else "")
        notes.append(_n("%(ids)s stays as an alias", "%(ids)s stay as aliases", len(sources) + hidden, ids=gone))
        label = target.label or next((each.label for each in sources if each.label), None)
        asks = sum(each.asked for each in self.known)
        whole = Box(
            title=self.title(target if label or not solved else solved, label),
            id=target.id,
            facts=self.facts(target.count + self.moving, asks),
            notes=tuple(notes),
            is_changed=True,
        )
        named = Markup(", ").join(strong(each.id) for each in sources)
        count = total - 1
        return Picture(
            title=_("Merge %(others)s into %(target)s.", others=named, target=self.named(target)),
            before=tuple(before),
            after=(whole,),
            flow=self.flow(streams, len(before), 1),
            verb=_n("Merge %(n)s into %(id)s", "Merge %(n)s into %(id)s", count, id=target.id),
            promise=_("Kept as must-link; the ids stay as aliases. You can undo it."),
        )

    def split(self, wanted: Wanted) -> Picture:
        """One becomes two."""
        _, _n = self.formats.translator.text, self.formats.translator.plural
        (source,) = self.known
        stay = max(0, source.count - self.moving)
        rest = Box(title=self.title(source), id=source.id, facts=self.lines(stay), notes=self.keeps(source))
        made = Box(
            title=Markup("%s") % wanted.label if wanted.label else _("New category"),
            id="",
            facts=self.lines(self.moving),
            notes=(_("no solution yet"),),
            is_changed=True,
        )
        count = len(wanted.templates)
        return Picture(
            title=_n(
                "Split %(n)s template off %(id)s.", "Split %(n)s templates off %(id)s.", count, id=self.named(source)
            ),
            before=(self.box(source),),
            after=(rest, made),
            flow=self.flow([Stream(0, 0, stay, moves=False), Stream(0, 1, self.moving, moves=True)], 1, 2),
            verb=_n("Split off %(n)s template", "Split off %(n)s templates", count),
            promise=_("Kept as cannot-link. You can undo it."),
        )

    def move(self, wanted: Wanted) -> Picture:
        """One template leaves a category for another one."""
        _ = self.formats.translator.text
        target, source = self.known
        stay = max(0, source.count - self.moving)
        left = Box(title=self.title(source), id=source.id, facts=self.lines(stay), notes=self.keeps(source))
        there = Box(
            title=self.title(target),
            id=target.id,
            facts=self.lines(target.count + self.moving),
            notes=self.keeps(target),
            is_changed=True,
        )
        streams = [
            Stream(0, 0, stay, moves=False),
            Stream(0, 1, self.moving, moves=True),
            Stream(1, 1, target.count, moves=False),
        ]
        template = wanted.templates[0]
        return Picture(
            title=_(
                "Move %(template)s from %(source)s to %(target)s.",
                template=strong(template),
                source=self.named(source),
                target=self.named(target),
            ),
            before=(self.box(source), self.box(target)),
            after=(left, there),
            flow=self.flow(streams, 2, 2),
            verb=_("Move 1 template to %(id)s", id=target.id),
            promise=_("Kept as must-link there and as cannot-link to where it was. You can undo it."),
        )

    def flow(self, streams: Sequence[Stream], left: int, right: int) -> Flow:
        """Draw the lines that stay and those that move."""
        _ = self.formats.translator.text
        texts = [
            _("%(n)s move", n=self.formats.number(each.lines))
            if each.moves
            else _("%(n)s stay", n=self.formats.number(each.lines))
            for each in streams
        ]
        return draw_flow(streams, texts, left=left, right=right)

    def box(self, category: Category) -> Box:
        """Draw a category as it is."""
        facts = self.facts(category.count, category.asked)
        if category.solution_id:
            facts += self.formats.translator.text(", ") + self.solution(category)
        return Box(title=self.title(category), id=category.id, facts=facts)

    def title(self, category: Category, label: str | None = None) -> Markup:
        """Name it by its label, or what solves it."""
        named = label or category.label
        if not named and category.solution_id:
            named = self.solved_by(category).title
        return Markup("%s") % named if named else self.formats.translator.text("unlabelled")

    def named(self, category: Category) -> Markup:
        """Name it by its id, and its label where it has one."""
        return strong(f"{category.id} {category.label}" if category.label else category.id)

    def lines(self, count: int) -> Markup:
        """Count lines."""
        return self.formats.translator.plural("%(n)s line", "%(n)s lines", count, n=self.formats.number(count))

    def facts(self, lines: int, asks: int) -> Markup:
        """Count lines and what was asked."""
        asked = self.formats.translator.plural("%(n)s ask", "%(n)s asks", asks, n=self.formats.number(asks))
        return self.lines(lines) + self.formats.translator.text(", ") + asked

    def keeps(self, category: Category) -> tuple[Markup, ...]:
        """Tell the solution that stays."""
        return (self.solution(category),) if category.solution_id else ()

    def solution(self, category: Category) -> Markup:
        """Name the version of its solution."""
        return self.formats.translator.text("solution v%(n)s", n=self.solved_by(category).version)

    def solved_by(self, category: Category) -> Solution:
        """Read its solution."""
        return solutions.get(self.db, self.project, number_of(Prefix.SOLUTION, category.solution_id or ""))
