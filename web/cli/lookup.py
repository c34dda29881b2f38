"""``kea lookup``: what a raw line is known as."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project


def lookup(
    line: Annotated[str, typer.Argument(help="A raw log line or stack trace; - reads standard input.")],
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Tell the template and the category of a raw line."""
    import sys

    from knowledge_base.errors import InputError
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import console, print_json

    text = sys.stdin.read() if line == "-" else line
    if not text.strip():
        raise InputError("there is no line to look up")
    with KnowledgeBase(read_settings()) as knowledge:
        found = knowledge.lookup(project, text)
    if as_json:
        print_json(
            {
                "fingerprint": found.signature.fingerprint,
                "template": found.signature.template,
                "template_id": found.template.id if found.template else None,
                "category_id": found.category.id if found.category else None,
                "label": found.category.label if found.category else None,
                "keywords": list(found.category.keywords) if found.category else [],
                "solution_id": found.category.solution_id if found.category else None,
                "known": found.template is not None,
            }
        )
        raise typer.Exit(0 if found.template else 1)
    out = console()
    out.print(f"template     {found.signature.template}", markup=False)
    out.print(f"fingerprint  {found.signature.fingerprint}")
    if found.template is None or found.category is None:
        out.print("category     not seen yet; `kea ask` finds what is similar")
        raise typer.Exit(1)
    named = f"  {found.category.label}" if found.category.label else ""
    out.print(f"category     {found.category.id}{named}  ({found.category.count:,} lines)", markup=False)
    out.print(f"why          {found.template.reason.why}, score {found.template.reason.score:.2f}")
    out.print(f"solution     {found.category.solution_id or 'none yet'}")
