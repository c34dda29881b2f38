"""Every string that the pages mark for translation: in templates, in Python, and the meanings of placeholders."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jinja2 import nodes

from knowledge_base.signature import KINDS
from knowledge_base.store.store import utc_now
from web.pages.browsing.categories import _CHIP_NAMES
from web.showing.assets import Assets
from web.showing.rendering import TEMPLATES, Renderer

WEB = TEMPLATES.parent
MARKS = frozenset({"_", "_n"})


def in_templates() -> Iterator[tuple[str, str]]:
    """Give each marked string with its template."""
    environment = Renderer(assets=Assets(), messages={}, clock=utc_now).environment
    for name in environment.list_templates():
        tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in MARKS and isinstance(call.args[0], nodes.Const):
                yield name, call.args[0].value


def in_python() -> Iterator[tuple[str, str]]:
    """Give each string that Python code translates: `_("...")` and `.text("...")` of a translator."""
    for file in sorted(each for each in WEB.rglob("*.py") if "node_modules" not in each.parts):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _is_mark(node.func):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield file.name, first.value


def _is_mark(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in MARKS
    return (
        isinstance(function, ast.Attribute)
        and function.attr in {"text", "plural"}
        and isinstance(function.value, ast.Attribute)
        and function.value.attr == "translator"
    )


def marked() -> dict[str, str]:
    """Give every marked string with a place where it stands."""
    found = {text: place for place, text in (*in_templates(), *in_python())}
    found |= {kind.meaning: "kinds of placeholders" for kind in KINDS}
    found |= dict.fromkeys(_CHIP_NAMES.values(), "statuses")
    return found
