"""The box that explains a line on a category's page: how it is read, and whether it lands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query
from markupsafe import Markup
from starlette.responses import Response

from knowledge_base.ids import Prefix, number_of
from knowledge_base.recognised import Recognised
from knowledge_base.recognising import explain_in
from knowledge_base.signature import Explanation, Stage
from knowledge_base.store.grouping import categories, template_reading
from knowledge_base.store.intake import samples
from knowledge_base.types import Category
from web.pages.browsing.explained import Piece, Row, limits_of, pieces_of, row_of
from web.pages.opening import Opened, PageOf
from web.showing.language import Translator
from web.showing.segments import SHOWN, Segment, template_segments

TEXT_LIMIT = 100_000
ROWS_SHOWN = 60

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """An explanation beside a category; without one there is only the field to paste a line into."""

    category: Category
    text: str
    pasted: bool
    refused: Markup
    explanation: Explanation | None = None
    recognised: Recognised | None = None
    line: tuple[Piece, ...] = ()
    left_off: int = 0
    template: tuple[Segment, ...] = ()
    rows: tuple[Row, ...] = ()
    rows_left_off: int = 0
    limits: tuple[Markup, ...] = ()

    @property
    def lands_here(self) -> bool:
        """Whether what the line is recognised as is this category."""
        best = self.recognised.best if self.recognised else None
        return best is not None and best.category.id == self.category.id


@router.get("/categories/{category_id}/explain")
def show_template(page: PageOf, category_id: str, template: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Explain the newest sample of a template of the category."""
    category = _category(page, category_id)
    text = ""
    if template:
        number = number_of(Prefix.TEMPLATE, template)
        with page.parts.knowledge.store.read() as db:
            found = template_reading.read_templates(db, page.project, [number])
            known = [each for each in found if each.category_id == category.id]
            lines = samples.samples_of(db, page.project, [number], 1) if known else []
        text = lines[0].text if lines else known[0].text if known else ""
    return _show(page, category, text, pasted=False)


@router.post("/categories/{category_id}/explain")
def explain(
    page: PageOf, category_id: str, text: Annotated[str, Form()] = "", pasted: Annotated[bool, Form()] = True
) -> Response:
    """Explain a line, and tell whether it lands in the category; nothing is kept."""
    return _show(page, _category(page, category_id), text.replace("\r\n", "\n"), pasted=pasted)


def _category(page: Opened, category_id: str) -> Category:
    with page.parts.knowledge.store.read() as db:
        return categories.get(db, page.project, categories.resolve_public(db, page.project, category_id))


def _show(page: Opened, category: Category, text: str, *, pasted: bool) -> Response:
    _ = page.visit.formats.translator.text
    refused = Markup("")
    if len(text) > TEXT_LIMIT:
        limit = page.visit.formats.number(TEXT_LIMIT)
        refused = _("The text is too long: %(n)s characters are allowed.", n=limit)
    elif not text.strip():
        refused = _("Paste a line first.")
    if refused:
        context = ExplainPage(category, text[:TEXT_LIMIT], pasted, refused)
    else:
        explanation, recognised = explain_in(page.parts.knowledge, page.project, text)
        context = _context(category, text, explanation, recognised, page.visit.formats.translator, pasted=pasted)
    status = 400 if refused and pasted and not page.visit.fragment else 200
    return page.show("explained.html" if page.visit.fragment else "explain.html", context, status=status)


def _context(
    category: Category,
    text: str,
    explanation: Explanation,
    recognised: Recognised,
    translator: Translator,
    *,
    pasted: bool,
) -> ExplainPage:
    steps = [step for step in explanation.steps if step.stage not in (Stage.HEADER, Stage.LIMIT, Stage.JSON)]
    steps.sort(key=lambda step: (step.start is None, step.start or 0, -(step.end or 0)))
    limits = limits_of(translator)
    return ExplainPage(
        category=category,
        text=text,
        pasted=pasted,
        refused=Markup(""),
        explanation=explanation,
        recognised=recognised,
        line=tuple(pieces_of(explanation, translator)),
        left_off=max(0, len(explanation.text) - SHOWN),
        template=template_segments(explanation.template),
        rows=tuple(row_of(step, translator) for step in steps[:ROWS_SHOWN]),
        rows_left_off=max(0, len(steps) - ROWS_SHOWN) + explanation.more,
        limits=tuple(dict.fromkeys(limits[step.rule] for step in explanation.of(Stage.LIMIT))),
    )
