"""Solutions' Markdown to HTML that is safe to show: no raw HTML, no scripts, no foreign images."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
# A block of code scrolls where it is wider than its column; the keyboard must reach it.
SET = {"pre": {"tabindex": "0"}}
TEXT_LIMIT = 100_000


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Images are left out altogether: the address stays as text, and no page ever calls a foreign host.
    return (
        MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"]).disable("image")
    )


def render_markdown(text: str) -> Markup:
    """Render Markdown.

    >>> render_markdown("Run `SHOW TABLES`").strip()
    Markup('<p>Run <code>SHOW TABLES</code></p>')
    >>> render_markdown("<script>alert(1)</script>").strip()
    Markup('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>')
    """
    html = _parser().render(_lower_headings(text[:TEXT_LIMIT]))
    return Markup(  # noqa: S704 - cleaned by nh3 in the same breath
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            set_tag_attribute_values=SET,
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )


def _lower_headings(text: str) -> str:
    """Headings of a solution stand below those of the page."""
    lines = []
    fenced = False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if not fenced and line.startswith(("# ", "## ")):
            line = "#" * (2 if line.startswith("# ") else 1) + line
        lines.append(line)
    return "\n".join(lines)
