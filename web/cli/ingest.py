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
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Files and folders, gzip too; - reads standard input."),
    ] = None,
    source: Annotated[
        str,
        typer.Option(
            help="Read Kafka instead of files: kafka://host:9092/topic?group=kea&enriched=TOPIC (docs/kafka.md)."
        ),
    ] = "",
    until_end: Annotated[
        bool, typer.Option("--until-end", help="With --source: stop at the present end of the topics.")
    ] = False,
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

    With --source it reads until it is stopped (Ctrl-C or SIGTERM: everything read is kept).

    Exit codes: 0 all was read, 3 some went to the dead letters, 1 it failed, 130 it was stopped.
    """
    import gc

    from ingest.runners.assembling import IngestPlan, run_ingest
    from knowledge_base.settings import read_settings
    from web.cli import EXIT_INTERRUPTED
    from web.cli.interrupting import interruptible
    from web.cli.logs import log_to_standard_error
    from web.cli.progress import watching_ingest

    # What is alive now stays so to the end: looking through it again and again costs a tenth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    log_to_standard_error()
    form = _choice(form, ("auto", "plain", "jsonl"), "--format")
    multiline = _choice(multiline, ("auto", "off"), "--multiline")
    if bool(paths) == bool(source):
        raise typer.BadParameter("name files, or a source with --source, and not both", param_hint="FILE...")
    if source:
        ignored = {"--enriched": enriched, "--dead-letters": dead_letters, "--again": again}
        named = [name for name, value in ignored.items() if value]
        if named:
            raise typer.BadParameter(
                f"{', '.join(named)} is for files; a source names its topics in its address (docs/kafka.md)",
                param_hint="--source",
            )
        from web.cli.streaming import stream

        summary = stream(source, project, form=form, join=multiline, service=service, until_end=until_end)
        _tell(summary, as_json=as_json, to_stderr=False)
        return
    plan = IngestPlan(
        paths=tuple(paths or ()),
        project=project,
        form=form,
        join=multiline,
        service=service,
        again=again,
        enriched=enriched,
        dead_letters=dead_letters,
    )
    try:
        with watching_ingest() as shown, interruptible(shown) as watcher:
            summary = run_ingest(read_settings(), plan, watcher)
    except KeyboardInterrupt:
        typer.echo("kea: stopped; what was read is kept. Run the same command again to go on from there.", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    _tell(summary, as_json=as_json, to_stderr=str(enriched) == "-")  # standard output belongs to the events


def _tell(summary: Summary, *, as_json: bool, to_stderr: bool) -> None:
    import json

    from web.cli import EXIT_REJECTED_ROWS

    told = json.dumps(_document(summary), ensure_ascii=False, indent=2) if as_json else "\n".join(describe(summary))
    typer.echo(told, err=to_stderr)
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
        f"{_many(summary.lines, 'line')}, {_many(summary.events, 'event')}, "
        f"{_many(summary.new_templates, 'new template')}, {_many(summary.merged, 'category', 'categories')} merged, "
        f"in {summary.seconds:,.1f} s ({summary.rate:,.0f} lines/s)"
    )
    told = (
        (summary.empty, "file", "files", "empty, nothing to read"),
        (summary.done_before, "file", "files", "read to the end before and left out (--again reads once more)"),
        (summary.cut, "event", "events", "longer than KEA_MAX_EVENT_BYTES, cut behind it"),
        (summary.undecodable, "line", "lines", "with bytes that are no UTF-8, replaced by \N{REPLACEMENT CHARACTER}"),
        (sum(not each.wanted for each in summary.skipped), "file", "files", "hidden or special, left out"),
    )
    lines += [f"{_many(count, one, several)} {what}" for count, one, several, what in told if count]
    lines += [f"left out: {each.title}: {each.reason}" for each in summary.skipped if each.wanted]
    if summary.dead_letters:
        where = ", ".join(summary.dead_letter_files)
        lines.append(f"{_many(summary.dead_letters, 'dead letter')}, with reasons, in {where}")
    return lines


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def _document(summary: Summary) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(summary), "rate": round(summary.rate, 1), "complete": summary.complete}
