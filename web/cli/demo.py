"""``kea demo``: two weeks of generated errors, with solutions for half of them."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project


def demo(
    project: Project = DEFAULT_PROJECT,
    lines: Annotated[int, typer.Option(min=1, max=1_000_000, help="Events to generate.")] = 20_000,
    days: Annotated[int, typer.Option(min=1, max=90, help="Days that they spread over.")] = 14,
    seed: Annotated[int, typer.Option(help="The same seed gives the same sample.")] = 1,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing where the project holds lines.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load the sample: generated lines of 17 systems and the solutions of about half of the errors."""
    from knowledge_base.errors import Conflict
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import console, print_json
    from web.cli.progress import counting
    from web.demo.loading import is_empty, load_sample

    with KnowledgeBase(read_settings()) as knowledge:
        if not is_empty(knowledge, project):
            if if_empty:
                return
            raise Conflict(
                f"project {project!r} holds lines already; load the sample into another one: kea demo --project sample"
            )
        with counting("events", total=lines) as tick:
            done = load_sample(knowledge, project, lines=lines, days=days, seed=seed, tick=tick)
    if as_json:
        print_json(
            {
                "events": done.events,
                "templates": done.templates,
                "categories": done.categories,
                "solutions": done.solutions,
            }
        )
    else:
        console().print(
            f"{done.events:,} events in {done.categories:,} categories ({done.templates:,} templates);"
            f" {done.solutions:,} solutions attached"
        )
