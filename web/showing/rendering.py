"""Pages from templates: one Jinja environment, every value escaped, the reader's language and clock at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from knowledge_base.store.store import Clock
from web.showing.assets import HOW_TO_BUILD, Assets
from web.showing.language import Messages
from web.showing.markdown import render_markdown
from web.showing.refusals import told
from web.showing.visit import Visit

TEMPLATES = Path(__file__).parents[1] / "templates"


class Renderer:
    """Turns a page's context into a response."""

    def __init__(self, *, assets: Assets, messages: Messages, clock: Clock, provider: str = "") -> None:
        self.assets = assets
        self.messages = messages
        self.clock = clock
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(
            asset=assets.url, markdown=render_markdown, how_to_build=HOW_TO_BUILD, provider=provider
        )

    def page(
        self,
        visit: Visit,
        template: str,
        page: object,
        *,
        projects: Sequence[str] = (),
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Render a template with its context, a frozen dataclass of ``web.pages``."""
        html = self.environment.get_template(template).render(
            page=page,
            visit=visit,
            projects=projects,
            built=self.assets.built,
            fmt=visit.formats,
            url=visit.url,
            _=visit.formats.translator.text,
            _n=visit.formats.translator.plural,
            strong=strong,
            told=partial(told, language=visit.language),
        )
        return HTMLResponse(html, status, headers=dict(headers or {}))


def strong(value: object) -> Markup:
    """Make a value stand out within a sentence."""
    return Markup("<strong>%s</strong>") % value
