"""``kea reindex``: embeds everything anew with the model and the glossary that are set, then switches."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from ingest.clustering.reindexing import Reindexing
    from knowledge_base.reindexing import Outlook


def reindex(
    project: Project = DEFAULT_PROJECT,
    everything: Annotated[bool, typer.Option("--all", help="All projects.")] = False,
    model: Annotated[
        str | None, typer.Option(help="Folder or name of a sentence-transformers model; KEA_MODEL unless given.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done and how long it takes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Embed a project anew after a change of model or glossary, beside whatever runs, and switch to the result.

    `kea serve` does the same by itself, slowly; this does it at once. What was interrupted goes on where it was.
    """
    from ingest.clustering.reindexing import Reindexing
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from knowledge_base.store import projects
    from web.cli.logs import log_to_standard_error
    from web.cli.output import print_json

    log_to_standard_error()
    settings = read_settings(**({} if model is None else {"model": model}))
    with KnowledgeBase(settings) as knowledge:
        with knowledge.store.read() as db:
            names = projects.list_projects(db) if everything else [project]
            for name in names:
                projects.require_project(db, name)
        work = Reindexing(knowledge)
        outlooks = [work.of(name).outlook() for name in names]
        for outlook in outlooks:
            if not as_json:
                typer.echo(_told(outlook))
            if not dry_run:
                _roll_over(work, outlook, as_json=as_json)
    if as_json:
        print_json([{**asdict(each), "is_due": each.is_due, "dry_run": dry_run} for each in outlooks])
    elif model is not None and not dry_run:
        typer.echo(f"Set KEA_MODEL={model} too: the next `kea serve` follows its own setting.")


def _roll_over(work: Reindexing, outlook: Outlook, *, as_json: bool) -> None:
    from web.cli.progress import counting

    reindexer = work.of(outlook.project)
    if not (reindexer.request() or reindexer.complete()):
        return
    with counting(f"embedding project {outlook.project} anew", total=outlook.to_embed or None) as tick:
        embedded = work.settle(outlook.project, tick)
    if not as_json:
        used = reindexer.state().used
        typer.echo(f"{outlook.project}: {embedded:,} representatives were embedded here; it answers by {used} now.")


def _told(outlook: Outlook) -> str:
    if not outlook.used:
        return f"{outlook.project}: nothing was embedded yet; {outlook.wanted} will be used."
    if not outlook.is_due:
        return f"{outlook.project}: all {outlook.representatives:,} representatives are by {outlook.wanted}."
    return (
        f"{outlook.project}: {outlook.to_embed:,} of {outlook.representatives:,} representatives are to be embedded"
        f" with {outlook.wanted} (now: {outlook.used}); about {_duration(outlook.seconds)}."
    )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"
