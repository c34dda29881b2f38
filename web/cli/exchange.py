"""``kea export`` and ``kea import``: the knowledge as JSON lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project


def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output by default.")] = None,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Write categories, templates, solutions, facts and proposals as JSON lines."""
    from knowledge_base.exchange.exporting import export_rows
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import row, writing
    from web.cli.progress import counting

    with KnowledgeBase(read_settings()) as knowledge, writing(output) as out, counting("rows") as tick:
        for values in export_rows(knowledge.store, project):
            out.write(row(values))
            tick(1)


def import_(
    file: Annotated[
        Path, typer.Argument(help="JSON lines as `kea export` writes them, or old tickets; - reads standard input.")
    ],
    tickets: Annotated[
        bool, typer.Option("--tickets", help="The file has old tickets: draft solutions from their resolutions.")
    ] = False,
    form: Annotated[
        str | None, typer.Option("--format", help="Of tickets: jsonl or csv; by the file's name unless given.")
    ] = None,
    chosen: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Of tickets: the column of a field.")
    ] = None,
    unmatched: Annotated[
        Path | None, typer.Option(help="Of tickets: where those are written that are no known error.")
    ] = None,
    also_solved: Annotated[
        bool, typer.Option("--also-solved", help="Of tickets: draft for categories that have a solution, too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Of tickets: only print what would be drafted.")] = False,
    project: Project = DEFAULT_PROJECT,
    actor: Annotated[str, typer.Option(help="The name that the imported acts stand under.")] = "import",
    as_json: AsJson = False,
) -> None:
    """Read categories and solutions from JSON lines, all of the file or nothing; or draft from old tickets."""
    if tickets:
        from web.cli.tickets_import import Wanted, import_tickets

        wanted = Wanted(form, tuple(chosen or ()), unmatched, also_solved=also_solved, dry_run=dry_run)
        import_tickets(file, wanted, project=project, actor=actor, as_json=as_json)
        return
    if form or chosen or unmatched or also_solved or dry_run:
        raise typer.BadParameter("--format, --map, --unmatched, --also-solved and --dry-run need --tickets")
    from ingest.clustering import ClusterLoop
    from knowledge_base.exchange.importing import import_rows
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import console, print_json, read_rows

    rows = list(read_rows(file))
    with KnowledgeBase(read_settings()) as knowledge:
        done = import_rows(knowledge.store, project, rows, actor=actor, name=str(file))
        # Imported templates have no vectors yet; without them only exact repeats would be found.
        ClusterLoop(knowledge, project).drain(project)
    if as_json:
        print_json(
            {"solutions": done.solutions, "categories": done.categories, "links": done.links, "left_out": done.left_out}
        )
        return
    console().print(
        f"{done.solutions:,} solutions, {done.categories:,} categories, {done.links:,} links"
        + (
            f"; {done.left_out:,} rows were left out: derived anew, or known here already, the same or otherwise"
            if done.left_out
            else ""
        )
    )
