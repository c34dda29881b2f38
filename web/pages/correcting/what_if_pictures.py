"""Before and after of every correction; those that move nothing are drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup
from sqlalchemy import Connection

from assistant.what_if import Moves
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.grouping.proposal_values import ProposalKind
from knowledge_base.types import Category
from web.drawing.flows import Stream
from web.pages.correcting.what_if_boxes import SHOWN, Drawing, Picture
from web.pages.correcting.what_if_context import Box
from web.pages.opening import Opened
from web.replaying.replays import Wanted
from web.showing.rendering import strong


def picture_of(db: Connection, page: Opened, wanted: Wanted, concerned: Sequence[int], found: Moves) -> Picture:
    """Draw a correction; ``concerned`` has the category that it is done to first."""
    known = [categories.get(db, page.project, number) for number in concerned[:SHOWN]]
    draw = _Saying(db, page, known, found.lines.seen)
    match wanted.kind:
        case "merge":
            return draw.merge(len(concerned))
        case "split":
            return draw.split(wanted)
        case "move":
            return draw.move(wanted)
        case "label":
            return draw.rename(wanted, len(concerned))
        case "adopt":
            return draw.adopt()
        case "apart":
            return draw.apart()
    return draw.dismiss(proposals.get(db, page.project, wanted.proposal).kind)


class _Saying(Drawing):
    """Draws what is said of categories: they hold the same lines before and after."""

    def rename(self, wanted: Wanted, total: int) -> Picture:
        """The same under another name."""
        _, _n = self.formats.translator.text, self.formats.translator.plural
        first, name = self.known[0], strong(wanted.label)
        if total > 1 and wanted.label:
            title = _n("Label %(n)s category “%(name)s”.", "Label %(n)s categories “%(name)s”.", total, name=name)
        elif wanted.label:
            title = _("Rename %(id)s to “%(name)s”.", id=self.named(first), name=name)
        elif total > 1:
            title = _n("Take the label off %(n)s category.", "Take the labels off %(n)s categories.", total)
        else:
            title = _("Take the label off %(id)s.", id=self.named(first))
        after = [replace(self._kept(each), title=self._called(wanted.label), is_changed=True) for each in self.known]
        verb = (
            _n("Rename %(n)s category", "Rename %(n)s categories", total)
            if wanted.label
            else _n("Take %(n)s label off", "Take %(n)s labels off", total)
        )
        return self._beside(title, after, verb, _("Solutions stay as they are. You can undo it."))

    def adopt(self) -> Picture:
        """One takes label and solution of the other one over."""
        _ = self.formats.translator.text
        target, other = self.known
        name = other.label or self.title(other)
        gets = Box(
            title=self.title(other, other.label),
            id=target.id,
            facts=self.facts(target.count, target.asked),
            notes=self.keeps(other) or self.keeps(target),
            is_changed=True,
        )
        title = _("Take “%(name)s” over from %(other)s for %(id)s.", name=strong(name), other=other.id, id=target.id)
        verb = _("Take over label and solution") if other.solution_id else _("Take over the label")
        promise = _("The two stay apart: they are counted each by itself. You can undo it.")
        return self._beside(title, [gets, self._kept(other)], verb, promise)

    def apart(self) -> Picture:
        """Two that are never put together."""
        _ = self.formats.translator.text
        title = _("Keep %(id)s and %(other)s apart.", id=self.named(self.known[0]), other=self.named(self.known[1]))
        promise = _("Kept as cannot-link; it is not proposed again. You can undo it.")
        return self._beside(title, [self._kept(each) for each in self.known], _("Keep 2 apart"), promise)

    def dismiss(self, kind: ProposalKind) -> Picture:
        """The same as it is, and not proposed again."""
        _ = self.formats.translator.text
        if kind is ProposalKind.MERGE:
            return self.apart()
        if kind is ProposalKind.SPLIT:
            title = _("Keep the templates of %(id)s together.", id=self.named(self.known[0]))
            promise = _("Kept as must-link; it is not proposed again. You can undo it.")
            return self._beside(title, [self._kept(self.known[0])], _("Keep 1 together"), promise)
        title = _("%(id)s is not what %(other)s is.", id=self.named(self.known[0]), other=self.named(self.known[1]))
        promise = _("Kept as cannot-link; it is not proposed again. You can undo it.")
        return self._beside(title, [self._kept(each) for each in self.known], _("Keep 2 apart"), promise)

    def _beside(self, title: Markup, after: Sequence[Box], verb: Markup, promise: Markup) -> Picture:
        streams = [Stream(place, place, each.count, moves=False) for place, each in enumerate(self.known)]
        size = len(self.known)
        return Picture(
            title=title,
            before=tuple(self.box(each) for each in self.known),
            after=tuple(after),
            flow=self.flow(streams, size, size),
            verb=verb,
            promise=promise,
        )

    def _kept(self, category: Category) -> Box:
        facts = self.facts(category.count, category.asked)
        return Box(title=self.title(category), id=category.id, facts=facts, notes=self.keeps(category))

    def _called(self, name: str) -> Markup:
        return Markup("%s") % name if name else self.formats.translator.text("unlabelled")
