"""``kea export`` and ``kea import``: the knowledge as JSON lines."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from knowledge_base.exchange.importing import Imported
    from knowledge_base.exchange.reading import Export


class ExportFormat(StrEnum):
    """What an export is written as."""

    JSONL = "jsonl"
    KNOWLEDGE = "knowledge"
    CSV = "csv"


def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output by default.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All projects.")] = False,
    form: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="knowledge: what is known, in rows that are easy to read, the default; jsonl: all, without loss,"
            " the default with --all; csv: only solutions.",
            show_default=False,
        ),
    ] = None,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Write a project, or all of them, as JSON lines that `kea import` reads; or its solutions as CSV."""
    from knowledge_base.exchange.exporting import export_rows
    from knowledge_base.exchange.tabulating import solutions_csv
    from knowledge_base.exchange.writing import export_lines
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store
    from web.cli.output import row, writing
    from web.cli.progress import counting

    form = form or (ExportFormat.JSONL if everything else ExportFormat.KNOWLEDGE)
    if everything and form is not ExportFormat.JSONL:
        raise typer.BadParameter(f"--format {form} writes one project; leave --all out")
    with Store(read_settings().url) as store, counting("lines") as tick, writing(output) as out:
        if form is ExportFormat.CSV:
            lines = solutions_csv(store, project)
        elif form is ExportFormat.KNOWLEDGE:
            lines = map(row, export_rows(store, project))
        else:
            lines = export_lines(store, None if everything else [project])
        for line in lines:
            out.write(line)
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
    everything: Annotated[bool, typer.Option("--all", help="All projects of the file, under their own names.")] = False,
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
    from knowledge_base.exchange.reading import Export
    from web.cli.output import seekable

    with seekable(file) as opened:
        export = Export(opened, str(file))
        if export.is_one():
            _import_export(export, None if everything else project, actor=actor, as_json=as_json)
        elif everything:
            raise typer.BadParameter("--all needs a file that `kea export` wrote")
        else:
            _import_rows(opened, str(file), project, actor=actor, as_json=as_json)


def _import_export(export: Export, project: str | None, *, actor: str, as_json: bool) -> None:
    from ingest.clustering import ClusterLoop
    from knowledge_base.exchange.loading import import_export
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import console, print_json
    from web.cli.progress import counting

    with KnowledgeBase(read_settings()) as knowledge:
        with counting("bytes", total=2 * export.size()) as tick:
            done = import_export(knowledge.store, export, project=project, actor=actor, tick=tick)
        for each in done:
            if each.merged is not None:
                # What was merged has no vectors yet; without them only exact repeats would be found.
                ClusterLoop(knowledge, each.project).drain(each.project)
    if as_json:
        print_json([{"project": each.project, "rows": each.rows, "exact": each.merged is None} for each in done])
        return
    for each in done:
        if each.merged is None:
            console().print(f"{each.project}: {each.rows:,} rows, exactly as they were exported")
        else:
            console().print(
                f"{each.project}: merged into what is here: {_told(each.merged)}; questions, counts, samples and"
                " acts stay behind, and ids are others (docs/export.md)"
            )


def _import_rows(file: BinaryIO, name: str, project: str, *, actor: str, as_json: bool) -> None:
    from ingest.clustering import ClusterLoop
    from knowledge_base.exchange.importing import import_rows
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import console, print_json, rows_within

    rows = list(rows_within(file, name))
    with KnowledgeBase(read_settings()) as knowledge:
        done = import_rows(knowledge.store, project, rows, actor=actor, name=name)
        # Imported templates have no vectors yet; without them only exact repeats would be found.
        ClusterLoop(knowledge, project).drain(project)
    if as_json:
        print_json(
            {"solutions": done.solutions, "categories": done.categories, "links": done.links, "left_out": done.left_out}
        )
        return
    console().print(_told(done))


def _told(done: Imported) -> str:
    said = f"{done.solutions:,} solutions, {done.categories:,} categories, {done.links:,} links"
    if done.left_out:
        said += f"; {done.left_out:,} rows were left out: derived anew, or known here already, the same or otherwise"
    return said
