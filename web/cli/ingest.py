"""``kea ingest``: read logs into the knowledge base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from ingest.runners.summary import Summary


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files and folders, gzip too; - reads standard input.")
    ],
    form: Annotated[
        str, typer.Option("--format", help="plain (log lines), jsonl (rows with a text), or auto: by the first rows.")
    ] = "auto",
    enriched: Annotated[
        Path | None, typer.Option(help="Append each event with its template and category here; - for standard output.")
    ] = None,
    service: Annotated[str, typer.Option(help="The service that writes these logs, where a row does not tell.")] = "",
    multiline: Annotated[
        str, typer.Option(help="auto joins stack traces with their line; off: each line alone.")
    ] = "auto",
    again: Annotated[
        bool, typer.Option("--again", help="Read from the start and count once more; begins the enriched file anew.")
    ] = False,
    dead_letters: Annotated[
        Path | None,
        typer.Option(help="Where rows go that cannot be used; by default a file for each input in the data folder."),
    ] = None,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Read logs: count them, group what is new, and go on where the last run stopped.

    Exit codes: 0 all was read, 3 some went to the dead letters, 1 it failed, 130 it was stopped.
    """
    from ingest.runners.assembling import IngestPlan, run_ingest
    from knowledge_base.settings import read_settings
    from web.cli import EXIT_INTERRUPTED, EXIT_REJECTED_ROWS
    from web.cli.output import console, print_json
    from web.cli.progress import watching_ingest

    plan = IngestPlan(
        paths=tuple(paths),
        project=project,
        form=_choice(form, ("auto", "plain", "jsonl"), "--format"),
        join=_choice(multiline, ("auto", "off"), "--multiline"),
        service=service,
        again=again,
        enriched=enriched,
        dead_letters=dead_letters,
    )
    try:
        with watching_ingest() as watcher:
            summary = run_ingest(read_settings(), plan, watcher)
    except KeyboardInterrupt:
        typer.echo("kea: stopped; what was read is kept. Run the same command again to go on from there.", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    on_stdout = enriched is None or str(enriched) != "-"
    if as_json and on_stdout:
        print_json(_document(summary))
    elif on_stdout:
        for line in describe(summary):
            console().print(line, markup=False)
    else:
        typer.echo("\n".join(describe(summary)), err=True)
    if not summary.complete:
        raise typer.Exit(EXIT_REJECTED_ROWS)


def _choice(value: str, choices: tuple[str, ...], option: str) -> str:
    if value not in choices:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(choices)}", param_hint=option)
    return value


def describe(summary: Summary) -> list[str]:
    """Say in lines for people what a run did."""
    lines = [f"{title}: goes on where the last run stopped" for title in summary.continued]
    lines += [f"{title}: another file than the one read before; read from its start" for title in summary.replaced]
    lines.append(
        f"{summary.lines:,} lines, {summary.events:,} events, {summary.new_templates:,} new templates, "
        f"{summary.merged:,} categories merged, in {summary.seconds:,.1f} s ({summary.rate:,.0f} lines/s)"
    )
    if summary.empty:
        lines.append(f"{summary.empty:,} empty {'file' if summary.empty == 1 else 'files'}: nothing to read")
    if summary.done_before:
        lines.append(f"{summary.done_before:,} files were read to their end before and left out (--again reads them)")
    if summary.cut:
        lines.append(f"{summary.cut:,} events were longer than KEA_MAX_EVENT_BYTES and cut behind it")
    if summary.undecodable:
        lines.append(f"{summary.undecodable:,} lines hold bytes that are no UTF-8; they were replaced by �")
    lines += [f"left out: {each.title}: {each.reason}" for each in summary.skipped if each.wanted]
    unwanted = sum(not each.wanted for each in summary.skipped)
    if unwanted:
        lines.append(f"{unwanted:,} hidden or special files were left out")
    if summary.dead_letters:
        where = ", ".join(summary.dead_letter_files)
        lines.append(f"{summary.dead_letters:,} dead letters, with reasons, in {where}")
    return lines


def _document(summary: Summary) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(summary), "rate": round(summary.rate, 1), "complete": summary.complete}
